"""Who asks the same at the same time shares one answer."""

from __future__ import annotations

import asyncio

from fondaco.kit.together import Together


class Library:
    """Answers when it is told to, and counts how often it was asked."""

    def __init__(self) -> None:
        self.asked = 0
        self.open = asyncio.Event()
        self.closed = False

    async def look_up(self) -> int:
        self.asked += 1
        await self.open.wait()
        if self.closed:
            raise LookupError("closed")
        return self.asked


async def asking(together: Together[int], library: Library, *names: str) -> list[asyncio.Task[int]]:
    """Return readers that wait by now."""
    readers = [asyncio.create_task(together.ask(name, library.look_up)) for name in names]
    await asyncio.wait(readers, timeout=0)
    return readers


async def test_two_who_ask_the_same_share_one_look_up() -> None:
    library, together = Library(), Together[int]()
    readers = await asking(together, library, "key", "key")

    library.open.set()

    assert await asyncio.gather(*readers) == [1, 1]


async def test_another_name_is_another_look_up() -> None:
    library, together = Library(), Together[int]()
    readers = await asking(together, library, "key", "other")

    library.open.set()
    await asyncio.gather(*readers)

    assert library.asked == 2


async def test_who_asks_later_asks_anew() -> None:
    library, together = Library(), Together[int]()
    library.open.set()

    first = await together.ask("key", library.look_up)
    second = await together.ask("key", library.look_up)

    assert (first, second) == (1, 2)


async def test_who_gives_up_leaves_the_others_their_answer() -> None:
    library, together = Library(), Together[int]()
    impatient, patient = await asking(together, library, "key", "key")

    impatient.cancel()
    await asyncio.wait([impatient])
    library.open.set()

    assert impatient.cancelled()
    assert await patient == 1


async def test_what_goes_wrong_is_told_to_everybody_and_tried_again() -> None:
    library, together = Library(), Together[int]()
    readers = await asking(together, library, "key", "key")

    library.closed = True
    library.open.set()
    told = await asyncio.gather(*readers, return_exceptions=True)
    library.closed = False

    assert [type(one) for one in told] == [LookupError, LookupError]
    assert await together.ask("key", library.look_up) == 2

"""One look-up for everybody who asks the same at the same time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterable
from typing import Any, Generic, TypeVar

V = TypeVar("V")


class Together(Generic[V]):
    """Lets whoever asks while the same is being looked up wait for that answer.

    When a memory has just forgotten something that every request needs, a hundred requests would look it up.
    """

    def __init__(self) -> None:
        self._under_way: dict[str, asyncio.Task[V]] = {}

    async def ask(self, name: str, look_up: Callable[[], Coroutine[Any, Any, V]]) -> V:
        """Return what the look-up under way for ``name`` finds, beginning one if there is none.

        Whoever is cancelled leaves the others their answer.  Raises what the look-up raises, in everybody.
        """
        task = self._under_way.get(name)
        if task is None:
            task = self._under_way[name] = asyncio.create_task(look_up())
            task.add_done_callback(lambda _: self._under_way.pop(name, None))
        return await asyncio.shield(task)


async def gathered(work: Iterable[Coroutine[Any, Any, V]]) -> list[V]:
    """Return what all of it gives, in its order; whatever one of it raises ends the rest and is raised."""
    tasks = [asyncio.create_task(one) for one in work]
    try:
        return await asyncio.gather(*tasks)
    except BaseException:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        raise

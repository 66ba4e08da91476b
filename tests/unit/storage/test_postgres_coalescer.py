"""While one batch is under way the next collects; nobody is lost, overtaken or blamed for another."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fondaco.domain.errors import FondacoError, InvalidInput, NotFound, StorageError
from fondaco.storage.postgres.coalescer import Coalescer

Op = tuple[str, int]

MISSING: Op = ("missing", 0)
FAULTY: Op = ("faulty", 0)
UNLUCKY: Op = ("unlucky", 0)
BROKEN: Op = ("broken", 0)

#: What a whole batch fails with when one of these is in it.
FAILURES: dict[Op, Exception] = {
    FAULTY: InvalidInput("This value cannot be stored."),
    UNLUCKY: StorageError("The server is away."),
    BROKEN: ZeroDivisionError(),
}


class Desk:
    """Writes down the batches that it is given, and lets others come in while it works."""

    def __init__(self, limit: int = 100) -> None:
        self.batches: list[list[Op]] = []
        self.coalescer: Coalescer[Op, Op] = Coalescer(self.run, lambda op: op[0], limit=limit)

    async def run(self, ops: Sequence[Op]) -> Sequence[Op | FondacoError]:
        self.batches.append(list(ops))
        others_come = asyncio.get_running_loop().create_future()
        asyncio.get_running_loop().call_soon(others_come.set_result, None)
        await others_come
        failures = [FAILURES[op] for op in ops if op in FAILURES]
        if failures:
            raise failures[0]
        return [NotFound("There is no such thing.") if op == MISSING else op for op in ops]

    async def submit(self, *ops: Op) -> list[Op | BaseException]:
        """Submit all at once and wait for all."""
        return await asyncio.gather(*map(self.coalescer.submit, ops), return_exceptions=True)


async def test_what_comes_at_once_is_one_batch() -> None:
    desk = Desk()

    answers = await desk.submit(("a", 1), ("b", 1), ("c", 1))

    assert desk.batches == [[("a", 1), ("b", 1), ("c", 1)]]
    assert answers == [("a", 1), ("b", 1), ("c", 1)]


async def test_what_comes_alone_does_not_wait_for_company() -> None:
    desk = Desk()

    await desk.coalescer.submit(("a", 1))
    await desk.coalescer.submit(("b", 1))

    assert desk.batches == [[("a", 1)], [("b", 1)]]


async def test_two_of_one_key_keep_their_order_in_different_batches() -> None:
    desk = Desk()

    await desk.submit(("a", 1), ("a", 2), ("b", 1), ("a", 3))

    assert desk.batches == [[("a", 1), ("b", 1)], [("a", 2)], [("a", 3)]]


async def test_a_batch_has_at_most_as_many_as_allowed() -> None:
    desk = Desk(limit=2)

    await desk.submit(("a", 1), ("b", 1), ("c", 1))

    assert desk.batches == [[("a", 1), ("b", 1)], [("c", 1)]]


async def test_an_answer_that_is_an_error_belongs_to_one_operation() -> None:
    desk = Desk()

    found, missing = await desk.submit(("a", 1), MISSING)

    assert found == ("a", 1)
    assert isinstance(missing, NotFound)


async def test_an_operation_that_spoils_its_batch_fails_alone() -> None:
    desk = Desk()

    first, faulty, last = await desk.submit(("a", 1), FAULTY, ("b", 1))

    assert (first, last) == (("a", 1), ("b", 1))
    assert isinstance(faulty, InvalidInput)


async def test_nobody_is_tried_alone_while_the_server_is_away() -> None:
    desk = Desk()

    answers = await desk.submit(("a", 1), UNLUCKY)

    assert [type(answer) for answer in answers] == [StorageError, StorageError]
    assert len(desk.batches) == 1


async def test_a_bug_leaves_nobody_waiting_and_the_next_one_is_served() -> None:
    desk = Desk(limit=1)

    broken, behind = await desk.submit(BROKEN, ("a", 1))
    later = await desk.coalescer.submit(("b", 1))

    assert [type(answer) for answer in (broken, behind)] == [ZeroDivisionError, ZeroDivisionError]
    assert later == ("b", 1)


async def test_who_gives_up_waiting_spoils_nothing_for_the_others() -> None:
    desk = Desk()
    impatient = asyncio.create_task(desk.coalescer.submit(("a", 1)))
    patient = asyncio.create_task(desk.coalescer.submit(("b", 1)))
    await desk.coalescer.drain()

    impatient.cancel()

    assert await patient == ("b", 1)


async def test_drained_means_that_everything_is_done() -> None:
    desk = Desk(limit=1)
    waiting = asyncio.gather(*map(desk.coalescer.submit, [("a", 1), ("b", 1), ("c", 1)]))
    await Desk().coalescer.submit(("elsewhere", 1))

    await desk.coalescer.drain()

    assert len(desk.batches) == 3
    assert await waiting == [("a", 1), ("b", 1), ("c", 1)]


@given(
    keys=st.lists(st.sampled_from("abcd"), max_size=30),
    limit=st.integers(min_value=1, max_value=5),
)
def test_everything_is_run_once_and_each_key_in_order(keys: list[str], limit: int) -> None:
    ops = [(key, number) for number, key in enumerate(keys)]
    desk = Desk(limit)

    answers = asyncio.run(desk.submit(*ops))

    run = [op for batch in desk.batches for op in batch]
    assert answers == ops
    assert sorted(run) == sorted(ops)
    assert sorted(run, key=lambda op: op[0]) == sorted(ops)


@pytest.mark.parametrize("count", [1, 7])
async def test_no_batch_has_a_key_twice(count: int) -> None:
    desk = Desk()

    await desk.submit(*[(key, number) for number in range(count) for key in "ab"])

    assert desk.batches == [[("a", number), ("b", number)] for number in range(count)]

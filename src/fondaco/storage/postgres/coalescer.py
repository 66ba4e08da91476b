"""Operations of one kind run in batches: while one batch is under way, the next collects.

It is the idea of a group commit: nothing waits for company when the load is low, and a hundred
operations share one transaction when it is high.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from fondaco.domain.errors import FondacoError, InvalidInput, StorageError

Op = TypeVar("Op")
Out = TypeVar("Out")

#: One outcome for each operation, in their order; an error stands for its operation alone.
Run = Callable[[Sequence[Op]], Awaitable[Sequence[Out | FondacoError]]]


@dataclass(frozen=True, slots=True)
class _Waiting(Generic[Op, Out]):
    op: Op
    key: Hashable
    answer: asyncio.Future[Out]


class Coalescer(Generic[Op, Out]):
    """Collects operations and runs them in batches, one batch at a time.

    Two operations with one key never share a batch, and run in the order in which they came.
    """

    def __init__(self, run: Run[Op, Out], key: Callable[[Op], Hashable], *, limit: int = 256) -> None:
        self._run = run
        self._key = key
        self._limit = limit
        self._queue: deque[_Waiting[Op, Out]] = deque()
        self._batch: list[_Waiting[Op, Out]] = []
        self._worker: asyncio.Task[None] | None = None

    async def submit(self, op: Op) -> Out:
        """Run ``op`` in one of the next batches; it is run to its end even if the caller is cancelled."""
        answer: asyncio.Future[Out] = asyncio.get_running_loop().create_future()
        self._queue.append(_Waiting(op, self._key(op), answer))
        if self._worker is None:
            self._worker = asyncio.create_task(self._work())
            self._worker.add_done_callback(self._ended)
        return await answer

    async def drain(self) -> None:
        """Wait until everything that was submitted is done."""
        while (worker := self._worker) is not None:
            await asyncio.wait([worker])

    async def _work(self) -> None:
        while self._queue:
            self._batch = self._take()
            await self._settle(self._batch)
        self._worker = None  # here, since what is submitted before the task counts as done needs a new one

    def _take(self) -> list[_Waiting[Op, Out]]:
        """Take the first operation of each key, as many as fit; the others keep their order."""
        batch: list[_Waiting[Op, Out]] = []
        deferred: list[_Waiting[Op, Out]] = []
        keys: set[Hashable] = set()
        while self._queue and len(batch) < self._limit:
            waiting = self._queue.popleft()
            (deferred if waiting.key in keys else batch).append(waiting)
            keys.add(waiting.key)
        self._queue.extendleft(reversed(deferred))
        return batch

    async def _settle(self, batch: Sequence[_Waiting[Op, Out]]) -> None:
        try:
            outcomes = await self._run([waiting.op for waiting in batch])
        except InvalidInput as error:
            await self._settle_apart(batch, error)
        except StorageError as error:
            _answer(batch, [error] * len(batch))
        else:
            _answer(batch, outcomes)

    async def _settle_apart(self, batch: Sequence[_Waiting[Op, Out]], error: InvalidInput) -> None:
        """Run each operation alone, so that the one that is at fault fails alone."""
        if len(batch) == 1:
            _answer(batch, [error])
            return
        for waiting in batch:
            await self._settle([waiting])

    def _ended(self, worker: asyncio.Task[None]) -> None:
        failure = asyncio.CancelledError() if worker.cancelled() else worker.exception()
        if failure is None:
            return
        self._worker = None
        for waiting in (*self._batch, *self._queue):
            if not waiting.answer.done():
                waiting.answer.set_exception(failure)
        self._queue.clear()


def _answer(batch: Sequence[_Waiting[Op, Out]], outcomes: Sequence[Out | FondacoError]) -> None:
    for waiting, outcome in zip(batch, outcomes, strict=True):
        if waiting.answer.done():  # its caller was cancelled
            continue
        if isinstance(outcome, FondacoError):
            waiting.answer.set_exception(outcome)
        else:
            waiting.answer.set_result(outcome)

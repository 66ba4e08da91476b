"""Takes conversations that wait for the assistant, one turn each, in strict order inside a conversation."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import suppress

import structlog

from fondaco.domain.changes import Committed
from fondaco.domain.errors import ConfigurationError, LeaseLost, StorageError
from fondaco.domain.handoffs import HandoffReason
from fondaco.domain.ids import WorkerId, WorkspaceId
from fondaco.domain.lifecycle import noted, waits_for_team
from fondaco.domain.ports import Store
from fondaco.domain.turns import Lease, Work
from fondaco.engine import Outcome, Turn
from fondaco.inbox.journal import LeasedJournal
from fondaco.inbox.meters import TurnMeters
from fondaco.inbox.options import InboxOptions
from fondaco.inbox.overtaking import Overtaken, Overtaking
from fondaco.inbox.settle import Timing, settling
from fondaco.kit.backoff import full_jitter_ms
from fondaco.kit.chance import Chance
from fondaco.kit.clock import Clock

log = structlog.get_logger(__name__)

_SOON_SECONDS = 0.05  # how often to look while a burst window may be running out
_INTERRUPTIONS = 3  # a contact who goes on writing is answered all the same
_RETRY_BASE_MS, _RETRY_CAP_MS = 500, 30_000


class Worker:
    """Claims lanes, runs turns and settles them; any number of workers may share one database."""

    def __init__(
        self,
        worker_id: WorkerId,
        store: Store,
        turns: Mapping[WorkspaceId, Turn],
        options: InboxOptions,
        meters: TurnMeters,
        clock: Clock,
        chance: Chance,
    ) -> None:
        self._worker_id = worker_id
        self._store = store
        self._turns = turns
        self._options = options
        self._meters = meters
        self._clock = clock
        self._chance = chance
        self._log = log.bind()  # once, since binding costs as much as a line
        self._under_way: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Work until cancelled; turns that are under way then are finished and everything is given back."""
        await self._show_life()
        heart = asyncio.create_task(self._beat())
        try:
            await self._claim_for_ever()
        finally:
            if self._under_way:
                await asyncio.wait(self._under_way)
            heart.cancel()
            with suppress(asyncio.CancelledError):
                await heart
            await self._store.retire(self._worker_id)

    async def _beat(self) -> None:
        while True:
            await self._clock.sleep(self._options.heartbeat_seconds)
            await self._show_life()

    async def _show_life(self) -> None:
        try:
            await self._store.renew(self._worker_id, self._clock.now_ms())
        except StorageError as error:
            log.warning("heartbeat_failed", error=str(error))

    async def _claim_for_ever(self) -> None:
        soon_until_ms = 0.0
        with self._store.signals.listen("lanes") as bell:
            while True:
                if await self.claim_due():
                    continue
                hurry = self._clock.monotonic_ms() < soon_until_ms
                rung = await bell.wait(_SOON_SECONDS if hurry else self._options.poll_seconds)
                if rung:
                    window_ms = self._options.burst_ms + 1000 * _SOON_SECONDS
                    soon_until_ms = self._clock.monotonic_ms() + window_ms

    async def claim_due(self) -> int:
        """Begin the turns of lanes that are due; return how many."""
        room = self._options.turns_in_flight - len(self._under_way)
        if room <= 0:
            await asyncio.wait(self._under_way, return_when=asyncio.FIRST_COMPLETED)
            return 1
        try:
            leases = await self._store.claim(self._worker_id, self._clock.now_ms(), room, self._turns.keys())
        except StorageError as error:
            log.warning("inbox_cannot_claim", error=str(error))
            return 0
        for lease in leases:
            task = asyncio.create_task(self._answer(lease))
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)
        return len(leases)

    async def _answer(self, lease: Lease) -> None:
        """Answer one conversation; whatever goes wrong, the lane is given back or handed over."""
        structlog.contextvars.bind_contextvars(conversation_id=lease.conversation_id)
        try:
            await self.answer(lease)
        except LeaseLost:
            log.info("lease_lost")
        except Exception:  # the worker must outlive any fault of a turn
            log.exception("turn_broke_down", attempt=lease.attempts)
            self._meters.broke_down()
            await self._give_back(lease)

    async def _give_back(self, lease: Lease) -> None:
        wait_ms = full_jitter_ms(
            lease.attempts, base_ms=_RETRY_BASE_MS, cap_ms=_RETRY_CAP_MS, chance=self._chance
        )
        try:
            await self._store.release(lease, self._clock.now_ms() + wait_ms)
        except (StorageError, LeaseLost) as error:
            log.warning("lease_not_given_back", error=str(error))

    async def answer(self, lease: Lease) -> None:
        """Run and settle a lease's turn, beginning again while newer messages come.  Raises LeaseLost."""
        started_at_ms, started = self._clock.now_ms(), self._clock.monotonic_ms()
        restarts = 0
        while True:
            work = await self._store.read_work(lease)
            if waits_for_team(work.conversation):
                if await self._note_waiting(lease, work) is not Committed.MOVED_ON:
                    return
                continue
            try:
                outcome = await self._outcome(lease, work, patient=restarts >= _INTERRUPTIONS)
            except Overtaken:
                restarts += 1
                continue
            if outcome is None:
                await self._store.release(lease, None)
                return
            timing = Timing(
                started_at_ms=started_at_ms,
                duration_ms=self._clock.monotonic_ms() - started,
                restarts=restarts,
                now_ms=self._clock.now_ms(),
            )
            committed = await self._store.commit(settling(work, outcome, timing), lease)
            if committed is not Committed.MOVED_ON:
                self._note(outcome, committed, timing)
                return
            restarts += 1

    async def _note_waiting(self, lease: Lease, work: Work) -> Committed:
        """Tell the contact once that the team has the further message too."""
        notice = self._turn(work).note(work)
        if notice is None:
            await self._store.release(lease, None)
            return Committed.DONE
        return await self._store.commit(noted(work.conversation, notice, self._clock.now_ms()), lease)

    async def _outcome(self, lease: Lease, work: Work, *, patient: bool) -> Outcome | None:
        """Return what the turn comes to; None where nothing is the assistant's to answer.

        Raises Overtaken when the contact wrote while a model was asked, unless it is to be ``patient``.
        """
        if not work.conversation.assistant_answers:
            return None
        turn = self._turn(work)
        if lease.attempts > self._options.max_attempts:
            return turn.give_up(work, HandoffReason.OUTAGE)
        journal = LeasedJournal(self._store, lease, work.steps)
        running = turn.run(work, journal)
        if patient or not turn.asks_models:
            return await running
        return await Overtaking(self._store, self._clock, lease).watch(running, work, journal)

    def _turn(self, work: Work) -> Turn:
        """Return the turn with the articles and tools of the conversation's own workspace."""
        turn = self._turns.get(work.conversation.workspace_id)
        if turn is None:
            raise ConfigurationError(
                f"Conversation {work.conversation.id} belongs to workspace {work.conversation.workspace_id}, "
                "which this server does not serve; start a server with workspace.id set to it."
            )
        return turn

    def _note(self, outcome: Outcome, committed: Committed, timing: Timing) -> None:
        if committed is Committed.DONE:
            self._meters.settled(outcome, timing.duration_ms)
        self._log.info(
            "turn_settled",
            turn_id=outcome.context.turn_id,
            outcome=outcome.kind.value,
            committed=committed.value,
            duration_ms=round(timing.duration_ms, 1),
            restarts=timing.restarts,
        )

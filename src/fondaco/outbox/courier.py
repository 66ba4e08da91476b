"""Takes deliveries from the outbox to their channels."""

from __future__ import annotations

import asyncio

import msgspec
import structlog
from opentelemetry import trace

from fondaco.domain.access import Connection
from fondaco.domain.deliveries import Attempt, Delivery, DeliveryState
from fondaco.domain.errors import (
    ChannelError,
    DeliveryPostponed,
    DeliveryRejected,
    DeliveryUncertain,
    StorageError,
)
from fondaco.domain.ids import WorkerId
from fondaco.domain.ports import Channel, Store
from fondaco.domain.turns import turn_of_reply
from fondaco.kit.chance import Chance
from fondaco.kit.clock import Clock
from fondaco.kit.spans import span_of
from fondaco.outbox.decide import Sent, next_attempt, wait_before
from fondaco.outbox.doors import Doors
from fondaco.outbox.meters import DeliveryMeters
from fondaco.outbox.options import OutboxOptions

log = structlog.get_logger(__name__)
tracer = trace.get_tracer(__name__)

_LONGEST_RECORD_WAIT_SECONDS = 5.0
_TRIES_AT_THE_END = 5

_TAKEN_OVER = "it had not arrived when somebody else took over"


class Courier:
    """Sends what is due, one message a conversation at a time, and records what came of it."""

    def __init__(
        self,
        worker_id: WorkerId,
        store: Store,
        doors: Doors,
        options: OutboxOptions,
        meters: DeliveryMeters,
        clock: Clock,
        chance: Chance,
    ) -> None:
        self._worker_id = worker_id
        self._store = store
        self._doors = doors
        self._options = options
        self._meters = meters
        self._clock = clock
        self._chance = chance
        self._log = log.bind()  # once, since binding costs as much as a line
        self._under_way: set[asyncio.Task[None]] = set()
        self._stopping = False

    async def run(self) -> None:
        """Send until cancelled; what is under way then is finished first."""
        with self._store.signals.listen("deliveries") as bell:
            try:
                while True:
                    if not await self.send_due():
                        await bell.wait(self._options.poll_seconds)
            finally:
                await self._finish()

    async def send_due(self) -> int:
        """Begin to send what is due; return how many."""
        room = self._options.in_flight - len(self._under_way)
        if room <= 0:
            await asyncio.wait(self._under_way, return_when=asyncio.FIRST_COMPLETED)
            return 1
        try:
            due = await self._store.claim_deliveries(self._worker_id, self._clock.now_ms(), room)
        except StorageError as error:
            log.warning("outbox_cannot_claim", error=str(error))
            return 0
        for delivery in due:
            task = asyncio.create_task(self._deliver(delivery))
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)
        return len(due)

    async def _finish(self) -> None:
        self._stopping = True
        if self._under_way:
            await asyncio.wait(self._under_way)

    async def _deliver(self, delivery: Delivery) -> None:
        turn_id = turn_of_reply(delivery.message_id)
        with span_of(tracer, "delivery", about=turn_id or "") as span:
            span.set_attribute("fondaco.conversation_id", delivery.conversation_id)
            attempt = await self._survived(delivery)
            span.set_attribute("fondaco.delivery_state", attempt.state.value)
        await self._record(attempt)
        self._meters.attempted(attempt)
        self._log.info(
            "delivery_attempted",
            conversation_id=delivery.conversation_id,
            delivery_id=delivery.id,
            state=attempt.state.value,
            attempt=attempt.number,
            error=attempt.error,
        )

    async def _record(self, attempt: Attempt) -> None:
        """Write the attempt down, again and again: while it is ours, nobody else can send what follows.

        A courier that is to stop gives up; then the attempt is in doubt, and the channel is asked.
        """
        tries = 0
        while True:
            try:
                await self._store.record_attempt(self._worker_id, attempt)
            except StorageError as error:
                tries += 1
                log.warning("outbox_cannot_record", delivery_id=attempt.delivery_id, error=str(error))
                if self._stopping and tries >= _TRIES_AT_THE_END:
                    return
                await self._clock.sleep(min(0.2 * tries, _LONGEST_RECORD_WAIT_SECONDS))
            else:
                return

    async def _survived(self, delivery: Delivery) -> Attempt:
        """Return what came of the attempt, whatever it raised: without a note nothing would follow it."""
        try:
            return await self._attempt(delivery)
        except Exception as error:  # the courier must outlive any fault of a channel
            log.exception("delivery_broke_down", delivery_id=delivery.id)
            return self._outcome(delivery, Sent.UNCERTAIN, f"the attempt broke down: {type(error).__name__}")

    async def _attempt(self, delivery: Delivery) -> Attempt:
        try:
            connection, channel = await self._doors.door_for(delivery)
        except DeliveryRejected as error:
            return self._outcome(delivery, self._in_doubt(delivery, Sent.REJECTED), str(error))
        except StorageError as error:
            return self._outcome(delivery, self._in_doubt(delivery, Sent.POSTPONED), str(error))
        if delivery.state is DeliveryState.SENDING:
            found = await self._look_up(channel, connection, delivery)
            if found is not None:
                return found
            if channel.can_look_up(connection):  # it was asked, and has it not
                delivery = msgspec.structs.replace(delivery, state=DeliveryState.QUEUED)
        return await self._send(channel, connection, delivery)

    @staticmethod
    def _in_doubt(delivery: Delivery, sent: Sent) -> Sent:
        """Return what a failure of this attempt means if an earlier one may have arrived."""
        if delivery.state is not DeliveryState.SENDING:
            return sent
        return Sent.REPEATABLE if sent is Sent.POSTPONED else Sent.UNCERTAIN

    async def _look_up(self, channel: Channel, connection: Connection, delivery: Delivery) -> Attempt | None:
        """An earlier attempt broke off: ask the channel before sending again; None means send."""
        if not channel.can_look_up(connection):
            if channel.has_idempotency_key(connection) and not delivery.outdated:
                return None
            return self._outcome(
                delivery, Sent.UNCERTAIN, "an attempt broke off and the channel cannot be asked"
            )
        try:
            arrived = await channel.look_up(connection, delivery)
        except ChannelError as error:
            return self._outcome(delivery, Sent.REPEATABLE, str(error))
        if not arrived:
            return self._outcome(delivery, Sent.WITHDRAWN, _TAKEN_OVER) if delivery.outdated else None
        return msgspec.structs.replace(self._outcome(delivery, Sent.ARRIVED, ""), looked_up=True)

    async def _send(self, channel: Channel, connection: Connection, delivery: Delivery) -> Attempt:
        try:
            await channel.send(connection, delivery)
        except DeliveryRejected as error:
            return self._outcome(delivery, self._in_doubt(delivery, Sent.REJECTED), str(error))
        except DeliveryPostponed as error:
            sent = self._in_doubt(delivery, Sent.POSTPONED)
            return self._outcome(delivery, sent, str(error), error.retry_after_seconds)
        except DeliveryUncertain as error:
            safe = channel.can_look_up(connection) or channel.has_idempotency_key(connection)
            return self._outcome(delivery, Sent.REPEATABLE if safe else Sent.UNCERTAIN, str(error))
        return self._outcome(delivery, Sent.ARRIVED, "")

    def _outcome(self, delivery: Delivery, sent: Sent, error: str, asked: float | None = None) -> Attempt:
        return next_attempt(
            delivery,
            sent,
            error,
            now_ms=self._clock.now_ms(),
            wait_ms=0 if sent is Sent.ARRIVED else wait_before(delivery, asked, self._options, self._chance),
            last=delivery.attempts >= self._options.attempts,
        )

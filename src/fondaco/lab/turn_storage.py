"""``python -m fondaco.lab.turn_storage URL TURNS IN_FLIGHT [PID]``: what the storage alone costs a turn.

Takes the turns that a measured server has left in its database and writes them once more, into new
conversations, by the same operations with the same contents, but without an assistant and without HTTP.
``PID`` is that of the database's server, where it has one.  Prints a ``Replayed`` as JSON.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from time import process_time

import msgspec
import uvicorn

from fondaco.domain import events as ev
from fondaco.domain.changes import Change, Lane, TurnRecord, changed
from fondaco.domain.conversation import Conversation
from fondaco.domain.deliveries import Attempt, Delivery, DeliveryState
from fondaco.domain.ids import ContactId, ConversationId, EpisodeId, MessageId, TurnId, WorkerId
from fondaco.domain.lifecycle import Inbound
from fondaco.domain.listing import ConversationFilter
from fondaco.domain.ports import Store
from fondaco.domain.turns import Contact, Lease, Opening, Step, turn_id_of, unanswered
from fondaco.kit.chance import SystemChance
from fondaco.kit.clock import Clock, SystemClock
from fondaco.kit.garbage import collect_rarely
from fondaco.kit.ids import IdMaker
from fondaco.kit.signals import SignalHub
from fondaco.lab.turn_processes import Watched
from fondaco.lab.turn_shop import WORKSPACE_ID
from fondaco.storage.opening import StoreAndReader, opened

_AT_ONCE = 64  # as many lanes and deliveries as a server works on at once
_PAGE = 100
_TURNS_A_CONVERSATION = 3


class Replayed(msgspec.Struct):
    """What the storage alone has cost."""

    turns: int
    cpu_ms: float
    database_cpu_ms: float  #: of the database's own processes


class PastTurn(msgspec.Struct, frozen=True):
    """A turn as the log tells it: the message that was answered, and everything up to its settling."""

    message: ev.MessageReceived
    events: tuple[ev.Event, ...]


def past_turns(records: Sequence[ev.Recorded]) -> Iterator[PastTurn]:
    """Yield the turns of one conversation that ended with a reply."""
    message: ev.MessageReceived | None = None
    since: list[ev.Event] = []
    for record in records:
        event = record.event
        if isinstance(event, ev.MessageReceived):
            message, since = event, []
            continue
        since.append(event)
        if isinstance(event, ev.TurnSettled):
            if message is not None and event.outcome is ev.OutcomeKind.REPLY:
                yield PastTurn(message, tuple(since))
            message = None


async def _read_turns(store: StoreAndReader, wanted: int) -> list[PastTurn]:
    found: list[PastTurn] = []
    async for conversation in _conversations(store):
        records = await store.records(WORKSPACE_ID, conversation.id, 0, 1_000)
        found += past_turns(records)
        if len(found) >= wanted:
            break
    return found[:wanted]


async def _conversations(store: StoreAndReader) -> AsyncIterator[Conversation]:
    cursor: str | None = None
    while True:
        page = await store.conversations(ConversationFilter(workspace_id=WORKSPACE_ID), cursor, _PAGE)
        for conversation in page.items:
            yield conversation
        cursor = page.next_cursor
        if cursor is None:
            return


class _Replay:
    """Writes turns again, as worker, courier and intake do, with nothing between their operations."""

    def __init__(self, store: StoreAndReader, clock: Clock, ids: IdMaker) -> None:
        self._store = store
        self._clock = clock
        self._ids = ids
        self._worker_id = WorkerId(ids.new("wrk"))
        self._next: dict[ConversationId, PastTurn] = {}
        self._done: dict[ConversationId, asyncio.Future[None]] = {}

    async def run(self, scripts: Sequence[tuple[Conversation, Sequence[PastTurn]]], in_flight: int) -> None:
        waiting = iter(scripts)

        async def contact() -> None:
            for conversation, turns in waiting:
                for turn in turns:
                    await self._write(conversation, turn)

        await self._store.renew(self._worker_id, self._clock.now_ms())
        async with asyncio.TaskGroup() as background:
            loops = [
                background.create_task(self._claim_for_ever("lanes", self._claim_lanes)),
                background.create_task(self._claim_for_ever("deliveries", self._claim_deliveries)),
            ]
            async with asyncio.TaskGroup() as contacts:
                for _ in range(in_flight):
                    contacts.create_task(contact())
            for loop in loops:
                loop.cancel()

    async def _write(self, base: Conversation, turn: PastTurn) -> None:
        conversation = await self._store.conversation(WORKSPACE_ID, base.id)
        message_id = MessageId(self._ids.new("msg"))
        inbound = Inbound(
            message_id=message_id,
            text=turn.message.text,
            external_id=f"{base.id}:{message_id}",
            at_ms=self._clock.now_ms(),
            new_episode_id=EpisodeId(self._ids.new("epi")),
            language=turn.message.language,
            choice=turn.message.choice,
        )
        done = asyncio.get_running_loop().create_future()
        self._next[base.id], self._done[base.id] = turn, done
        await self._store.accept(conversation.id, inbound)
        await done

    async def _claim_for_ever(
        self, topic: str, claim: Callable[[], Awaitable[Sequence[Awaitable[None]]]]
    ) -> None:
        under_way: set[asyncio.Future[None]] = set()
        with self._store.signals.listen(topic) as bell:
            while True:
                work = await claim()
                for one in work:
                    task = asyncio.ensure_future(one)
                    under_way.add(task)
                    task.add_done_callback(under_way.discard)
                if not work:
                    await bell.wait(1.0)

    async def _claim_lanes(self) -> Sequence[Awaitable[None]]:
        leases = await self._store.claim(self._worker_id, self._clock.now_ms(), _AT_ONCE)
        return [self._answer(lease) for lease in leases]

    async def _claim_deliveries(self) -> Sequence[Awaitable[None]]:
        due = await self._store.claim_deliveries(self._worker_id, self._clock.now_ms(), _AT_ONCE)
        return [self._deliver(delivery) for delivery in due]

    async def _answer(self, lease: Lease) -> None:
        work = await self._store.read_work(lease)
        turn, turn_id = self._next[lease.conversation_id], turn_id_of(unanswered(work.records))
        for event in turn.events:
            if isinstance(event, ev.ToolCalled):
                await self._store.journal(
                    lease, Step(turn_id=turn_id, key=f"call:{event.call.id}", call=event.call)
                )
        await self._store.commit(_settled(work.conversation, turn, turn_id, self._clock.now_ms()), lease)

    async def _deliver(self, delivery: Delivery) -> None:
        attempt = Attempt(
            delivery_id=delivery.id, number=1, at_ms=self._clock.now_ms(), state=DeliveryState.SENT
        )
        await self._store.record_attempt(self._worker_id, attempt)
        self._done.pop(delivery.conversation_id).set_result(None)


def _settled(base: Conversation, turn: PastTurn, turn_id: TurnId, now_ms: int) -> Change:
    events = tuple(_as_of(event, turn_id) for event in turn.events)
    record = TurnRecord(
        id=turn_id,
        workspace_id=base.workspace_id,
        outcome=ev.OutcomeKind.REPLY,
        route=ev.RouteKind.LOCAL,
        started_at_ms=now_ms,
        duration_ms=1.0,
    )
    return msgspec.structs.replace(changed(base, events, now_ms), lane=Lane.DONE, turn=record)


def _as_of(event: ev.Event, turn_id: TurnId) -> ev.Event:
    """Return the event with a message id of its own, since two messages never share one."""
    if isinstance(event, ev.MessagePosted):
        return msgspec.structs.replace(event, message_id=MessageId(f"msg_{turn_id}_a"), turn_id=turn_id)
    return event


async def replay(url: str, turns: int, in_flight: int, database: Watched | None = None) -> Replayed:
    """Write up to ``turns`` of the database's turns again and return what that cost.

    ``database`` is the database's own server, where it has one.
    """
    clock, chance = SystemClock(), SystemChance()
    ids = IdMaker(clock, chance)
    async with opened(url, clock, SignalHub()) as storage:
        past = await _read_turns(storage.store, turns)
        model = await anext(_conversations(storage.store))
        scripts = [
            (await _open_like(storage.store, model, ids), past[start : start + _TURNS_A_CONVERSATION])
            for start in range(0, len(past), _TURNS_A_CONVERSATION)
        ]
        before_ms, began = database.cpu_ms() if database else 0.0, process_time()
        await _Replay(storage.store, clock, ids).run(scripts, in_flight)
        after_ms, ended = database.cpu_ms() if database else 0.0, process_time()
        return Replayed(len(past), 1000 * (ended - began), after_ms - before_ms)


async def _open_like(store: Store, base: Conversation, ids: IdMaker) -> Conversation:
    name, contact = ids.new("replay"), Contact(id=ContactId(ids.new("con")))
    fresh = Conversation(
        id=ConversationId(ids.new("cnv")),
        workspace_id=WORKSPACE_ID,
        connection_id=base.connection_id,
        contact_id=contact.id,
        pulls=base.pulls,
        created_at_ms=base.created_at_ms,
        updated_at_ms=base.updated_at_ms,
    )
    opening = Opening(contact=contact, contact_external_id=name, conversation=fresh, external_id=name)
    return await store.open_conversation(opening)


def main(arguments: Sequence[str]) -> None:
    """Replay and print the figures as one line of JSON."""
    url, turns, in_flight, *server = arguments
    database = Watched(int(server[0])) if server else None
    collect_rarely()  # as the server does
    loop_factory = uvicorn.Config(app="", loop="auto").get_loop_factory()
    with asyncio.Runner(loop_factory=loop_factory) as runner:
        found = runner.run(replay(url, int(turns), int(in_flight), database))
    print(msgspec.json.encode(found).decode())


if __name__ == "__main__":
    main(sys.argv[1:])

"""Plays recorded conversations: a contact says the recorded words, a simulated model the recorded answers."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Any

import msgspec

from fondaco.domain import events as ev
from fondaco.domain.conversation import Conversation as Held
from fondaco.domain.errors import FondacoError
from fondaco.domain.handoffs import HandoffReason
from fondaco.kit.language import Language
from fondaco.lab.tau.data import Conversation, Published
from fondaco.lab.tau.house import House, Seat, open_house
from fondaco.lab.tau.observing import Finding
from fondaco.lab.tau.offered import Bench
from fondaco.lab.tau.recorded import GUARD_SPEAKS, SpokenTurn, Told, Twist, script_of, turns_of
from fondaco.lab.tau.world import World
from fondaco.llm.options import LlmOptions
from fondaco.testing.provider.faults import Plan
from fondaco.testing.provider.presets import SimulatorOptions
from fondaco.testing.provider.script import WireName
from fondaco.testing.provider.simulator import ProviderSimulator

_AT_ONCE = 8
_KEPT = 1_000  # requests of one conversation
_LOOK_SECONDS = 0.5
_EVENTS = 5_000

NO_FAULTS = Plan()
_USUAL = LlmOptions()

Message = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How conversations are played."""

    told: Told = Told.STREAMED
    plan: Plan = NO_FAULTS
    twist: Twist | None = None
    llm: LlmOptions = _USUAL  #: patience with models; who is asked is the house's business
    event_seconds: float = 15.0  #: longest silence within a stream
    patience_seconds: float = 120.0  #: for one whole conversation
    seed: int = 7


@dataclass(slots=True, kw_only=True)
class Played:
    """What became of one conversation."""

    conversation: Conversation
    turns: tuple[SpokenTurn, ...]
    bench: Bench
    replies: list[str] = field(default_factory=list)  #: what the contact read, one a turn
    handoff: HandoffReason | None = None
    requests: list[list[Message]] = field(default_factory=list)  #: the messages of each, without the rules
    asked_again: int = 0  #: requests that told the model why the guard kept its answer back
    judged: int = 0
    findings: tuple[Finding, ...] = ()
    broken: str = ""  #: why the play could not go on; a fault of ours

    @property
    def name(self) -> str:
        """How a line names the conversation."""
        return f"airline task {self.conversation.task_id}, trial {self.conversation.trial}"

    @property
    def as_recorded(self) -> bool:
        """Whether the contact read every recorded reply and nothing else."""
        wanted = [turn.reply.strip() for turn in self.turns if turn.reply]
        return self.replies[: len(wanted)] == wanted and len(self.replies) == len(self.turns)


async def play_all(
    world: World, schemas: Sequence[Published], conversations: Sequence[Conversation], manner: Manner
) -> list[Played]:
    """Return what became of the conversations, each in a fresh copy of the world.  Raises StorageError."""
    room = asyncio.Semaphore(_AT_ONCE)
    async with open_house(manner.seed, manner.llm, manner.event_seconds) as house, AsyncExitStack() as stack:
        stages = []
        for number, conversation in enumerate(conversations):
            stages.append(await _stage(stack, house, number, conversation, world, schemas, manner))
        async with house.working():
            played = (_played(one, house, room, manner.patience_seconds) for one in stages)
            return list(await asyncio.gather(*played))


@dataclass(frozen=True, slots=True)
class _Stage:
    played: Played
    seat: Seat
    simulator: ProviderSimulator


async def _stage(
    stack: AsyncExitStack,
    house: House,
    number: int,
    conversation: Conversation,
    world: World,
    schemas: Sequence[Published],
    manner: Manner,
) -> _Stage:
    turns, bench = turns_of(conversation), Bench(world.fresh())
    simulator = await stack.enter_async_context(
        ProviderSimulator(
            script_of(turns, manner.told, manner.twist),
            plan=manner.plan,
            seed=manner.seed + number,
            options=SimulatorOptions(kept_bodies=_KEPT),
        )
    )
    seat = await house.seat(
        f"tau-{number}",
        bench.tools(schemas),
        simulator.base_url(WireName.OPENAI),
        stream=manner.told is not Told.PLAIN,
    )
    return _Stage(Played(conversation=conversation, turns=turns, bench=bench), seat, simulator)


async def _played(stage: _Stage, house: House, room: asyncio.Semaphore, patience_seconds: float) -> Played:
    played, seat = stage.played, stage.seat
    async with room:
        try:
            async with asyncio.timeout(patience_seconds):
                await _correspond(stage, house)
        except (FondacoError, TimeoutError) as error:
            played.broken = f"{type(error).__name__}: {error}"
        await seat.cellar.gear.written()
    sent = [_messages(one.body) for one in stage.simulator.bodies]
    played.requests = [one for one in sent if not _is_correction(one)]
    played.asked_again = len(sent) - len(played.requests)
    played.judged, played.findings = seat.observed.judged, tuple(seat.observed.found)
    return played


async def _correspond(stage: _Stage, house: House) -> None:
    """Say every recorded word of the contact, as long as the answers are those that were recorded."""
    played = stage.played
    held = await house.intake.open(
        stage.seat.connection, contact_external_id="contact", external_id="contact", language=Language.EN
    )
    for number, turn in enumerate(played.turns):
        accepted = await house.intake.receive(held, text=turn.asked, external_id=f"{held.id}/{number}")
        events = await _settled(house, held, accepted.seq)
        said = [one.text for one in events if isinstance(one, ev.MessagePosted)]
        handoffs = [one.reason for one in events if isinstance(one, ev.HandoffRequested)]
        played.replies += said[-1:]
        if handoffs:
            played.handoff = handoffs[-1]
            return
        if said[-1:] != [turn.reply.strip()]:
            return


async def _settled(house: House, held: Held, after_seq: int) -> list[ev.Event]:
    """Return what happened in the turn that answers the message, once it is over."""
    with house.signals.listen(f"conversation:{held.id}") as bell:
        while True:
            records = await house.storage.store.records(held.workspace_id, held.id, after_seq, _EVENTS)
            if any(isinstance(record.event, ev.TurnSettled) for record in records):
                return [record.event for record in records]
            await bell.wait(_LOOK_SECONDS)


def _messages(body: bytes) -> list[Message]:
    messages: list[Message] = msgspec.json.decode(body)["messages"]
    return [one for one in messages if one["role"] != "system"]


def _is_correction(messages: list[Message]) -> bool:
    return any(str(one.get("content") or "").startswith(GUARD_SPEAKS) for one in messages)

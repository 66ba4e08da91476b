"""Plays recorded conversations while the endpoint fails in every way of the catalogue, and in three more."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import msgspec

from fondaco.domain.tools import Effect
from fondaco.lab.gates import Figure, at_most, report
from fondaco.lab.tau.comparing import Direct, directly
from fondaco.lab.tau.data import Conversation, TauData, WorldName
from fondaco.lab.tau.offered import Executed
from fondaco.lab.tau.playing import NO_FAULTS, Manner, Played, play_all
from fondaco.lab.tau.recorded import Twist, turns_of
from fondaco.lab.tau.telling import Told
from fondaco.lab.tau.world import Tables, World, changed_records
from fondaco.llm.options import DeadlineOptions, LlmOptions, RetryOptions
from fondaco.testing.provider.faults import Fault, FaultRule, Plan
from fondaco.testing.provider.script import Answer, Call

#: A shop's own patience, shortened so that a fault is over soon.
_HASTE = LlmOptions(
    deadlines=DeadlineOptions(first_token_seconds=1.5, answer_seconds=6.0),
    retries=RetryOptions(base_ms=20, cap_ms=200),
)
_EVENT_SECONDS = 0.5
_SHARES = (0.3, 0.85)  # of the requests that fail: now and then, and nearly always
_SECONDS = {Fault.KEEP_ALIVE: 0.2, Fault.RATE_LIMITED: 0.05, Fault.DRIP: 0.005}


class End(StrEnum):
    """How a conversation under faults ended."""

    AS_RECORDED = "as recorded"  #: every recorded reply, and the recorded state
    HANDED_OVER = "handed over"  #: a handoff is open, and the state is one on the recorded way
    OTHER_WORDS = "other words"  #: the contact read other words and left; the state is one on the way
    OFF_THE_WAY = "off the way"  #: the state is none on the recorded way


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One way to fail."""

    name: str
    plan: Plan = NO_FAULTS
    twist: Twist | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """What became of one conversation."""

    name: str
    end: End
    twice: int  #: writes that took effect more often than they were recorded
    again: int  #: writes that were sent again under their key, and had no second effect
    broken: str

    @property
    def is_bad(self) -> bool:
        """Whether this must not happen."""
        return bool(self.broken) or self.twice > 0 or self.end in {End.OFF_THE_WAY, End.OTHER_WORDS}

    @property
    def line(self) -> str:
        """What the list says of it."""
        return f"{self.name}: {self.end}, {self.twice} writes twice {self.broken}".rstrip()


def trials() -> Iterator[Trial]:
    """Yield the catalogue, each fault now and then and nearly always, and what only a script can do."""
    for fault in Fault:
        if fault is Fault.INTERLEAVED_TOOLS:  # recorded messages have one call each
            continue
        for share in _SHARES:
            rule = FaultRule(fault=fault, share=share, seconds=_SECONDS.get(fault))
            yield Trial(name=f"{fault.value}, {share:.0%}", plan=Plan(rules=(rule,)))
    for name, twist in _TWISTS.items():
        yield Trial(name=name, twist=twist)
    mixed = Plan(rules=(FaultRule(fault=Fault.INTERLEAVED_TOOLS),))
    yield Trial(name="every call twice, their pieces mixed", plan=mixed, twist=_same_call_other_id)


def _same_call_same_id(answer: Answer) -> Answer:
    return msgspec.structs.replace(answer, calls=answer.calls * 2)


def _same_call_other_id(answer: Answer) -> Answer:
    again = tuple(msgspec.structs.replace(call, id=f"{call.id[:30]}_again") for call in answer.calls)
    return msgspec.structs.replace(answer, calls=(*answer.calls, *again))


def _other_call_same_id(answer: Answer) -> Answer:
    more = tuple(
        Call(name="calculate", arguments='{"expression":"1 + 1"}', id=call.id) for call in answer.calls
    )
    return msgspec.structs.replace(answer, calls=(*answer.calls, *more))


_TWISTS: dict[str, Callable[[Answer], Answer]] = {
    "every call twice with one id": _same_call_same_id,
    "every call twice with two ids": _same_call_other_id,
    "a second call with the same id": _other_call_same_id,
}


def report_faults(data: TauData, seed: int, most: int = 0) -> Told:
    """Return what became of conversations that write, under every fault.

    ``most`` of them are played, 0 for all.  Raises InvalidInput, StorageError.
    """
    world = data.world(WorldName.AIRLINE)
    writing = [one for one in data.conversations() if _writes(directly(turns_of(one), world))]
    chosen = writing[:most] if most else writing
    found = {trial.name: _tried(data, world, chosen, trial, seed) for trial in trials()}
    figures = [
        Figure(name="conversations that write", value=len(writing)),
        Figure(name="of them played under each fault", value=len(chosen)),
        *figures_of(found),
    ]
    lines = [f"{name}: {one.line}" for name, all_ended in found.items() for one in all_ended if one.is_bad]
    notes = (
        "Each fault hits that share of the requests, drawn by the seed; failed ones are repeated as usual.",
        "As recorded: every reply and the final state. Handed over: a handoff is open, and the state is the",
        "one after some of the recorded writes in their order. Off the way: any other state.",
        "A write sent again under its key is answered by the world as the first time, with no second effect.",
    )
    return Told(report("Recorded conversations under faults", figures, seed, notes), tuple(lines))


def _tried(
    data: TauData, world: World, chosen: Sequence[Conversation], trial: Trial, seed: int
) -> list[Ended]:
    manner = Manner(plan=trial.plan, twist=trial.twist, llm=_HASTE, event_seconds=_EVENT_SECONDS, seed=seed)
    played = asyncio.run(play_all(world, data.schemas(WorldName.AIRLINE), chosen, manner))
    return [ended(one, world) for one in played]


def figures_of(found: Mapping[str, Sequence[Ended]]) -> list[Figure]:
    """Return how many conversations went on as recorded under each fault, and how all of them ended."""
    every = [one for all_ended in found.values() for one in all_ended]
    ends = Counter(one.end for one in every)
    return [
        *(
            Figure(name=f"{name}: as recorded", value=sum(one.end is End.AS_RECORDED for one in all_ended))
            for name, all_ended in found.items()
        ),
        Figure(name="all: played", value=len(every)),
        Figure(name="all: as recorded", value=ends[End.AS_RECORDED]),
        Figure(name="all: handed over", value=ends[End.HANDED_OVER]),
        Figure(name="all: other words", value=ends[End.OTHER_WORDS], gate=at_most(0)),
        Figure(name="all: off the way", value=ends[End.OFF_THE_WAY], gate=at_most(0)),
        Figure(name="all: broken down", value=sum(bool(one.broken) for one in every), gate=at_most(0)),
        Figure(name="all: writes sent again under their key", value=sum(one.again for one in every)),
        Figure(name="all: writes with two effects", value=sum(one.twice for one in every), gate=at_most(0)),
    ]


def ended(played: Played, world: World) -> Ended:
    """Return how a conversation ended, held against the recorded calls."""
    direct = directly(played.turns, world)
    state = changed_records(world.tables, played.bench.world.tables)
    on_the_way = state in states_on_the_way(direct, world)
    return Ended(
        name=played.name,
        end=_end(played, finished=state == direct.changed, on_the_way=on_the_way),
        twice=more_often(played.bench.writes, _writes(direct)),
        again=played.bench.repeated,
        broken=played.broken,
    )


def _end(played: Played, *, finished: bool, on_the_way: bool) -> End:
    if not on_the_way:
        return End.OFF_THE_WAY
    if played.as_recorded and finished:
        return End.AS_RECORDED
    return End.HANDED_OVER if played.handoff is not None else End.OTHER_WORDS


def states_on_the_way(direct: Direct, world: World) -> list[Tables]:
    """Return the state before the first recorded write and after each."""
    mine, states = world.fresh(), [Tables()]
    for one in _writes(direct):
        mine.call(one.name, one.arguments)
        states.append(changed_records(world.tables, mine.tables))
    return states


def more_often(done: Sequence[Executed], wanted: Sequence[Executed]) -> int:
    """Return how many writes ran beyond what was recorded."""
    ours, theirs = Counter(map(_wish, done)), Counter(map(_wish, wanted))
    return (ours - theirs).total()


def _wish(one: Executed) -> bytes:
    return msgspec.json.encode([one.name, one.arguments], order="sorted")


def _writes(direct: Direct) -> list[Executed]:
    return [one for one in direct.executed if one.effect is Effect.WRITE]

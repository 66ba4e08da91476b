"""Holds what was played against the recording."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from fondaco.lab.tau.offered import Executed
from fondaco.lab.tau.playing import Played
from fondaco.lab.tau.recorded import SpokenTurn, calls_of
from fondaco.lab.tau.shapes import (
    Shape,
    first_difference,
    last_question,
    recorded_shapes,
    same,
    sent_shape,
    words_of,
)
from fondaco.lab.tau.world import Tables, World, changed_records

#: The published database was corrected after the recording: addresses name their part by another word.
_CORRECTED = ('"province": ', '"state": ')


@dataclass(slots=True, kw_only=True)
class Compared:
    """What is equal in one conversation, and what is not."""

    name: str
    requests: int = 0  #: that the recording demands
    equal_turns: int = 0  #: whose messages of the running turn are the recorded ones
    equal_words: int = 0  #: whose words of earlier turns are the recorded ones
    equal_histories: int = 0  #: whose every message is, calls of earlier turns included
    results: int = 0  #: of the world, one for each recorded call
    equal_to_recording: int = 0  #: of them
    but_for_a_name: int = 0  #: of them, where the name of a field that was corrected later does not count
    repeated: int = 0  #: calls that are equal to an earlier one of the same turn, and so are one call
    same_calls: bool = False  #: the world was called as recorded: these calls, in this order, each once
    same_replies: bool = False
    same_state: bool = False
    differences: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Direct:
    """The recorded calls, made one after the other without any engine."""

    executed: tuple[Executed, ...]
    changed: Tables  #: the records that differ afterwards
    repeated: frozenset[int]  #: places of calls that are equal to an earlier one of the same turn

    @property
    def results(self) -> list[str]:
        """The result of each call."""
        return [one.result for one in self.executed]

    @property
    def once(self) -> tuple[Executed, ...]:
        """The calls as fondaco makes them: equal ones of one turn are one call."""
        return tuple(one for place, one in enumerate(self.executed) if place not in self.repeated)


def directly(turns: Sequence[SpokenTurn], world: World) -> Direct:
    """Make every recorded call on a fresh copy of the world."""
    mine, executed, repeated = world.fresh(), list[Executed](), set[int]()
    for turn in turns:
        begun = len(executed)
        for one in calls_of([turn]):
            if any((one.name, one.arguments) == (done.name, done.arguments) for done in executed[begun:]):
                repeated.add(len(executed))
            result = mine.call(one.name, one.arguments)
            executed.append(Executed(one.name, one.arguments, result, mine.tools[one.name].effect))
    return Direct(tuple(executed), changed_records(world.tables, mine.tables), frozenset(repeated))


def compare(played: Played, world: World) -> Compared:
    """Return how far the played conversation is the recorded one."""
    direct = directly(played.turns, world)
    found = Compared(name=played.name, same_replies=played.as_recorded)
    if played.broken:
        found.differences.append(f"broke down: {played.broken}")
    _compare_requests(played, direct, found)
    recorded = [one.result for one in calls_of(played.turns)]
    found.results = len(recorded)
    pairs = list(zip(direct.results, recorded, strict=True))
    found.equal_to_recording = sum(ours == theirs for ours, theirs in pairs)
    found.but_for_a_name = sum(ours == theirs.replace(*_CORRECTED) for ours, theirs in pairs)
    found.repeated = len(direct.repeated)
    found.same_calls = tuple(played.bench.executed) == direct.once
    if not found.same_calls:
        found.differences.append(f"{len(played.bench.executed)} calls instead of {len(direct.once)}")
    found.same_state = changed_records(world.tables, played.bench.world.tables) == direct.changed
    if not found.same_state:
        found.differences.append("the final state is another one")
    return found


def _compare_requests(played: Played, direct: Direct, found: Compared) -> None:
    expected = expected_requests(played.turns)
    found.requests = len(expected)
    for sent, (turn, message) in zip(played.requests, expected, strict=False):
        wanted = recorded_shapes(played.turns, turn, message, direct.results)
        ours = [sent_shape(one) for one in sent]
        running, recorded = ours[last_question(ours) :], wanted[last_question(wanted) :]
        before = wanted[: last_question(wanted)]
        if same(running, recorded, before):
            found.equal_turns += 1
        else:
            place = f"turn {turn + 1}, request {message + 1}"
            found.differences.append(f"{place}: {first_difference(running, recorded, before)}")
        found.equal_words += same(_earlier_words(ours), _earlier_words(wanted))
        found.equal_histories += same(ours, wanted)
    if len(played.requests) != len(expected):
        found.differences.append(f"{len(played.requests)} requests instead of {len(expected)}")


def _earlier_words(shapes: Sequence[Shape]) -> list[Shape]:
    return words_of(shapes[: last_question(shapes)])


def expected_requests(turns: Sequence[SpokenTurn]) -> list[tuple[int, int]]:
    """Return turn and message of every request; after a last tool call the model is asked once more."""
    found = [(turn, message) for turn, one in enumerate(turns) for message in range(len(one.answers))]
    if turns and turns[-1].answers[-1].tool_calls:
        found.append((len(turns) - 1, len(turns[-1].answers)))
    return found

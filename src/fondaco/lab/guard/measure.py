"""Counts what the guard stops: among replies as they were recorded, and among spoiled ones."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from statistics import median
from time import process_time_ns

from fondaco.domain import events as ev
from fondaco.engine.guard.cases import Case, Cases
from fondaco.engine.guard.judging import Fault, Judgement
from fondaco.engine.guard.tracing import Proof
from fondaco.engine.guard.words import Kind, Value
from fondaco.kit.chance import Chance
from fondaco.lab.guard.data import Reply
from fondaco.lab.guard.house import TURN
from fondaco.lab.guard.judge import READER, case_of, cases, judged
from fondaco.lab.guard.spoiling import Spoiled, pick, replaced, with_changed_digit, with_rival


@dataclass(frozen=True, slots=True)
class Seen:
    """A recorded reply with its judgement."""

    reply: Reply
    case: Case
    judged: Judgement
    cpu_ms: float  #: for everything: opening the case, facts, values, proofs, records, claims, leaks

    @property
    def proven(self) -> list[Proof]:
        """The values that a source proves by itself."""
        return [proof for proof in self.judged.proofs if proof.facts]


@dataclass(slots=True)
class Count:
    """How many spoiled replies were stopped."""

    made: int = 0
    stopped: int = 0
    known: int = 0  #: left out, since the new value stands in a source of the conversation too
    by_provenance: int = 0  #: stopped because the value stands nowhere, without looking at records
    missed: list[tuple[Seen, Spoiled]] = field(default_factory=list)
    by_kind: Counter[str] = field(default_factory=Counter)

    @property
    def percent(self) -> float:
        """Return the share that was stopped; no number where nothing was made."""
        return 100 * self.stopped / self.made if self.made else float("nan")

    @property
    def provenance_percent(self) -> float:
        """Return the share that plain provenance stops."""
        return 100 * self.by_provenance / self.made if self.made else float("nan")


#: Makes one wrong reply of a right one; None where this value cannot be spoiled so.
Spoiler = Callable[[Seen, Proof], Spoiled | None]


def look(replies: Sequence[Reply]) -> list[Seen]:
    """Judge every reply as it was recorded, each conversation from its beginning."""
    seen: list[Seen] = []
    earlier: dict[str, tuple[ev.Event, ...]] = {}
    opened = cases()
    for reply in replies:
        before = earlier.get(reply.conversation, ())
        one = _look(reply, opened, before)
        seen.append(one)
        if not one.judged.faults:
            given = ev.VerdictGiven(turn_id=TURN, passed=True, evidence=one.judged.evidence)
            earlier[reply.conversation] = (*before, given)
    return seen


def _look(reply: Reply, opened: Cases, earlier: tuple[ev.Event, ...]) -> Seen:
    began = process_time_ns()
    case = case_of(reply, opened, earlier)
    found = judged(reply, reply.text, case)
    return Seen(reply, case, found, (process_time_ns() - began) / 1e6)


def alarms(seen: Sequence[Seen]) -> list[Seen]:
    """Return the recorded replies that the guard keeps back."""
    return [one for one in seen if one.judged.faults]


def spoil(seen: Sequence[Seen], spoiler: Spoiler, *, unknown_only: bool) -> Count:
    """Spoil each proven value of each reply once, and count what is stopped.

    ``unknown_only`` leaves out what turned into a value that stands in a source of this conversation, and so
    is not wrong for certain; how many these were is counted.
    """
    count = Count()
    for one in seen:
        for proof in one.proven:
            spoiled = spoiler(one, proof)
            if spoiled is not None:
                _judge_spoiled(one, spoiled, count, unknown_only=unknown_only)
    return count


def _judge_spoiled(one: Seen, spoiled: Spoiled, count: Count, *, unknown_only: bool) -> None:
    found = judged(one.reply, spoiled.text, one.case)
    if unknown_only and _is_known(spoiled, found):
        count.known += 1
        return
    count.made += 1
    count.by_provenance += Fault.UNPROVEN in _new(found, one.judged)
    if _new(found, one.judged):
        count.stopped += 1
    else:
        count.missed.append((one, spoiled))
        count.by_kind[spoiled.value.kind] += 1


def _is_known(spoiled: Spoiled, found: Judgement) -> bool:
    """Return whether a source of the conversation holds the new value itself."""
    begin = spoiled.value.begin
    end = begin + len(spoiled.written)
    there = [proof for proof in found.proofs if begin <= proof.value.begin and proof.value.end <= end]
    return bool(there) and all(proof.facts for proof in there)


def _new(found: Judgement, before: Judgement) -> set[Fault]:
    """Return the kinds of findings that the right reply did not have.

    A claim that was found before is none, though it now reads otherwise.
    """
    known = {fault for fault, _ in before.faults if fault is Fault.CLAIM}
    return {fault for fault, _ in set(found.faults) - set(before.faults)} - known


def changed_digits(chance: Chance) -> Spoiler:
    """Return what changes one digit."""
    return lambda one, proof: with_changed_digit(one.reply.text, proof.value, chance)


def foreign(seen: Sequence[Seen], chance: Chance) -> Spoiler:
    """Return what puts a value of another conversation in the place of one of the same kind."""
    pool: dict[Kind, list[str]] = {}
    for one in seen:
        for proof in one.proven:
            pool.setdefault(proof.value.kind, []).append(proof.value.written)

    def spoiler(one: Seen, proof: Proof) -> Spoiled | None:
        offered = pool[proof.value.kind]
        return replaced(one.reply.text, proof.value, offered[pick(len(offered), chance)])

    return spoiler


def swapped(chance: Chance) -> Spoiler:
    """Return what writes the same field of a rival record in the place of a value."""
    return lambda one, proof: with_rival(
        one.reply.text, proof, one.judged.facts, lambda written: _only(READER.read(written)), chance
    )


def _only(values: Sequence[Value]) -> Value | None:
    return values[0] if len(values) == 1 else None


def cpu_median_ms(seen: Sequence[Seen]) -> float:
    """Return the median of the CPU time that a reply took."""
    return median(one.cpu_ms for one in seen)


def longest(seen: Sequence[Seen]) -> list[Seen]:
    """Return the tenth of the replies that is longest."""
    ordered = sorted(seen, key=lambda one: len(one.reply.text))
    return ordered[-max(1, len(ordered) // 10) :]


def count_values(seen: Sequence[Seen]) -> Counter[Kind]:
    """Return how many values of each kind the replies hold."""
    return Counter(proof.value.kind for one in seen for proof in one.judged.proofs)

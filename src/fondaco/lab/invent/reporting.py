"""A run as figures with their gates."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from fondaco.lab.gates import Figure, Report, at_least, at_most, report
from fondaco.lab.invent.judging import Judged, Sort, judged
from fondaco.lab.invent.played import Played
from fondaco.lab.invent.turns import End, why

_NOTES = (
    "SmolLM2-135M on llama.cpp answers for the demo shop, at one machine for all contacts.",
    "Read is every text that was on a contact's screen, unfinished answers too, by the lab's own patterns.",
    "Values must stand in what the merchant system answers, articles, the shop's hours, the contact's words.",
    "Whole answer: one that the model ended itself; half answers are never sent, so nobody judges them.",
    "Kept back for: each reason once a turn.",
)


def reported(played: Played) -> Report:
    """Return the report on a run; everything that got through is told in its notes."""
    found = judged(played)
    figures = [*_what_was_seen(played, found), *_gates(found), *_of_model(played, found), *_ends(found)]
    figures += _times(played)
    notes = (*_NOTES, f"Played at commit {played.commit}.", *(fault.told() for fault in found.faults))
    return report("What of a model's inventions reaches a contact", figures, played.seed, notes)


def _what_was_seen(played: Played, found: Judged) -> Iterator[Figure]:
    done = len(played.conversations)
    yield Figure(name="conversations", value=done, gate=at_least(played.planned))
    yield Figure(name="messages of contacts", value=sum(one.written for one in played.conversations))
    yield Figure(
        name="  unanswered", value=sum(one.unanswered for one in played.conversations), gate=at_most(0)
    )
    yield Figure(name="replies", value=found.replies)
    yield Figure(name="states of unfinished answers", value=found.drafts)
    yield Figure(name="  taken back", value=sum(one.voided for one in played.conversations))
    yield Figure(
        name="  left standing",
        value=sum(bool(one.left_over) for one in played.conversations),
        gate=at_most(0),
    )
    yield Figure(name="values in all of them", value=found.values)
    yield Figure(name="  proven by the contact's words alone", value=found.only_said)


def _gates(found: Judged) -> Iterator[Figure]:
    """Yield how many texts had something that may not be there."""
    for sort in Sort:
        texts = {(fault.number, fault.seen) for fault in found.faults if fault.sort is sort}
        yield Figure(name=f"with {sort.value}", value=len(texts), unit="texts", gate=at_most(0))


def _of_model(played: Played, found: Judged) -> Iterator[Figure]:
    turns = found.turns
    answers = sum(turn.answers for turn in turns)
    # A model that is hardly ever asked proves nothing.
    yield Figure(name="whole answers of the model", value=answers, gate=at_least(played.planned / 2))
    yield Figure(
        name="  kept back by the guard", value=sum(turn.kept_back for turn in turns), gate=at_least(1)
    )
    reasons = sum((why(turn.findings) for turn in turns), Counter())
    for reason, count in reasons.most_common():
        yield Figure(name=f"    for {reason.value}", value=count, unit="turns")
    yield Figure(name="  mended by the second attempt", value=sum(turn.mended for turn in turns))
    yield Figure(name="half answers of the model", value=sum(turn.halves for turn in turns))
    yield Figure(name="requests without an answer", value=sum(turn.failures for turn in turns))


def _ends(found: Judged) -> Iterator[Figure]:
    ends = Counter(turn.end for turn in found.turns)
    for end in End:
        yield Figure(name=f"turns that ended with: {end.value}", value=ends[end])


def _times(played: Played) -> Iterator[Figure]:
    waits = sorted(wait for one in played.conversations for wait in one.waits_ms)
    if waits:
        yield Figure(name="wait for an answer, median", value=waits[len(waits) // 2] / 1000, unit="s")
        yield Figure(name="wait for an answer, longest", value=waits[-1] / 1000, unit="s")
    yield Figure(name="all of it", value=played.seconds / 60, unit="min")

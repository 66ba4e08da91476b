"""Counts the recorded writes that a contract would have stopped: who asks is proven, and said yes to this.

The published policies put both rules into words that a model may forget.  Here they are rules over what was
said and done before each write.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from enum import StrEnum

from fondaco.engine.acting.consent import Consent, consent_of
from fondaco.kit.language import Language
from fondaco.lab.gates import Figure, report
from fondaco.lab.tau.data import TauData
from fondaco.lab.tau.policy_airline import airline_writes
from fondaco.lab.tau.policy_retail import retail_writes
from fondaco.lab.tau.policy_words import Write
from fondaco.lab.tau.telling import Told

_ASKS = re.compile(r"\?|\bconfirm|\blet me know", re.IGNORECASE)
#: A message that begins like this agrees to something, whatever else it says.
_AGREES = re.compile(
    r"\W*(?:(?:oh|great|okay|ok|perfect|alright|thank you|thanks|got it|understood)\b\W*)*"
    r"(?:yes|yeah|yep|yup|sure|absolutely|definitely|correct|i confirm|confirmed|go ahead|proceed"
    r"|please (?:go ahead|proceed|do)|let's (?:go ahead|proceed|do)"
    r"|that(?:'s| is) (?:correct|right|fine)|sounds good|that works)\b",
    re.IGNORECASE,
)


class Reason(StrEnum):
    """Why a contract stops a write; the first that holds counts."""

    NOT_PROVEN = "nobody was proven"  #: the contact had not yet said or proven who they are
    SOMEBODY_ELSE = "somebody else's record"  #: the record belongs to another person
    NOTHING_ASKED = "no yes was asked for"  #: the assistant's last message asks nothing
    NOT_SHOWN = "the proposal did not name it"  #: that message does not show what was then done
    NO_YES = "no yes was said"  #: the contact answered something else


def reason_of(write: Write) -> Reason | None:
    """Return why a contract stops the write; None where it lets it pass."""
    if not write.proven:
        return Reason.NOT_PROVEN
    if write.owner not in write.proven:
        return Reason.SOMEBODY_ELSE
    if not _ASKS.search(write.proposal):
        return Reason.NOTHING_ASKED
    if not all(shows(write.proposal, detail) for detail in write.details):
        return Reason.NOT_SHOWN
    return None if _AGREES.match(write.answer) else Reason.NO_YES


def shows(text: str, detail: str) -> bool:
    """Return whether the detail stands in the text as a whole word, in whatever case."""
    return re.search(rf"(?<![\w]){re.escape(detail)}(?![\w])", text, re.IGNORECASE) is not None


def is_plain_yes(write: Write) -> bool:
    """Return whether the answer is nothing but a yes, as fondaco wants it of a contract that asks."""
    return consent_of(write.answer, Language.EN) in {Consent.YES, Consent.SOFT}


def report_policy(data: TauData, seed: int) -> Told:
    """Return what contracts would have stopped in the recordings of both worlds.  Raises InvalidInput."""
    figures: list[Figure] = []
    lines: list[str] = []
    for name, writes in (("airline", airline_writes(data)), ("retail", retail_writes(data))):
        figures += figures_of(name, writes)
        lines += [_line(write) for write in writes if reason_of(write) is not None]
    notes = (
        "Airline: conversations of gpt-4o. Retail: conversations that were written down as they are read; a",
        "write is there a result that shows a record other than before, so what was refused is not seen.",
        "Named: the flights, the record, the amount or the people of the call stand in the message that asks",
        "for the yes; of a retail call only the order is known.",
        "A yes is any message that begins with agreement. Plain: one that says nothing besides, as fondaco",
        "wants it of a yes to a proposal of its own.",
    )
    return Told(report("Recorded writes under contracts", figures, seed, notes), tuple(lines))


def figures_of(name: str, writes: Sequence[Write]) -> list[Figure]:
    """Return how many writes each rule stops."""
    reasons = [(write, reason_of(write)) for write in writes]
    stopped = Counter(reason for _, reason in reasons if reason is not None)
    passed = [write for write, reason in reasons if reason is None]
    return [
        Figure(name=f"{name}: writes", value=len(writes)),
        Figure(name=f"{name}: refused by the world anyway", value=sum(write.refused for write in writes)),
        Figure(name=f"{name}: stopped", value=stopped.total()),
        *(Figure(name=f"{name}: stopped, {reason}", value=stopped[reason]) for reason in Reason),
        Figure(name=f"{name}: pass", value=len(passed)),
        Figure(name=f"{name}: pass with a plain yes", value=sum(is_plain_yes(write) for write in passed)),
    ]


def _line(write: Write) -> str:
    proposal, answer = (" ".join(text.split()) for text in (write.proposal, write.answer))
    return f"{write.place}: {reason_of(write)} | assistant: …{proposal[-160:]} | contact: {answer[:160]}"

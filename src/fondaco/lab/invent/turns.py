"""What the log says of each turn: how often the model answered, what was kept back and why, how it ended."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from enum import StrEnum

import msgspec

from fondaco.domain import events as ev
from fondaco.domain.events import Recorded
from fondaco.lab.invent.stored import is_stored
from fondaco.llm.asking import Finish


class End(StrEnum):
    """Who had the last word of a turn."""

    MODEL = "model"  #: words of the model, as the guard let them out
    STORED = "stored text"  #: an article or a sentence of the shop
    ASKED = "asked back"  #: a stored sentence that asks for a number, a proof or a yes
    OFFERS = "offers"  #: a choice of articles
    PERSON = "person"  #: the conversation was handed over
    SILENCE = "silence"  #: nothing was said


class Why(StrEnum):
    """Why an answer of the model was kept back."""

    VALUE = "unproven value"  #: stands in no result, article or message
    MIX_UP = "mixed-up records"  #: true of something else
    SAID = "only what the contact said"  #: which does not make it true
    PASSED = "what the model passed itself"  #: to a tool
    CLAIM = "invented claim"  #: of something that nobody did
    LANGUAGE = "another language"
    MARKUP = "markup or raw data"
    RULES = "rules or internal names"
    LINK = "link"
    OTHER = "anything else"


_WHY = (
    (Why.VALUE, r"stands in no tool result"),
    (Why.MIX_UP, r"is true of|are true of"),
    (Why.SAID, r"is only what the contact said"),
    (Why.PASSED, r"the model itself has passed"),
    (Why.CLAIM, r"claims what nobody has done"),
    (Why.LANGUAGE, r"(?:is|the text is) not in (?:de|en|zh|ja|ko)\b"),
    (Why.RULES, r"repeats|rules of a model|internal name"),
    (Why.LINK, r"leads to|is an image|is a link"),
    (Why.MARKUP, r"markup|tag that|raw data|hides text|was not filled"),
)


class Turn(msgspec.Struct, frozen=True, kw_only=True):
    """One turn as the log tells it."""

    answers: int  #: whole answers of the model
    halves: int  #: answers that were cut off at their greatest length, which nobody judges
    failures: int  #: requests without an answer
    kept_back: int  #: whole answers that did not go out
    findings: tuple[str, ...]
    mended: bool  #: the second answer went out after the first was kept back
    end: End


def turns_of(records: Iterable[Recorded]) -> list[Turn]:
    """Return every settled turn."""
    by_turn: dict[str, list[ev.Event]] = {}
    for record in records:
        turn_id = getattr(record.event, "turn_id", None)
        if turn_id is not None:
            by_turn.setdefault(turn_id, []).append(record.event)
    settled = (events for events in by_turn.values() if any(isinstance(e, ev.TurnSettled) for e in events))
    return [_turn(events) for events in settled]


def why(findings: Iterable[str]) -> Counter[Why]:
    """Return how many answers of a kind of finding there are; each kind counts once."""
    return Counter({_kind(finding) for finding in findings})


def _kind(finding: str) -> Why:
    return next((kind for kind, pattern in _WHY if re.search(pattern, finding)), Why.OTHER)


def _turn(events: list[ev.Event]) -> Turn:
    asked = [one for one in events if isinstance(one, ev.ModelAsked)]
    answers = sum(one.finish == Finish.STOP.value for one in asked)
    halves = sum(one.finish == Finish.LENGTH.value for one in asked)
    end = _end(events)
    kept_back = answers - (end is End.MODEL)
    return Turn(
        answers=answers,
        halves=halves,
        failures=len(asked) - answers - halves,
        kept_back=kept_back,
        findings=tuple(_findings(events)),
        mended=end is End.MODEL and kept_back > 0,
        end=end,
    )


def _findings(events: Iterable[ev.Event]) -> Iterator[str]:
    for event in events:
        if isinstance(event, ev.VerdictGiven):
            yield from event.findings


def _end(events: list[ev.Event]) -> End:
    settled = next(one for one in events if isinstance(one, ev.TurnSettled))
    posted = [one for one in events if isinstance(one, ev.MessagePosted)]
    if settled.outcome is ev.OutcomeKind.HANDOFF:
        return End.PERSON
    if not posted:
        return End.SILENCE
    message = posted[-1]
    if message.offers:
        return End.OFFERS
    if not is_stored(message.text):
        return End.MODEL
    return End.ASKED if message.awaiting is not None else End.STORED

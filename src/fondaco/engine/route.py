"""Decides who answers a turn, and says why."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

import msgspec

from fondaco.domain import events as ev
from fondaco.domain.handoffs import HandoffReason
from fondaco.engine.answerer import Answerer
from fondaco.engine.context import TurnContext
from fondaco.engine.draft import Trace
from fondaco.engine.phrasebook import any_language


class Route(msgspec.Struct, frozen=True, kw_only=True):
    """Who answers; ``handoff`` is the reason when it is a person."""

    kind: ev.RouteKind
    reasons: tuple[str, ...]
    handoff: HandoffReason | None = None
    ladder: tuple[ev.RouteKind, ...] = ()  #: who goes on where one fails, the first included; empty: nobody
    difficulty: float | None = None  #: 0 to 1; None where nothing depended on it
    signals: dict[str, float] = {}  #: what the difficulty was added up from


class Chooses(Protocol):
    """Chooses the route of a turn."""

    async def choose(self, context: TurnContext, trace: Trace) -> Route:
        """Return the route; what is searched for on the way goes into the trace."""
        ...


@dataclass(frozen=True, slots=True)
class Models:
    """The answerers that ask models, and who chooses between them."""

    router: Chooses
    answerers: Mapping[ev.RouteKind, Answerer]
    count: Callable[[str], int] | None = None  #: a text's tokens; None where they are only guessed


def choose(context: TurnContext) -> Route:
    """Return the route for a turn.  Danger comes first, then the contact's wish, then who is able."""
    books = any_language(context.language)
    if any(book.is_alarming(context.question) for book in books):
        return _person(HandoffReason.SAFETY, "the message speaks of danger or threatens")
    if context.choice == ev.PERSON_OFFER:
        return _person(HandoffReason.ASKED_FOR, "the contact chose a person")
    if any(book.wants_person(context.question) for book in books):
        return _person(HandoffReason.ASKED_FOR, "the contact asks for a person")
    return Route(kind=ev.RouteKind.LOCAL, reasons=("no model is configured, so stored texts answer",))


def _person(reason: HandoffReason, why: str) -> Route:
    return Route(kind=ev.RouteKind.PERSON, reasons=(why,), handoff=reason)

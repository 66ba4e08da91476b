"""Decides who answers a turn, and says why."""

from __future__ import annotations

import msgspec

from fondaco.domain import events as ev
from fondaco.domain.handoffs import HandoffReason
from fondaco.engine.context import TurnContext
from fondaco.engine.phrasebook import any_language


class Route(msgspec.Struct, frozen=True, kw_only=True):
    """Who answers; ``handoff`` is the reason when it is a person."""

    kind: ev.RouteKind
    reasons: tuple[str, ...]
    handoff: HandoffReason | None = None


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

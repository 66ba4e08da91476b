"""Judges one recorded reply as the product does: the same guard, on the turn as the engine would find it."""

from __future__ import annotations

from datetime import UTC, date, datetime

from fondaco.domain import events as ev
from fondaco.domain.handoffs import HandoffReason
from fondaco.engine.draft import Draft
from fondaco.engine.guard.cases import Case, Cases, GuardOptions
from fondaco.engine.guard.judging import Judgement, examine
from fondaco.engine.guard.reader import Reader
from fondaco.kit.language import Language
from fondaco.lab.guard.data import Reply, specs
from fondaco.lab.guard.house import clock_at, context_of

#: When the recorded conversations take place, as their policy says, in UTC.
NOW = datetime(2024, 5, 15, 20, 0, tzinfo=UTC)

READER = Reader(Language.EN, date(2024, 5, 15))


def cases() -> Cases:
    """Return what opens the cases of the recorded shops."""
    return Cases(specs(), GuardOptions(), clock_at(NOW), timezone="America/New_York")


def case_of(reply: Reply, opened: Cases, earlier: tuple[ev.Event, ...] = ()) -> Case:
    """Return the case of the turn; ``earlier`` are the verdicts on the replies before."""
    return opened.of(context_of((*reply.events, *earlier), Language.EN))


def draft_of(reply: Reply, text: str) -> Draft:
    """Return a text as a model would have handed it over in the place of the reply."""
    return Draft(
        text=text,
        language=Language.EN,
        sources=(reply.policy,),
        calls=reply.turn_calls,
        invented=reply.invented,
        handoff=HandoffReason.ASKED_FOR if reply.handed_over else None,
    )


def judged(reply: Reply, text: str, case: Case) -> Judgement:
    """Return what the guard makes of a text in the place of the reply."""
    return examine(draft_of(reply, text), case)

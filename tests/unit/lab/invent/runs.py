"""Runs of the lab as they might have been: a contact of the demo shop, and what stood on the screen."""

from __future__ import annotations

from typing import Any

from fondaco.domain import events as ev
from fondaco.domain.articles import Passage
from fondaco.domain.handoffs import HandoffReason
from fondaco.domain.ids import ArticleId, HandoffId, MessageId, TurnId
from fondaco.domain.people import ASSISTANT
from fondaco.kit.language import Language
from fondaco.lab.invent.merchant import Deed, Told
from fondaco.lab.invent.played import Conversed, Played
from fondaco.lab.invent.talks import Talk
from fondaco.lab.invent.watching import Seen

TURN = TurnId("trn_1")
_MONDAY_NOON_MS = 1_795_428_000_000  # 23 November 2026, 11:00 in Berlin
ORDER = {
    "order_number": "RI-10157",
    "placed_on": "2026-10-26",
    "item_count": 4,
    "total": {"amount_minor": 12960, "currency": "EUR"},
    "refund_days": 5,
    "state": "shipped",
    "tracking_number": "DE706300591443",
}


def talk(*messages: str, language: Language = Language.EN) -> Talk:
    """Return what somebody writes."""
    return Talk(
        number=1,
        kind="order with proof",
        language=language,
        messages=messages,
        order_number="RI-10157",
        customer_ref="C-1",
        proofs=("50667", "kaethe@example.com"),
    )


PROVEN = talk("Where is RI-10157? 50667")


def conversed(
    *seen: Seen, talk: Talk = PROVEN, events: tuple[ev.Event, ...] = (), order: Any = ORDER
) -> Conversed:
    """Return a conversation with these texts on the screen."""
    records = tuple(
        ev.Recorded(seq=seq, at_ms=0, episode_id=None, event=event) for seq, event in enumerate(events, 1)
    )
    return Conversed(
        talk=talk,
        seen=seen,
        left_over="",
        voided=0,
        written=1,
        unanswered=0,
        waits_ms=(2_000.0,),
        records=records,
        told=(Told(personal=(order,), public=()),),
    )


def played(*conversations: Conversed, deeds: tuple[Deed, ...] = ()) -> Played:
    """Return a run with these conversations."""
    return Played(
        planned=len(conversations),
        seed=7,
        commit="abc",
        began_ms=_MONDAY_NOON_MS,
        seconds=60.0,
        conversations=conversations,
        deeds=deeds,
    )


def said(text: str) -> Seen:
    """Return a reply."""
    return Seen(text, 1)


def found(key: str) -> ev.PassagesFound:
    """Return a search that found an article."""
    passage = Passage(
        article_id=ArticleId(f"art_{key}"), key=key, title="", text="", language=Language.EN, score=1.0
    )
    return ev.PassagesFound(turn_id=TURN, question="", passages=(passage,), confidence=1.0)


def asked(finish: str = "stop", step: int = 1) -> ev.ModelAsked:
    """Return an answer of the model."""
    return ev.ModelAsked(turn_id=TURN, step=step, target="liar", finish=finish)


def verdict(*findings: str) -> ev.VerdictGiven:
    """Return a verdict, a good one where nothing was found."""
    return ev.VerdictGiven(turn_id=TURN, passed=not findings, findings=findings)


def posted(text: str, *offers: ev.Offer) -> ev.MessagePosted:
    """Return a reply in the log."""
    return ev.MessagePosted(
        message_id=MessageId("msg_1"), author=ASSISTANT, text=text, turn_id=TURN, offers=offers
    )


def settled(outcome: ev.OutcomeKind = ev.OutcomeKind.REPLY) -> ev.TurnSettled:
    """Return the end of a turn."""
    return ev.TurnSettled(turn_id=TURN, outcome=outcome, duration_ms=1.0)


HANDED_OVER = ev.HandoffRequested(
    handoff_id=HandoffId("hof_1"),
    reason=HandoffReason.MISSING_KNOWLEDGE,
    team_id="general",
    promised_at_ms=None,
)

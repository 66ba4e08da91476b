"""Composes a handoff: the row for the team, and what the contact is told."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice

import msgspec

from fondaco.domain import events as ev
from fondaco.domain.conversation import Conversation
from fondaco.domain.errors import ConfigurationError
from fondaco.domain.evidence import Evidence, EvidenceSource
from fondaco.domain.handoffs import Handoff, HandoffReason
from fondaco.domain.hours import Hours, Promise, promise
from fondaco.domain.ids import EpisodeId, HandoffId, TeamId
from fondaco.domain.people import AuthorKind
from fondaco.domain.turns import unanswered
from fondaco.engine.phrasebook import phrases, small_talk
from fondaco.engine.writing import write_time
from fondaco.kit.language import Language

_SUMMARY_LINES = 6
_KEYS = {HandoffReason.ASKED_FOR: "asked", HandoffReason.UNPROVEN_ANSWER: "unproven"}
#: This one's sentence says who goes on, and gives no reason.
_WITHOUT_REASON = HandoffReason.BUDGET.value


class TeamOptions(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Teammates who share an inbox."""

    id: str
    names: dict[Language, str] = {}
    topics: tuple[str, ...] = ()  #: article topics whose handoffs come here; empty: everything else


class Shop(msgspec.Struct, frozen=True, kw_only=True):
    """What the engine must know about the shop to hand over."""

    hours: Hours = Hours()
    teams: tuple[TeamOptions, ...] = (TeamOptions(id="general"),)
    language: Language = Language.EN  #: where nobody knows the contact's

    def team_for(self, topic: str) -> TeamId:
        """Return the team that a topic belongs to, else the first one without topics.

        Raises ConfigurationError when no team takes everything else.
        """
        named = next((team for team in self.teams if topic and topic in team.topics), None)
        chosen = named or next((team for team in self.teams if not team.topics), None)
        if chosen is None:
            raise ConfigurationError(
                "workspace.teams: every team has topics; give one team no topics so that it takes the rest."
            )
        return TeamId(chosen.id)


class Handover(msgspec.Struct, frozen=True, kw_only=True):
    """A handoff and the message that goes with it."""

    handoff: Handoff
    text: str
    language: Language
    stated: tuple[Evidence, ...]  #: the promised time, which the shop's hours prove


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """Why a person is wanted, and what was found out already."""

    id: HandoffId
    reason: HandoffReason
    language: Language
    topic: str = ""
    facts: tuple[Evidence, ...] = ()
    is_told: bool = False  #: the contact has just been told what is wrong


def compose(
    wish: Wish, conversation: Conversation, records: Sequence[ev.Recorded], shop: Shop, now_ms: int
) -> Handover:
    """Return the handoff with everything the teammate needs, and what the contact is told."""
    promised = promise(shop.hours, now_ms)
    time = (
        ""
        if promised.at_ms is None
        else write_time(promised.at_ms, shop.hours.timezone, now_ms, wish.language)
    )
    sentence = _sentence(wish, promised)
    text = phrases(wish.language).say(sentence, promised=time, opens=time)
    handoff = Handoff(
        id=wish.id,
        workspace_id=conversation.workspace_id,
        conversation_id=conversation.id,
        episode_id=conversation.episode_id or EpisodeId(""),
        reason=wish.reason,
        team_id=shop.team_for(wish.topic),
        summary=_summary(records),
        questions=_questions(tuple(records), wish.language),
        facts=wish.facts,
        opened_at_ms=now_ms,
        promised_at_ms=promised.at_ms,
    )
    return Handover(handoff=handoff, text=text, language=wish.language, stated=_stated(time, promised.at_ms))


def without_promise(composed: Handover) -> Handover:
    """Return the same handoff with nothing promised, so that its text holds no value that wants a proof."""
    return Handover(
        handoff=msgspec.structs.replace(composed.handoff, promised_at_ms=None),
        text=phrases(composed.language).say("handoff_unpromised"),
        language=composed.language,
        stated=(),
    )


def _sentence(wish: Wish, promised: Promise) -> str:
    """Return the key of what the contact is told; nothing is promised that the hours do not bear."""
    if promised.at_ms is None:
        return "handoff_unpromised"
    is_said = wish.is_told and wish.reason is HandoffReason.TOOL_FAILURE
    reason = _WITHOUT_REASON if is_said else _KEYS.get(wish.reason, wish.reason.value)
    return f"handoff_{reason}{'' if promised.open_now else '_closed'}"


def _stated(time: str, at_ms: int | None) -> tuple[Evidence, ...]:
    if at_ms is None:
        return ()
    return (
        Evidence(written=time, value=str(at_ms), source=EvidenceSource.SHOP, reference="workspace.hours"),
    )


def _questions(records: tuple[ev.Recorded, ...], language: Language) -> tuple[str, ...]:
    """Return what is open: what nobody has answered yet, else the last that the contact has really asked."""
    waiting = tuple(one.text for one in unanswered(records) if _asks(one, language))
    if waiting:
        return waiting
    written = (record.event for record in reversed(records))
    asked = (one.text for one in written if isinstance(one, ev.MessageReceived) and _asks(one, language))
    return tuple(islice(asked, 1))


def _asks(message: ev.MessageReceived, language: Language) -> bool:
    """Return whether a teammate has something to answer; a nod, a greeting or a click on a person is none."""
    if message.choice == ev.PERSON_OFFER:
        return False
    return small_talk(message.language or language, message.text) in (None, "vague")


def _summary(records: Sequence[ev.Recorded]) -> str:
    """Return the last messages, one a line, each with who wrote it."""
    lines: list[str] = []
    for record in records:
        match record.event:
            case ev.MessageReceived(text=text):
                lines.append(f"{AuthorKind.CONTACT.value}: {text}")
            case ev.MessagePosted(author=author, text=text):
                lines.append(f"{author.kind.value}: {text}")
            case _:
                pass
    return "\n".join(line[:300] for line in lines[-_SUMMARY_LINES:])

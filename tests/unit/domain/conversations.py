"""The people and the words of the life cycle's tests."""

from __future__ import annotations

from fondaco.domain import events as ev
from fondaco.domain import lifecycle
from fondaco.domain.conversation import Conversation
from fondaco.domain.handoffs import Handoff, HandoffReason
from fondaco.domain.ids import (
    ConnectionId,
    ContactId,
    ConversationId,
    EpisodeId,
    HandoffId,
    MessageId,
    TeamId,
    WorkspaceId,
)
from fondaco.domain.lifecycle import Inbound
from fondaco.domain.people import ASSISTANT, Author, AuthorKind
from fondaco.kit.language import Language

NOW = 1_000_000
LIN = Author(AuthorKind.TEAMMATE, "mat_lin", "Lin")
MAX = Author(AuthorKind.TEAMMATE, "mat_max", "Max")

NEW = Conversation(
    id=ConversationId("cnv_1"),
    workspace_id=WorkspaceId("wsp_1"),
    connection_id=ConnectionId("con_1"),
    contact_id=ContactId("ctc_1"),
    pulls=False,
)


def written(
    text: str = "Where is my parcel?",
    *,
    name: str = "1",
    at_ms: int = NOW,
    burst_ms: int = 0,
    language: Language | None = None,
) -> Inbound:
    """What the contact wrote."""
    return Inbound(
        message_id=MessageId(f"msg_{name}"),
        text=text,
        external_id=name,
        at_ms=at_ms,
        new_episode_id=EpisodeId(f"epi_{name}"),
        language=language,
        burst_ms=burst_ms,
    )


def said(author: Author = ASSISTANT, name: str = "reply", *, answers: bool = True) -> ev.MessagePosted:
    """What somebody of the shop wrote."""
    return ev.MessagePosted(
        message_id=MessageId(f"msg_{name}"), author=author, text="On its way", answers=answers
    )


def wanted(base: Conversation, name: str = "1", at_ms: int = NOW) -> Handoff:
    """A handoff that nobody has accepted yet."""
    return Handoff(
        id=HandoffId(f"hnd_{name}"),
        workspace_id=base.workspace_id,
        conversation_id=base.id,
        episode_id=base.episode_id or EpisodeId("epi_none"),
        reason=HandoffReason.ASKED_FOR,
        team_id=TeamId("tea_1"),
        summary="Wants a person",
        opened_at_ms=at_ms,
    )


def asked() -> Conversation:
    """A conversation whose contact waits for the assistant."""
    return lifecycle.receive(NEW, written()).after

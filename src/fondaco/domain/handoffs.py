"""A handoff: the assistant asks a person, with everything that person needs."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from fondaco.domain.evidence import Evidence
from fondaco.domain.ids import ConversationId, EpisodeId, HandoffId, TeamId, TeammateId, WorkspaceId


class HandoffReason(StrEnum):
    """Why a person has to answer; the list is closed."""

    ASKED_FOR = "asked_for"  #: the contact wants a person
    MISSING_KNOWLEDGE = "missing_knowledge"  #: no article and no tool answers this
    POLICY = "policy"  #: the shop's rules reserve this for people
    TOOL_FAILURE = "tool_failure"  #: a tool that is needed does not work
    UNPROVEN_ANSWER = "unproven_answer"  #: the guard would not let the answer out
    BUDGET = "budget"  #: the budget for models is used up
    OUTAGE = "outage"  #: nothing that could answer is working
    APPROVAL = "approval"  #: an action waits for a teammate's yes
    SAFETY = "safety"  #: somebody may be in danger, or threatens


class Handoff(msgspec.Struct, frozen=True, kw_only=True):
    """A request for a person, from the asking to the handback."""

    id: HandoffId
    workspace_id: WorkspaceId
    conversation_id: ConversationId
    episode_id: EpisodeId
    reason: HandoffReason
    team_id: TeamId
    summary: str  #: what the contact wants and what was tried, for the teammate
    questions: tuple[str, ...] = ()  #: what is still open, in the contact's words
    facts: tuple[Evidence, ...] = ()  #: what is proven already
    opened_at_ms: int
    promised_at_ms: int | None = None  #: when the contact was told a person would answer; None: no promise
    accepted_at_ms: int | None = None
    accepted_by: TeammateId | None = None
    returned_at_ms: int | None = None

"""What a caller of the cellar hands in and gets back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import msgspec

from fondaco.domain.ids import ConnectionId, ConversationId, TurnId, WorkspaceId
from fondaco.domain.usage import AttemptNote
from fondaco.llm.asking import Prompt, Reply
from fondaco.llm.targets import Target


class Scope(msgspec.Struct, frozen=True, kw_only=True):
    """For whom a model is asked: who pays, and under what it is written down."""

    workspace_id: WorkspaceId
    connection_id: ConnectionId
    conversation_id: ConversationId
    turn_id: TurnId
    step: int  #: 1 is the first model request of the turn
    purpose: str = "answer"  #: or summary, probe


class Ask(msgspec.Struct, frozen=True, kw_only=True):
    """One question to the first of these targets that answers in time."""

    prompt: Prompt
    targets: tuple[Target, ...]
    scope: Scope
    first_token_ms: float  #: of ``Clock.monotonic_ms``: when the contact must see that something happens
    whole_ms: float  #: of ``Clock.monotonic_ms``: when the answer must be whole


class Answered(msgspec.Struct, frozen=True, kw_only=True):
    """An answer, and how it came about."""

    reply: Reply
    target: Target
    attempts: tuple[AttemptNote, ...]  #: oldest first, the one that answered last


class Listener(Protocol):
    """Hears an answer while it is being given."""

    async def heard(self, text: str) -> None:
        """Take the next piece of the text."""
        ...

    async def retracted(self) -> None:
        """Forget everything heard so far: the attempt failed, and another begins from the start."""
        ...


class AsksModels(Protocol):
    """Answers one step; the client does it with real providers."""

    async def ask(self, ask: Ask, listener: Listener | None = None) -> Answered:
        """Return the first whole answer.

        Raises NoModelAnswered or BudgetUsedUp; both carry the attempts made (``attempts``).
        """
        ...


def total_pico(attempts: Sequence[AttemptNote]) -> int:
    """Return what attempts cost together, what is only possibly billed included."""
    return sum(attempt.cost_pico for attempt in attempts)

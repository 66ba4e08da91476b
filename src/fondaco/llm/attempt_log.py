"""What the process's log tells of attempts that failed: classes and what was done, never a word of anybody.

A provider's own words stand in the conversation's notes, where teammates may read them.
"""

from __future__ import annotations

from collections.abc import Mapping

import structlog

from fondaco.domain.errors import ModelError
from fondaco.domain.usage import AttemptNote
from fondaco.llm.answering import Ask, Scope
from fondaco.llm.trying import ANSWERED, CANCELLED

log = structlog.get_logger(__name__)


def tell_of_attempt(note: AttemptNote, scope: Scope) -> None:
    """Write one line for an attempt that failed; one that answered, or that nobody waits for, is no news."""
    if note.ended_as in {ANSWERED, CANCELLED}:
        return
    log.info(
        "model_attempt_failed",
        target=note.target,
        provider=note.provider,
        ended_as=note.ended_as,
        then=note.then,
        duration_ms=round(note.duration_ms, 1),
        **_where(scope),
    )


def tell_of_nobody(error: ModelError, ask: Ask) -> None:
    """Warn that a step ends without a model's answer, and how each attempt ended, oldest first.

    Without attempts there was no time left, or no model of the chain takes the prompt.
    """
    log.warning(
        "no_model_answered",
        error=type(error).__name__,
        targets=[target.name for target in ask.targets],
        attempts=[f"{note.target}: {note.ended_as}" for note in error.attempts],
        **_where(ask.scope),
    )


def _where(scope: Scope) -> Mapping[str, str | int]:
    return {
        "conversation_id": scope.conversation_id,
        "turn_id": scope.turn_id,
        "step": scope.step,
        "purpose": scope.purpose,
    }

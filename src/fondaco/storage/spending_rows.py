"""What both databases keep of actions and of the places that they hold."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import msgspec

from fondaco.domain import events as ev
from fondaco.domain.changes import Change
from fondaco.domain.contracts import Action
from fondaco.domain.ids import ConversationId, WorkspaceId
from fondaco.domain.listing import ListedAction

ACTION_COLUMNS = (
    "id",
    "workspace_id",
    "conversation_id",
    "tool",
    "state",
    "subject",
    "record",
    "amount_minor",
    "currency",
    "updated_at_ms",
    "body",
)
ACTION_READ_COLUMNS = ("workspace_id", "conversation_id", "updated_at_ms", "body")
SPENDING_COLUMNS = ("action_id", "workspace_id", "tool", "subject", "record", "amount_minor", "at_ms")

_ACTION = msgspec.json.Decoder(Action)
_ENCODER = msgspec.json.Encoder()


def moved_in(change: Change) -> list[tuple[Any, ...]]:
    """Return ``ACTION_COLUMNS`` of every action that the change moves, each as it stands after it."""
    moved = {
        record.event.action.id: (record.event.action, record.at_ms)
        for record in change.records
        if isinstance(record.event, ev.ActionMoved)
    }
    return [_values(change, action, at_ms) for action, at_ms in moved.values()]


def moved_in_all(changes: Iterable[Change]) -> Iterator[tuple[Any, ...]]:
    """Yield the same of several changes; no row twice."""
    rows = {values[0]: values for change in changes for values in moved_in(change)}
    yield from rows.values()


def _values(change: Change, action: Action, at_ms: int) -> tuple[Any, ...]:
    return (
        action.id,
        change.after.workspace_id,
        change.after.id,
        action.tool,
        action.state.value,
        action.subject,
        action.record,
        action.amount_minor,
        action.currency,
        at_ms,
        _ENCODER.encode(action).decode(),
    )


def listed_action_of(row: Sequence[Any]) -> ListedAction:
    """Read ``ACTION_READ_COLUMNS``."""
    return ListedAction(
        workspace_id=WorkspaceId(row[0]),
        conversation_id=ConversationId(row[1]),
        updated_at_ms=row[2],
        action=_ACTION.decode(row[3]),
    )


def spending_values(workspace_id: WorkspaceId, action: Action, now_ms: int) -> tuple[Any, ...]:
    """Return ``SPENDING_COLUMNS``."""
    return (
        action.id,
        workspace_id,
        action.tool,
        action.subject,
        action.record,
        action.amount_minor or 0,
        now_ms,
    )

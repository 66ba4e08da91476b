"""What limits of actions count, and the port that holds a place under them before anything is sent."""

from __future__ import annotations

from typing import Protocol

import msgspec

from fondaco.domain.contracts import Action, Contract, Limit, Per
from fondaco.domain.ids import ActionId, WorkspaceId


class Spent(msgspec.Struct, frozen=True, gc=False):
    """What actions of one tool have done within a window, those under way included."""

    count: int = 0
    amount_minor: int = 0


class Spending(Protocol):
    """The places that actions hold under the limits of their tools, across conversations and workers."""

    async def reserve(
        self, workspace_id: WorkspaceId, action: Action, contract: Contract, now_ms: int
    ) -> Limit | None:
        """Hold a place under every limit of the contract, as one; returns None.

        Else returns the first limit that is in the way, and holds nothing.  However many reserve at once,
        no limit is exceeded.  An action that holds its place already keeps it: None, whatever the limits
        say by now.  A dry run is measured and holds nothing.  Raises StorageError.
        """
        ...

    async def release(self, workspace_id: WorkspaceId, action_id: ActionId) -> None:
        """Give a place back, since the action certainly had no effect; safe to repeat."""
        ...

    async def obstacle(
        self, workspace_id: WorkspaceId, action: Action, contract: Contract, now_ms: int
    ) -> Limit | None:
        """Return the limit that would be in the way now, without holding anything."""
        ...


def key_of(limit: Limit, action: Action) -> str:
    """Return whose or which thing's actions the limit adds up; empty for the whole workspace."""
    match limit.per:
        case Per.SUBJECT:
            return action.subject
        case Per.RECORD:
            return action.record
        case Per.WORKSPACE:
            return ""


def begins_ms(limit: Limit, now_ms: int) -> int:
    """Return after which time an action counts."""
    return now_ms - 1_000 * limit.window_seconds


def is_in_the_way(limit: Limit, spent: Spent, action: Action) -> bool:
    """Return whether one more action would exceed the limit; an unknown amount fits under none on money."""
    if limit.count is not None and spent.count >= limit.count:
        return True
    if limit.amount_minor is None:
        return False
    return action.amount_minor is None or spent.amount_minor + action.amount_minor > limit.amount_minor


def words_of(limit: Limit) -> str:
    """Return the limit in words, for teammates."""
    hours = limit.window_seconds / 3_600
    parts = [
        *([f"{limit.count} actions"] if limit.count is not None else []),
        *([f"an amount of {limit.amount_minor} in minor units"] if limit.amount_minor is not None else []),
    ]
    return f"at most {' and '.join(parts)} a {limit.per.value} in {hours:g} h"

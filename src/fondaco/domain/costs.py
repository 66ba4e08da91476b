"""The part of the storage that knows what model calls cost, as ports."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from fondaco.domain.ids import ConversationId, TurnId, WorkspaceId
from fondaco.domain.usage import Budget, CostGroup, CostLine, Held, LedgerEntry


class Costs(Protocol):
    """What model calls cost, for reports and pages; sums count what is held for attempts under way too."""

    async def held(self, keys: Sequence[str]) -> list[Held]:
        """Return what each of these budgets' keys holds, in their order; a key that nobody used holds 0."""
        ...

    async def cost_lines(
        self, workspace_id: WorkspaceId, group: CostGroup, since_ms: int, until_ms: int
    ) -> list[CostLine]:
        """Add up the attempts from ``since_ms`` to before ``until_ms``, ordered by group and currency.

        Models are named ``PROVIDER/MODEL``; turns that are not settled have the outcome ``unsettled``.
        What is reserved for an attempt that nobody ended counts as possibly billed.
        """
        ...

    async def entries(self, workspace_id: WorkspaceId, conversation_id: ConversationId) -> list[LedgerEntry]:
        """Return a conversation's attempts, oldest first."""
        ...

    async def turn_costs(self, conversation_id: ConversationId, turn_ids: Sequence[TurnId]) -> list[CostLine]:
        """Add up the attempts of each of these turns; the group is the turn's id."""
        ...


class Ledger(Costs, Protocol):
    """One row for every attempt at a model, and budgets that no burst of attempts can exceed."""

    async def reserve(self, entry: LedgerEntry, budgets: tuple[Budget, ...]) -> str | None:
        """Write an entry and hold its cost under every budget's key, as one.

        Returns None, or the key of the first budget that would be exceeded: then nothing is written and
        nothing held.  What costs nothing exceeds no budget.  Safe to repeat.
        """
        ...

    async def settle(self, entry: LedgerEntry) -> None:
        """Replace an entry's figures and correct what is held for it.

        Safe to repeat; the last word counts.  An entry that is never settled, since its process died, stays
        held.  Raises NotFound for an entry that was not reserved.
        """
        ...

    async def forget_held(self, before_day: str) -> int:
        """Delete what the budgets of days and months held that were over by this day; return how many.

        ``before_day`` is one of the UTC calendar, such as ``2026-11-22``.  A budget for ever stays, and so
        does every entry.
        """
        ...

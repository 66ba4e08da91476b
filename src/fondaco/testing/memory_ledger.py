"""The ledger's contract kept by dictionaries: for tests that want no database."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime

import msgspec

from fondaco.domain.changes import TurnRecord
from fondaco.domain.ids import ConversationId, EntryId, TurnId, WorkspaceId
from fondaco.domain.usage import Budget, CostGroup, CostLine, Held, LedgerEntry, Provenance
from fondaco.storage.ledger_rows import first_exceeded, not_reserved

_DATED = re.compile(r"[0-9]{4}-[0-9]{2}(-[0-9]{2})?")


class MemoryLedger:
    """``Ledger``; nothing survives the object.  ``turns`` are those that a store has settled."""

    def __init__(self, turns: Mapping[TurnId, TurnRecord] | None = None) -> None:
        self._turns = {} if turns is None else turns
        self._entries: dict[tuple[ConversationId, EntryId], LedgerEntry] = {}
        self._keys: dict[tuple[ConversationId, EntryId], tuple[str, ...]] = {}
        self._held: dict[str, int] = {}

    async def reserve(self, entry: LedgerEntry, budgets: tuple[Budget, ...]) -> str | None:
        place = (entry.conversation_id, entry.id)
        if place in self._entries:
            return None
        exceeded = first_exceeded(self._held, entry.cost_pico, budgets)
        if exceeded is None:
            self._entries[place] = entry
            self._keys[place] = tuple({budget.key: None for budget in budgets})
            self._hold(self._keys[place], entry.cost_pico)
        return exceeded

    async def settle(self, entry: LedgerEntry) -> None:
        place = (entry.conversation_id, entry.id)
        known = self._entries.get(place)
        if known is None:
            raise not_reserved(entry)
        self._entries[place] = _with_origin_of(known, entry)
        self._hold(self._keys[place], entry.cost_pico - known.cost_pico)

    async def forget_held(self, before_day: str) -> int:
        over = [key for key in self._held if _is_over(key.rpartition(":")[2], before_day)]
        for key in over:
            del self._held[key]
        return len(over)

    async def held(self, keys: Sequence[str]) -> list[Held]:
        return [Held(key=key, held_pico=self._held.get(key, 0)) for key in keys]

    async def cost_lines(
        self, workspace_id: WorkspaceId, group: CostGroup, since_ms: int, until_ms: int
    ) -> list[CostLine]:
        wanted = (
            entry
            for entry in self._entries.values()
            if entry.workspace_id == workspace_id and since_ms <= entry.at_ms < until_ms
        )
        return _added_up(wanted, lambda entry: self._group_of(entry, group))

    async def entries(self, workspace_id: WorkspaceId, conversation_id: ConversationId) -> list[LedgerEntry]:
        found = (entry for entry in self._entries.values() if entry.conversation_id == conversation_id)
        mine = (entry for entry in found if entry.workspace_id == workspace_id)
        return sorted(mine, key=lambda entry: (entry.at_ms, entry.id))

    async def turn_costs(self, conversation_id: ConversationId, turn_ids: Sequence[TurnId]) -> list[CostLine]:
        wanted = (
            entry
            for entry in self._entries.values()
            if entry.conversation_id == conversation_id and entry.turn_id in turn_ids
        )
        return _added_up(wanted, lambda entry: entry.turn_id)

    def _hold(self, keys: Iterable[str], pico: int) -> None:
        for key in keys:
            self._held[key] = self._held.get(key, 0) + pico

    def _group_of(self, entry: LedgerEntry, group: CostGroup) -> str:
        match group:
            case CostGroup.DAY:
                return f"{datetime.fromtimestamp(entry.at_ms / 1000, UTC):%Y-%m-%d}"
            case CostGroup.MODEL:
                return f"{entry.provider}/{entry.model}"
            case CostGroup.CHANNEL:
                return entry.connection_id
            case CostGroup.OUTCOME:
                turn = self._turns.get(entry.turn_id)
                return "unsettled" if turn is None else turn.outcome.value
            case CostGroup.CONVERSATION:
                return entry.conversation_id


def _is_over(period: str, before_day: str) -> bool:
    """Return whether a day or month was over by a day; what is neither never is."""
    is_dated = _DATED.fullmatch(period) is not None
    return is_dated and period < before_day[: len(period)]


def _with_origin_of(known: LedgerEntry, entry: LedgerEntry) -> LedgerEntry:
    """Return the entry's figures; where and when it began stays as it was reserved."""
    return msgspec.structs.replace(
        entry,
        workspace_id=known.workspace_id,
        connection_id=known.connection_id,
        turn_id=known.turn_id,
        step=known.step,
        attempt=known.attempt,
        at_ms=known.at_ms,
        provider=known.provider,
        model=known.model,
        purpose=known.purpose,
    )


def _added_up(entries: Iterable[LedgerEntry], group_of: Callable[[LedgerEntry], str]) -> list[CostLine]:
    groups: dict[tuple[str, str], list[LedgerEntry]] = {}
    for entry in entries:
        groups.setdefault((group_of(entry), entry.currency), []).append(entry)
    return [_line(*place, groups[place]) for place in sorted(groups)]


def _line(group: str, currency: str, entries: Sequence[LedgerEntry]) -> CostLine:
    usages = [entry.usage for entry in entries if entry.usage is not None]
    doubtful = (
        entry for entry in entries if entry.possibly_billed or entry.provenance is Provenance.RESERVED
    )
    return CostLine(
        group=group,
        currency=currency,
        attempts=len(entries),
        turns=len({entry.turn_id for entry in entries}),
        input=sum(usage.input for usage in usages),
        cache_read=sum(usage.cache_read for usage in usages),
        output=sum(usage.output for usage in usages),
        cost_pico=sum(entry.cost_pico for entry in entries),
        possibly_pico=sum(entry.cost_pico for entry in doubtful),
    )

"""The contract of ``Spending`` kept by a dictionary: for tests that want no database."""

from __future__ import annotations

from dataclasses import dataclass

from fondaco.domain.contracts import Action, Contract, Limit
from fondaco.domain.ids import ActionId, WorkspaceId
from fondaco.domain.spending import Spent, begins_ms, is_in_the_way, key_of


@dataclass(frozen=True, slots=True)
class _Held:
    workspace_id: WorkspaceId
    action: Action
    at_ms: int


class MemorySpending:
    """``Spending``; nothing survives the object, and nothing runs between looking and holding."""

    def __init__(self) -> None:
        self._held: dict[ActionId, _Held] = {}

    async def reserve(
        self, workspace_id: WorkspaceId, action: Action, contract: Contract, now_ms: int
    ) -> Limit | None:
        obstacle = self._obstacle(workspace_id, action, contract, now_ms)
        if obstacle is None and not action.dry_run:
            self._held.setdefault(action.id, _Held(workspace_id, action, now_ms))
        return obstacle

    async def release(self, workspace_id: WorkspaceId, action_id: ActionId) -> None:
        held = self._held.get(action_id)
        if held is not None and held.workspace_id == workspace_id:
            del self._held[action_id]

    async def obstacle(
        self, workspace_id: WorkspaceId, action: Action, contract: Contract, now_ms: int
    ) -> Limit | None:
        return self._obstacle(workspace_id, action, contract, now_ms)

    def _obstacle(
        self, workspace_id: WorkspaceId, action: Action, contract: Contract, now_ms: int
    ) -> Limit | None:
        if action.id in self._held:
            return None
        mine = [
            held
            for held in self._held.values()
            if (held.workspace_id, held.action.tool) == (workspace_id, action.tool)
        ]
        for limit in contract.limits:
            if is_in_the_way(limit, _spent(mine, limit, action, now_ms), action):
                return limit
        return None


def _spent(mine: list[_Held], limit: Limit, action: Action, now_ms: int) -> Spent:
    counted = [
        held.action
        for held in mine
        if held.at_ms > begins_ms(limit, now_ms) and key_of(limit, held.action) == key_of(limit, action)
    ]
    return Spent(len(counted), sum(one.amount_minor or 0 for one in counted))

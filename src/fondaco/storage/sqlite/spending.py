"""The port ``Spending`` on a SQLite file."""

# ruff: noqa: S608 - what is put together here are our own column names, never a value
from __future__ import annotations

import sqlite3
from collections.abc import Awaitable, Callable
from typing import Any

from fondaco.domain.contracts import Action, Contract, Limit, Per
from fondaco.domain.ids import ActionId, WorkspaceId
from fondaco.domain.spending import Spent, begins_ms, is_in_the_way, key_of
from fondaco.storage import spending_rows as rows
from fondaco.storage.sqlite.statements import columns
from fondaco.storage.sqlite.writer import Done, Writer

HOLD = f"""
insert into action_spending ({columns(rows.SPENDING_COLUMNS)})
values ({", ".join("?" * len(rows.SPENDING_COLUMNS))})
"""

IS_HELD = "select 1 from action_spending where action_id = ?"

RELEASE = "delete from action_spending where workspace_id = ? and action_id = ?"

_SPENT = """
select count(*), coalesce(sum(amount_minor), 0) from action_spending
where workspace_id = ? and tool = ? and at_ms > ?
"""

#: workspace, tool, after this time, and whose or which -> how many, and how much together
SPENT = {
    Per.SUBJECT: f"{_SPENT} and subject = ?",
    Per.RECORD: f"{_SPENT} and record = ?",
    Per.WORKSPACE: f"{_SPENT} and ? = ''",
}


class SqliteSpending:
    """``Spending``: every reservation goes through the one writer, so that no two of them race."""

    def __init__(
        self,
        writer: Writer,
        aside: Callable[[Callable[[sqlite3.Connection], list[Any]]], Awaitable[list[Any]]],
    ) -> None:
        self._writer = writer
        self._aside = aside

    async def reserve(
        self, workspace_id: WorkspaceId, action: Action, contract: Contract, now_ms: int
    ) -> Limit | None:
        def hold(db: sqlite3.Connection) -> Done[Limit | None]:
            obstacle = _obstacle(db, workspace_id, action, contract, now_ms)
            if obstacle is None and not action.dry_run and not _is_held(db, action.id):
                db.execute(HOLD, rows.spending_values(workspace_id, action, now_ms))
            return Done(obstacle)

        return await self._writer.do(hold)

    async def release(self, workspace_id: WorkspaceId, action_id: ActionId) -> None:
        def give_back(db: sqlite3.Connection) -> Done[None]:
            db.execute(RELEASE, (workspace_id, action_id))
            return Done(None)

        await self._writer.do(give_back)

    async def obstacle(
        self, workspace_id: WorkspaceId, action: Action, contract: Contract, now_ms: int
    ) -> Limit | None:
        found: list[Limit | None] = await self._aside(
            lambda db: [_obstacle(db, workspace_id, action, contract, now_ms)]
        )
        return found[0]


def _is_held(db: sqlite3.Connection, action_id: ActionId) -> bool:
    return db.execute(IS_HELD, (action_id,)).fetchone() is not None


def _obstacle(
    db: sqlite3.Connection, workspace_id: WorkspaceId, action: Action, contract: Contract, now_ms: int
) -> Limit | None:
    """Return the first limit that is in the way of an action which holds no place yet."""
    if _is_held(db, action.id):
        return None
    for limit in contract.limits:
        place = (workspace_id, action.tool, begins_ms(limit, now_ms), key_of(limit, action))
        spent = Spent(*db.execute(SPENT[limit.per], place).fetchone())
        if is_in_the_way(limit, spent, action):
            return limit
    return None

"""The port ``Spending`` in PostgreSQL, shared by any number of processes."""

# ruff: noqa: S608 - what is put together here are our own column names, never a value
from __future__ import annotations

import asyncpg

from fondaco.domain.contracts import Action, Contract, Limit, Per
from fondaco.domain.ids import ActionId, WorkspaceId
from fondaco.domain.spending import Spent, begins_ms, is_in_the_way, key_of
from fondaco.storage import spending_rows as rows
from fondaco.storage.postgres.database import Database
from fondaco.storage.postgres.statements import listed

_SEED = 0x616374696F6E  # "action": so that the number is no other lock's of this database

#: Let nobody else reserve for this tool until the transaction ends.  $1 workspace, $2 tool
#: One lock and no more, so that nobody waits crosswise; two tools of one number merely take turns.
LOCK = f"select pg_advisory_xact_lock(hashtextextended($1::text || chr(31) || $2::text, {_SEED}))"

HOLD = f"""
insert into action_spending ({listed(rows.SPENDING_COLUMNS)}) values ($1, $2, $3, $4, $5, $6, $7)
on conflict (action_id) do nothing
"""

IS_HELD = "select 1 from action_spending where action_id = $1"

#: $1 workspace, $2 action
RELEASE = "delete from action_spending where workspace_id = $1 and action_id = $2"

_SPENT = """
select count(*), coalesce(sum(amount_minor), 0)::bigint from action_spending
where workspace_id = $1 and tool = $2 and at_ms > $3
"""

#: $1 workspace, $2 tool, $3 after this time, $4 whose or which
SPENT = {
    Per.SUBJECT: f"{_SPENT} and subject = $4",
    Per.RECORD: f"{_SPENT} and record = $4",
    Per.WORKSPACE: f"{_SPENT} and $4::text = ''",
}


class PostgresSpending:
    """``Spending``; whoever reserves for one tool of one workspace waits for those who do already."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def reserve(
        self, workspace_id: WorkspaceId, action: Action, contract: Contract, now_ms: int
    ) -> Limit | None:
        async def work(connection: asyncpg.Connection, *, again: bool) -> Limit | None:
            del again  # a place that is held already is found
            await connection.execute(LOCK, workspace_id, action.tool)
            obstacle = await _obstacle(connection, workspace_id, action, contract, now_ms)
            if obstacle is None and not action.dry_run:
                await connection.execute(HOLD, *rows.spending_values(workspace_id, action, now_ms))
            return obstacle

        return await self._database.transact(work)

    async def release(self, workspace_id: WorkspaceId, action_id: ActionId) -> None:
        await self._database.rows(RELEASE, workspace_id, action_id)

    async def obstacle(
        self, workspace_id: WorkspaceId, action: Action, contract: Contract, now_ms: int
    ) -> Limit | None:
        async def work(connection: asyncpg.Connection, *, again: bool) -> Limit | None:
            del again  # nothing is written
            return await _obstacle(connection, workspace_id, action, contract, now_ms)

        return await self._database.transact(work)


async def _obstacle(
    connection: asyncpg.Connection,
    workspace_id: WorkspaceId,
    action: Action,
    contract: Contract,
    now_ms: int,
) -> Limit | None:
    """Return the first limit that is in the way of an action which holds no place yet."""
    if await connection.fetchval(IS_HELD, action.id):
        return None
    for limit in contract.limits:
        place = (workspace_id, action.tool, begins_ms(limit, now_ms), key_of(limit, action))
        spent = Spent(*await connection.fetchrow(SPENT[limit.per], *place))
        if is_in_the_way(limit, spent, action):
            return limit
    return None

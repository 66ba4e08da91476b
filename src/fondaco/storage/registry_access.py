"""Workspaces, connections, teams and teammates."""

from __future__ import annotations

from typing import TypeVar

import msgspec
from sqlalchemy import Table, select

from fondaco.domain.access import Connection, Team, Teammate, Workspace
from fondaco.domain.errors import Conflict, NotFound
from fondaco.domain.ids import ConnectionId, TeammateId, WorkspaceId
from fondaco.storage import schema
from fondaco.storage.registry_base import SqlRegistryBase

_Thing = TypeVar("_Thing", Connection, Team, Teammate)


class SqlAccess(SqlRegistryBase):
    """Who works in which workspace, and through which connections contacts come."""

    async def create_workspace(self, workspace: Workspace) -> None:
        row = msgspec.structs.asdict(workspace)
        if not await self._write(self._insert(schema.workspace).values(row).on_conflict_do_nothing()):
            raise Conflict(f"Workspace {workspace.id} exists already; choose another id.", field="id")

    async def workspaces(self) -> list[Workspace]:
        table = schema.workspace
        question = select(table.c.id, table.c.name, table.c.created_at_ms).order_by(
            table.c.created_at_ms, table.c.id
        )
        return [
            Workspace(id=row.id, name=row.name, created_at_ms=row.created_at_ms)
            for row in await self._rows(question)
        ]

    async def put_connection(self, connection: Connection) -> None:
        await self._put(schema.connection, connection)

    async def connection(self, connection_id: ConnectionId) -> Connection:
        return await self._get(schema.connection, connection_id, Connection)

    async def connections(self, workspace_id: WorkspaceId) -> list[Connection]:
        return await self._list(schema.connection, workspace_id, Connection)

    async def put_team(self, team: Team) -> None:
        await self._put(schema.team, team)

    async def teams(self, workspace_id: WorkspaceId) -> list[Team]:
        return await self._list(schema.team, workspace_id, Team)

    async def put_teammate(self, teammate: Teammate) -> None:
        await self._put(schema.teammate, teammate)

    async def teammate(self, teammate_id: TeammateId) -> Teammate:
        return await self._get(schema.teammate, teammate_id, Teammate)

    async def teammates(self, workspace_id: WorkspaceId) -> list[Teammate]:
        return await self._list(schema.teammate, workspace_id, Teammate)

    async def _put(self, table: Table, thing: Connection | Team | Teammate) -> None:
        """Create or replace by the primary key, but never what belongs to another workspace."""
        insert = self._insert(table).values(
            id=thing.id, workspace_id=thing.workspace_id, body=msgspec.json.encode(thing).decode()
        )
        upsert = insert.on_conflict_do_update(
            index_elements=list(table.primary_key.columns),
            set_={"body": insert.excluded.body},
            where=table.c.workspace_id == insert.excluded.workspace_id,
        )
        if not await self._write(upsert):
            raise Conflict(
                f"The id {thing.id} of a {table.name} is taken in another workspace; choose another id.",
                field="id",
            )

    async def _get(self, table: Table, id_: str, kind: type[_Thing]) -> _Thing:
        row = await self._row(select(table.c.body).where(table.c.id == id_))
        if row is None:
            raise NotFound(f"There is no {table.name} {id_}; create it first.")
        return msgspec.json.decode(row.body, type=kind)

    async def _list(self, table: Table, workspace_id: WorkspaceId, kind: type[_Thing]) -> list[_Thing]:
        question = select(table.c.body).where(table.c.workspace_id == workspace_id).order_by(table.c.id)
        return [msgspec.json.decode(row.body, type=kind) for row in await self._rows(question)]

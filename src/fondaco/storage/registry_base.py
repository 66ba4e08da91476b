"""What every part of the registry does with its engine."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from typing import Any

from sqlalchemy import Delete, Row, Select, Table, Update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from fondaco.storage.database import place_of_engine, reading, told_of

Insert = postgresql.Insert | sqlite.Insert


class SqlRegistryBase:
    """Rows in, rows out, with the drivers' failures told as the domain's errors."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._reading = reading(engine)
        self._place = place_of_engine(engine)
        # SQLite lets one write at a time and has the others ask again and again; whoever is unlucky waits for
        # seconds.  So ours stand in line here, and only the first of them asks.
        alone = engine.dialect.name == "sqlite"
        self._turn: AbstractAsyncContextManager[Any] = asyncio.Lock() if alone else nullcontext()

    @asynccontextmanager
    async def _transaction(self) -> AsyncIterator[AsyncConnection]:
        with told_of(self._place):
            async with self._turn, self._engine.begin() as connection:
                yield connection

    async def _rows(self, question: Select[Any]) -> list[Row[Any]]:
        with told_of(self._place):
            async with self._reading.connect() as connection:
                return list((await connection.execute(question)).all())

    async def _row(self, question: Select[Any]) -> Row[Any] | None:
        with told_of(self._place):
            async with self._reading.connect() as connection:
                found: Row[Any] | None = (await connection.execute(question)).one_or_none()
                return found

    async def _write(self, statement: Insert | Update | Delete) -> bool:
        """Execute one statement and return whether it wrote a row."""
        async with self._transaction() as connection:
            return bool((await connection.execute(statement)).rowcount)

    def _insert(self, table: Table) -> Insert:
        """Return an INSERT that knows ON CONFLICT, which both databases spell alike."""
        postgres = self._engine.dialect.name == "postgresql"
        return postgresql.insert(table) if postgres else sqlite.insert(table)

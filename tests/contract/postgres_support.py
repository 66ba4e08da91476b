"""The ground that the contract suite stands on in PostgreSQL."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg

from fondaco.storage.postgres import PostgresStore
from fondaco.testing.clock import FakeClock
from tests.contract.store_support import SILENCE_MS, Ground


@asynccontextmanager
async def postgres_ground(dsn: str, clock: FakeClock) -> AsyncIterator[Ground]:
    """Lend a store on a migrated database with nothing in it."""
    async with await PostgresStore.open(dsn, clock=clock, silence_ms=SILENCE_MS) as store:
        yield Ground(store, clock)


async def kill_connections(dsn: str) -> int:
    """End every connection to the database but this one, as a crash would; return how many there were."""
    connection = await asyncpg.connect(dsn)
    try:
        killed = await connection.fetch(
            "select pg_terminate_backend(pid) from pg_stat_activity "
            "where datname = current_database() and application_name like 'fondaco%'"
        )
        return len(killed)
    finally:
        await connection.close()

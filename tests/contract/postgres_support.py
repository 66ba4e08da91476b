"""The ground that the contract suite stands on in PostgreSQL."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg

from fondaco.domain.conversation import Conversation
from fondaco.domain.turns import Contact
from fondaco.storage.postgres import PostgresStore
from fondaco.storage.rows import CONVERSATION_COLUMNS, conversation_values
from fondaco.testing.clock import FakeClock
from tests.contract.store_support import SILENCE_MS, Ground


@asynccontextmanager
async def postgres_ground(dsn: str, clock: FakeClock) -> AsyncIterator[Ground]:
    """Lend a store on a migrated database with nothing in it."""
    connection = await asyncpg.connect(dsn)

    async def create(conversation: Conversation, contact: Contact, name: str) -> None:
        await create_conversation(connection, conversation, contact, name)

    try:
        async with await PostgresStore.open(dsn, clock=clock, silence_ms=SILENCE_MS) as store:
            yield Ground(store, clock, create)
    finally:
        await connection.close()


async def create_conversation(
    connection: asyncpg.Connection, conversation: Conversation, contact: Contact, name: str
) -> None:
    """Insert a conversation and its contact, as the registry does."""
    await connection.execute(
        "insert into contact (id, workspace_id, name, verified_subject) values ($1, $2, $3, $4) "
        "on conflict do nothing",
        contact.id,
        conversation.workspace_id,
        contact.name,
        contact.verified_subject,
    )
    columns = ", ".join((*CONVERSATION_COLUMNS, "external_id"))
    places = ", ".join(f"${number}" for number in range(1, len(CONVERSATION_COLUMNS) + 2))
    insert = f"insert into conversation ({columns}) values ({places})"  # noqa: S608  # our own columns
    await connection.execute(insert, *conversation_values(conversation), name)


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

"""One ground a storage: every contract test runs on all of them."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, closing
from pathlib import Path

import pytest

from fondaco.domain.conversation import Conversation
from fondaco.domain.turns import Contact
from fondaco.kit.signals import SignalHub
from fondaco.storage.place import sqlite_path
from fondaco.storage.rows import CONVERSATION_COLUMNS, conversation_values
from fondaco.storage.sqlite import SqliteStore
from fondaco.storage.sqlite.connect import connect_writing
from fondaco.testing.clock import FakeClock
from fondaco.testing.memory_store import MemoryStore
from tests.contract.postgres_support import postgres_ground
from tests.contract.registry_fixtures import (
    migrated_postgres,
    migrated_sqlite,
    postgres_for_all,
    sqlite_template,
)
from tests.contract.store_support import SILENCE_MS, Ground

__all__ = ["migrated_postgres", "migrated_sqlite", "postgres_for_all", "sqlite_template"]


@pytest.fixture
def sqlite_file(migrated_sqlite: str) -> Path:
    """A database of this test's own, with its tables and nothing in them."""
    return sqlite_path(migrated_sqlite)


@pytest.fixture(params=["memory", "sqlite", "postgres"])
def own_ground(request: pytest.FixtureRequest) -> AbstractAsyncContextManager[Ground]:
    """A ground of each kind that nobody has entered yet."""
    if request.param == "memory":
        return memory_ground()
    if request.param == "sqlite":
        return sqlite_ground(request.getfixturevalue("sqlite_file"))
    return postgres_ground(request.getfixturevalue("migrated_postgres"), FakeClock())


@pytest.fixture
async def ground(own_ground: AbstractAsyncContextManager[Ground]) -> AsyncIterator[Ground]:
    """An empty store of each kind."""
    async with own_ground as ground:
        yield ground


@asynccontextmanager
async def memory_ground() -> AsyncIterator[Ground]:
    clock = FakeClock()
    store = MemoryStore(clock, silence_ms=SILENCE_MS)

    async def create(conversation: Conversation, contact: Contact, name: str) -> None:
        await store.open_contact(conversation.workspace_id, conversation.connection_id, name, contact)
        await store.open_conversation(conversation, name)

    yield Ground(store, clock, create)


@asynccontextmanager
async def sqlite_ground(
    path: Path, connect: Callable[[Path], sqlite3.Connection] = connect_writing
) -> AsyncIterator[Ground]:
    clock = FakeClock()

    async def create(conversation: Conversation, contact: Contact, name: str) -> None:
        insert_into_sqlite(path, conversation, contact, name)

    opening = SqliteStore.open(path, clock=clock, signals=SignalHub(), silence_ms=SILENCE_MS, connect=connect)
    async with await opening as store:
        yield Ground(store, clock, create)


def insert_into_sqlite(path: Path, conversation: Conversation, contact: Contact, name: str) -> None:
    """Write what the registry writes when somebody comes for the first time."""
    values = (*conversation_values(conversation), name)
    columns, marks = ", ".join((*CONVERSATION_COLUMNS, "external_id")), ", ".join("?" * len(values))
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(
            "insert into contact (id, workspace_id, name) values (?, ?, ?) on conflict do nothing",
            (contact.id, conversation.workspace_id, contact.name),
        )
        # The columns are ours; no value is put together here.
        connection.execute(f"insert into conversation ({columns}) values ({marks})", values)  # noqa: S608

"""One ground a storage: every contract test runs on all of them."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest

from fondaco.kit.signals import SignalHub
from fondaco.storage.place import sqlite_path
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
    yield Ground(store, clock)


@asynccontextmanager
async def sqlite_ground(
    path: Path, connect: Callable[[Path], sqlite3.Connection] = connect_writing
) -> AsyncIterator[Ground]:
    clock = FakeClock()
    opening = SqliteStore.open(path, clock=clock, signals=SignalHub(), silence_ms=SILENCE_MS, connect=connect)
    async with await opening as store:
        yield Ground(store, clock)

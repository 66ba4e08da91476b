"""A migrated database of each kind, and the registries on them.

Migrating for every test would take most of the suite's time: it is done once, then SQLite's file is copied
and PostgreSQL's rows are deleted.
"""

from __future__ import annotations

import asyncio
import secrets
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import asyncpg
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from fondaco.domain.ports import Registry
from fondaco.storage.database import engine_for
from fondaco.storage.migrate import migrate
from fondaco.storage.registry import SqlRegistry
from fondaco.storage.schema import metadata
from fondaco.testing.memory_registry import MemoryRegistry
from tests.postgres import with_database

__all__ = [
    "database_url",
    "engine",
    "migrated_postgres",
    "migrated_sqlite",
    "migrated_url",
    "postgres_for_all",
    "registry",
    "registry_url",
    "sqlite_template",
]


def sqlite_url(folder: Path) -> str:
    return f"sqlite:///{folder / 'fondaco.db'}"


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database with nothing in it, once for each kind."""
    if request.param == "sqlite":
        return sqlite_url(tmp_path)
    address: str = request.getfixturevalue("postgres_database")
    return address


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated file."""
    folder = tmp_path_factory.mktemp("template")
    asyncio.run(migrate(sqlite_url(folder)))
    return folder / "fondaco.db"


@pytest.fixture
def migrated_sqlite(sqlite_template: Path, tmp_path: Path) -> str:
    """The address of a migrated file that is this test's own."""
    shutil.copy(sqlite_template, tmp_path / "fondaco.db")
    return sqlite_url(tmp_path)


async def _execute(dsn: str, statement: str) -> None:
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


@pytest.fixture(scope="session")
def postgres_for_all(postgres_dsn: str) -> Iterator[str]:
    """The address of a migrated database that one test after the other uses."""
    name = f"fondaco_test_{secrets.token_hex(6)}"
    address = with_database(postgres_dsn, name)
    asyncio.run(_execute(postgres_dsn, f"create database {name}"))
    asyncio.run(migrate(address))
    yield address
    asyncio.run(_execute(postgres_dsn, f"drop database {name} with (force)"))


@pytest.fixture
async def migrated_postgres(postgres_for_all: str) -> str:
    """The address of a migrated database with nothing in it."""
    statements = ["delete from message_search", *(str(table.delete()) for table in metadata.sorted_tables)]
    await _execute(postgres_for_all, "; ".join(statements))
    return postgres_for_all


@pytest.fixture(params=["sqlite", "postgres"])
def migrated_url(request: pytest.FixtureRequest) -> str:
    """The address of a migrated database, once for each kind."""
    address: str = request.getfixturevalue(f"migrated_{request.param}")
    return address


@pytest.fixture
async def engine(migrated_url: str) -> AsyncIterator[AsyncEngine]:
    """An engine on a migrated database, once for each kind."""
    engine = engine_for(migrated_url)
    yield engine
    await engine.dispose()


@pytest.fixture(params=["memory", "sqlite", "postgres"])
def registry_url(request: pytest.FixtureRequest) -> str | None:
    """Where a registry keeps its rows, once for each kind; None: in memory."""
    return None if request.param == "memory" else request.getfixturevalue(f"migrated_{request.param}")


@pytest.fixture
async def registry(registry_url: str | None) -> AsyncIterator[Registry]:
    """An empty registry of each kind."""
    if registry_url is None:
        yield MemoryRegistry()
        return
    engine = engine_for(registry_url)
    yield SqlRegistry(engine)
    await engine.dispose()

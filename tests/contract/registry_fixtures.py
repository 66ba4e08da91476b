"""A migrated database of each kind, and the registries on them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from fondaco.domain.ports import Registry
from fondaco.storage.database import engine_for
from fondaco.storage.migrate import migrate
from fondaco.storage.registry import SqlRegistry
from fondaco.testing.memory_registry import MemoryRegistry


def sqlite_url(folder: Path) -> str:
    return f"sqlite:///{folder / 'fondaco.db'}"


def _address(request: pytest.FixtureRequest, kind: str, folder: Path) -> str:
    if kind == "sqlite":
        return sqlite_url(folder)
    address: str = request.getfixturevalue("postgres_database")
    return address


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database with nothing in it, once for each kind."""
    return _address(request, request.param, tmp_path)


@pytest.fixture
async def engine(database_url: str) -> AsyncIterator[AsyncEngine]:
    """An engine on a migrated database, once for each kind."""
    await migrate(database_url)
    engine = engine_for(database_url)
    yield engine
    await engine.dispose()


@pytest.fixture(params=["memory", "sqlite", "postgres"])
def registry_url(request: pytest.FixtureRequest, tmp_path: Path) -> str | None:
    """Where a registry keeps its rows, once for each kind; None: in memory."""
    return None if request.param == "memory" else _address(request, request.param, tmp_path)


@pytest.fixture
async def registry(registry_url: str | None) -> AsyncIterator[Registry]:
    """An empty registry of each kind."""
    if registry_url is None:
        yield MemoryRegistry()
        return
    await migrate(registry_url)
    engine = engine_for(registry_url)
    yield SqlRegistry(engine)
    await engine.dispose()

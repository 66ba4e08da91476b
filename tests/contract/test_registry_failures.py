"""What the registry says when the database cannot do what it was asked."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import asyncpg
import msgspec
import pytest
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine

from fondaco.domain.access import Workspace
from fondaco.domain.articles import Article
from fondaco.domain.errors import InvalidInput, StorageBusy, StorageError, StorageFull
from fondaco.domain.ids import ArticleId, WorkspaceId
from fondaco.kit.language import Language
from fondaco.storage.database import engine_for
from fondaco.storage.migrate import migrate
from fondaco.storage.registry import SqlRegistry
from tests.contract.registry_fixtures import *  # noqa: F403
from tests.contract.registry_fixtures import sqlite_url

SHOP = Workspace(id=WorkspaceId("wsp_shop"), name="Shop", created_at_ms=1)
LONG = Article(
    id=ArticleId("art_1"),
    workspace_id=SHOP.id,
    key="a",
    language=Language.EN,
    title="Long",
    body="x" * 500_000,
)


def _after_connecting(engine: AsyncEngine, statement: str) -> None:
    """Have every connection of the engine begin with a statement, such as a limit to run into."""

    def execute(connection: Any, _record: object) -> None:
        connection.cursor().execute(statement)

    event.listen(engine.sync_engine, "connect", execute)


@pytest.fixture
async def limited(migrated_sqlite: str) -> AsyncIterator[Callable[[str], SqlRegistry]]:
    """Makes a registry on SQLite whose connections begin with a statement."""
    engine = engine_for(migrated_sqlite, busy_timeout_ms=1)

    def registry_with(statement: str) -> SqlRegistry:
        _after_connecting(engine, statement)
        return SqlRegistry(engine)

    yield registry_with
    await engine.dispose()


async def test_a_full_disk_is_told_and_nothing_is_half_written(limited: Callable[[str], SqlRegistry]) -> None:
    registry = limited("PRAGMA max_page_count = 80")
    await registry.create_workspace(SHOP)

    with pytest.raises(StorageFull, match=r"fondaco\.db has no room left.*make room"):
        await registry.put_articles(SHOP.id, [LONG])

    assert await registry.articles(SHOP.id) == []
    assert await registry.articles_version(SHOP.id) == 0


async def test_a_database_that_may_only_be_read_is_told(limited: Callable[[str], SqlRegistry]) -> None:
    registry = limited("PRAGMA query_only = ON")

    with pytest.raises(StorageError, match="may only be read; let this account write it"):
        await registry.create_workspace(SHOP)


async def test_a_writer_that_never_ends_makes_writing_busy_but_not_reading(
    limited: Callable[[str], SqlRegistry], tmp_path: Path
) -> None:
    registry = limited("SELECT 1")
    with closing(sqlite3.connect(tmp_path / "fondaco.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")

        with pytest.raises(StorageBusy, match="held by another process"):
            await registry.create_workspace(SHOP)

        assert await registry.workspaces() == []


async def test_tables_that_are_missing_are_told_with_the_remedy(postgres_database: str) -> None:
    engine = engine_for(postgres_database)

    with pytest.raises(StorageError, match="lacks fondaco's tables; run the migration"):
        await SqlRegistry(engine).workspaces()

    await engine.dispose()


async def test_a_value_that_postgres_cannot_keep_is_the_callers_matter(migrated_postgres: str) -> None:
    engine = engine_for(migrated_postgres)
    shop = msgspec.structs.replace(SHOP, name="a secret \0 name")

    with pytest.raises(InvalidInput, match="cannot keep this value") as caught:
        await SqlRegistry(engine).create_workspace(shop)

    assert "secret" not in str(caught.value)
    await engine.dispose()


async def test_a_server_that_dropped_every_connection_is_found_again(migrated_postgres: str) -> None:
    engine = engine_for(migrated_postgres)
    registry = SqlRegistry(engine)
    await registry.create_workspace(SHOP)
    other = await asyncpg.connect(migrated_postgres)
    await other.execute(
        "select pg_terminate_backend(pid) from pg_stat_activity"
        " where datname = current_database() and pid <> pg_backend_pid()"
    )

    found = await registry.workspaces()

    await other.close()
    await engine.dispose()
    assert found == [SHOP]


async def test_a_statement_that_was_cut_off_is_told_as_the_servers_end(migrated_postgres: str) -> None:
    engine = engine_for(migrated_postgres)
    other = await asyncpg.connect(migrated_postgres)
    await other.execute("begin; lock table workspace")

    waiting = asyncio.create_task(SqlRegistry(engine).create_workspace(SHOP))
    await _terminated(other)
    await other.close()

    with pytest.raises(StorageError, match="broke off the connection; try again"):
        await waiting
    await engine.dispose()


async def _terminated(other: asyncpg.Connection) -> None:
    """End the one who waits for the lock, as soon as somebody does."""
    while not await other.fetchval(
        "select pg_terminate_backend(pid) from pg_locks where not granted and pid <> pg_backend_pid()"
    ):
        pass


async def test_rows_survive_the_end_of_the_process_that_wrote_them(tmp_path: Path) -> None:
    await migrate(sqlite_url(tmp_path))
    first = engine_for(sqlite_url(tmp_path))
    await SqlRegistry(first).create_workspace(SHOP)
    await first.dispose()

    second = engine_for(sqlite_url(tmp_path))
    found = await SqlRegistry(second).workspaces()

    await second.dispose()
    assert found == [SHOP]

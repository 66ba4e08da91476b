"""The suite's own PostgreSQL must be a real one, or what is tested on it proves nothing."""

from __future__ import annotations

from collections.abc import AsyncIterator

import asyncpg
import pytest


@pytest.fixture
async def connection(postgres_database: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(postgres_database)
    yield connection
    await connection.close()


async def test_what_is_inserted_can_be_selected(connection: asyncpg.Connection) -> None:
    await connection.execute("create table greeting (language text primary key, words text not null)")

    await connection.execute("insert into greeting values ($1, $2)", "zh", "您好")

    assert await connection.fetchval("select words from greeting where language = 'zh'") == "您好"


@pytest.mark.parametrize("visit", ["first", "second"])
async def test_each_test_finds_an_empty_database(connection: asyncpg.Connection, visit: str) -> None:
    found = await connection.fetchval("select count(*) from pg_tables where schemaname = 'public'")

    await connection.execute(f"create table {visit} (id int)")

    assert found == 0


@pytest.mark.parametrize(
    ("setting", "value"),
    [("fsync", "on"), ("synchronous_commit", "on"), ("full_page_writes", "on"), ("server_encoding", "UTF8")],
)
async def test_the_server_is_as_careful_as_one_that_keeps_real_conversations(
    connection: asyncpg.Connection, setting: str, value: str
) -> None:
    found = await connection.fetchval(f"show {setting}")

    assert found == value

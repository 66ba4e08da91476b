"""A store opens only a database that it can write, and says otherwise what to do."""

from __future__ import annotations

import asyncpg
import pytest

from fondaco.domain.errors import SchemaTooNew, StorageError
from fondaco.storage.migrate import migrate
from fondaco.storage.postgres import PostgresStore
from fondaco.storage.version import SCHEMA_VERSION
from fondaco.testing.clock import FakeClock
from tests.postgres import with_database


async def open_and_close(dsn: str) -> None:
    async with await PostgresStore.open(dsn, clock=FakeClock()):
        pass


async def test_a_migrated_database_opens(postgres_database: str) -> None:
    await migrate(postgres_database)

    async with await PostgresStore.open(postgres_database, clock=FakeClock()) as store:
        figures = await store.figures()

    assert figures["lanes_waiting"] == 0


async def test_a_database_without_tables_names_the_command_that_makes_them(postgres_database: str) -> None:
    with pytest.raises(StorageError, match="fondaco migrate"):
        await open_and_close(postgres_database)


async def test_a_database_of_a_newer_fondaco_is_left_alone(postgres_database: str) -> None:
    await migrate(postgres_database)
    connection = await asyncpg.connect(postgres_database)
    await connection.execute("update fondaco_schema set version = $1", SCHEMA_VERSION + 1)
    await connection.close()

    with pytest.raises(SchemaTooNew):
        await open_and_close(postgres_database)


async def test_a_database_that_does_not_exist_is_named(postgres_database: str) -> None:
    with pytest.raises(StorageError, match="elsewhere does not exist"):
        await open_and_close(with_database(postgres_database, "elsewhere"))


async def test_a_server_that_does_not_answer_is_named_without_the_password(unused_tcp_port: int) -> None:
    dsn = f"postgresql://shop:keep-me-secret@127.0.0.1:{unused_tcp_port}/fondaco"

    with pytest.raises(StorageError) as refused:
        await open_and_close(dsn)

    assert f"127.0.0.1:{unused_tcp_port}/fondaco cannot be reached" in str(refused.value)
    assert "secret" not in str(refused.value)

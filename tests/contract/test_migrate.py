"""The schema that migrations make is the schema that the code speaks to, and a half-made one never stays."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import asyncpg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, MetaData, create_engine, inspect, text
from sqlalchemy.ext.asyncio import AsyncEngine

from fondaco.domain.errors import ConfigurationError, SchemaTooNew, StorageCorrupt, StorageError
from fondaco.storage.database import engine_for
from fondaco.storage.migrate import HISTORY, Migrated, migrate, stored_version
from fondaco.storage.place import place_of
from fondaco.storage.schema import metadata
from fondaco.storage.version import SCHEMA_VERSION
from tests.contract.registry_fixtures import *  # noqa: F403
from tests.contract.registry_fixtures import sqlite_url

HALF_WAY = """
import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_table("half", sa.Column("id", sa.Integer()))
    op.execute("DELETE FROM workspace")
    op.execute("SELECT * FROM a_table_that_does_not_exist")
"""


@pytest.fixture
def broken_history(tmp_path: Path) -> Path:
    """The real history with a next version that dies half-way."""
    folder = tmp_path / "history"
    shutil.copytree(HISTORY, folder)
    (folder / "versions" / "v0005_half_way.py").write_text(HALF_WAY)
    return folder


def _without_own_ddl(_object: object, name: str | None, kind: str, _reflected: bool, _other: object) -> bool:
    return not (kind == "table" and str(name).startswith(("message_search", "fondaco_schema")))


def _differences(connection: Connection, wanted: MetaData) -> list[object]:
    # Alembic takes SQLite's empty default for none; there, the statements are compared to the letter.
    defaults = connection.dialect.name == "postgresql"
    options = {"include_object": _without_own_ddl, "compare_server_default": defaults}
    return list(compare_metadata(MigrationContext.configure(connection, opts=options), wanted))


def _statements(connection: Connection) -> set[str]:
    rows = connection.execute(text("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL"))
    return {" ".join(sql.split()) for (sql,) in rows if "message_search" not in sql and "alembic" not in sql}


async def _table_names(url: str) -> set[str]:
    engine = engine_for(url)
    async with engine.connect() as connection:
        names = await connection.run_sync(lambda plain: inspect(plain).get_table_names())
    await engine.dispose()
    return set(names)


async def test_migrations_make_what_the_schema_says(engine: AsyncEngine) -> None:
    async with engine.connect() as connection:
        differences = await connection.run_sync(_differences, metadata)

    assert differences == []


async def test_a_difference_to_the_schema_would_be_found(engine: AsyncEngine) -> None:
    async with engine.connect() as connection:
        await connection.execute(text("DROP INDEX lane_due"))
        differences = await connection.run_sync(_differences, metadata)
        await connection.rollback()

    assert len(differences) == 1


async def test_sqlite_gets_every_table_to_the_letter(tmp_path: Path) -> None:
    await migrate(sqlite_url(tmp_path))
    wanted = create_engine("sqlite://")
    migrated = create_engine(sqlite_url(tmp_path))

    with wanted.begin() as connection:
        metadata.create_all(connection)
        expected = _statements(connection)
    with migrated.connect() as connection:
        found = _statements(connection)

    wanted.dispose()
    migrated.dispose()
    assert found == expected


async def test_the_newest_migration_is_the_version_that_the_code_names(database_url: str) -> None:
    done = await migrate(database_url)

    assert done == Migrated(from_version=None, to_version=SCHEMA_VERSION)
    assert await stored_version(database_url) == SCHEMA_VERSION


async def test_migrating_again_changes_nothing(database_url: str) -> None:
    await migrate(database_url)

    again = await migrate(database_url)

    assert again == Migrated(from_version=SCHEMA_VERSION, to_version=SCHEMA_VERSION)


def test_an_empty_database_has_no_version_and_asking_creates_nothing(
    database_url: str, tmp_path: Path
) -> None:
    found = asyncio.run(stored_version(database_url))

    assert found is None
    assert list(tmp_path.iterdir()) == []


async def test_three_migrations_at_once_make_one_schema(database_url: str) -> None:
    done = await asyncio.gather(*(migrate(database_url) for _ in range(3)))

    before = sorted(each.from_version is not None for each in done)
    assert before == [False, True, True]
    assert await stored_version(database_url) == SCHEMA_VERSION


async def test_two_processes_that_migrate_at_once_both_succeed(database_url: str) -> None:
    program = (
        f"import asyncio; from fondaco.storage.migrate import migrate; asyncio.run(migrate({database_url!r}))"
    )

    first, second = [await asyncio.create_subprocess_exec(sys.executable, "-c", program) for _ in range(2)]
    await asyncio.gather(first.wait(), second.wait())

    assert (first.returncode, second.returncode) == (0, 0)
    assert await stored_version(database_url) == SCHEMA_VERSION


async def test_a_migration_that_dies_half_way_leaves_the_old_schema(
    database_url: str, broken_history: Path
) -> None:
    await migrate(database_url)
    tables = await _table_names(database_url)

    with pytest.raises(StorageError):
        await migrate(database_url, broken_history)

    assert await stored_version(database_url) == SCHEMA_VERSION
    assert await _table_names(database_url) == tables


async def test_a_first_migration_that_dies_half_way_leaves_nothing(
    database_url: str, broken_history: Path
) -> None:
    with pytest.raises(StorageError):
        await migrate(database_url, broken_history)

    assert await stored_version(database_url) is None
    assert await _table_names(database_url) == set()


async def test_a_newer_sqlite_database_is_refused_untouched(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "fondaco.db")) as connection:
        connection.execute("PRAGMA user_version = 99")

    with pytest.raises(SchemaTooNew, match=r"schema 99.*Install the newer fondaco"):
        await migrate(sqlite_url(tmp_path))

    assert await stored_version(sqlite_url(tmp_path)) == 99


async def test_a_newer_postgres_database_is_refused_untouched(postgres_database: str) -> None:
    await migrate(postgres_database)
    connection = await asyncpg.connect(postgres_database)
    await connection.execute("update fondaco_schema set version = 99")
    await connection.close()

    with pytest.raises(SchemaTooNew, match=r"schema 99.*Install the newer fondaco"):
        await migrate(postgres_database)

    assert await stored_version(postgres_database) == 99


async def test_a_damaged_file_is_named_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "fondaco.db").write_bytes(b"not a database at all" * 400)

    with pytest.raises(StorageCorrupt, match=r"fondaco\.db is damaged.*restore it from the last backup"):
        await migrate(sqlite_url(tmp_path))

    assert (tmp_path / "fondaco.db").read_bytes() == b"not a database at all" * 400


async def test_a_folder_that_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="cannot be opened; create its folder"):
        await migrate(sqlite_url(tmp_path / "missing"))


@pytest.mark.parametrize("act", [stored_version, migrate])
async def test_an_unreachable_server_is_named_without_its_password(act: object) -> None:
    with pytest.raises(StorageError, match=r"postgresql://127\.0\.0\.1:1/shop cannot be reached") as caught:
        await act("postgresql://fondaco:s3cret@127.0.0.1:1/shop")  # type: ignore[operator]

    assert "s3cret" not in str(caught.value)


async def test_a_database_that_does_not_exist_is_named(postgres_database: str) -> None:
    with pytest.raises(StorageError, match="does not exist; create it"):
        await migrate(postgres_database.replace("fondaco_test_", "missing_"))


@pytest.mark.parametrize(
    "address",
    [
        "postgresql://shop:to/p@host/shop",
        "postgresql://shop:12#top@host/shop",
        "postgresql://shop:1?to@p@host/shop",
    ],
)
def test_an_address_torn_by_its_password_is_refused_without_showing_any_of_it(address: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        place_of(address)

    assert "shop" not in str(caught.value)
    assert "to" not in str(caught.value).split()


@pytest.mark.parametrize("address", ["mysql://host/shop", "sqlite://", "sqlite:///:memory:", "shop.db", ""])
def test_an_address_of_another_kind_is_refused(address: str) -> None:
    with pytest.raises(ConfigurationError, match="write sqlite:///path"):
        place_of(address)


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("postgresql://u:p@db.example:5433/shop", "postgresql://db.example:5433/shop"),
        ("postgres://u@db.example/shop?sslmode=require&password=p", "postgresql://db.example/shop"),
        ("postgresql:///shop?host=/run/postgresql", "postgresql:///run/postgresql/shop"),
        ("sqlite:///var/fondaco.db", "var/fondaco.db"),
        ("sqlite:////srv/fondaco.db", "/srv/fondaco.db"),
    ],
)
def test_a_database_is_named_for_people(address: str, place: str) -> None:
    assert place_of(address) == place

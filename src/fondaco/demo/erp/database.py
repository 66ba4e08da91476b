"""The merchant system's own SQLite file: opened with care, filled for one day, read back whole."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import TypeVar

import msgspec

from fondaco.demo.erp import statements as sql
from fondaco.demo.erp.generate import generate
from fondaco.demo.erp.records import Line, Offer, Order, Person, Return, Rows, Shipment
from fondaco.domain.errors import StorageBusy, StorageCorrupt, StorageError

T = TypeVar("T")

_LOCK_WAIT_SECONDS = 1.0


def open_database(path: Path) -> sqlite3.Connection:
    """Return the one connection to the file, created if it is not there; every commit reaches the disk.

    The connection holds the file alone, so that a second merchant system on the same file is refused.
    It may pass between threads; only one may use it at a time.

    Raises:
        StorageBusy: another process holds the file.
        StorageCorrupt: the file is damaged, or is not Rialto's.
        StorageError: the file cannot be created or opened.
    """
    with _explained(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(
            path, timeout=_LOCK_WAIT_SECONDS, isolation_level=None, check_same_thread=False
        )
        try:
            _prepare(connection, path)
        except BaseException:
            connection.close()
            raise
        return connection


def _prepare(connection: sqlite3.Connection, path: Path) -> None:
    connection.row_factory = sqlite3.Row
    connection.execute("PRAGMA locking_mode = EXCLUSIVE")
    connection.execute("BEGIN IMMEDIATE")
    connection.execute("COMMIT")
    _refuse_foreign(connection, path)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute(f"PRAGMA application_id = {sql.APPLICATION_ID}")
    connection.executescript(sql.SCHEMA)


def _refuse_foreign(connection: sqlite3.Connection, path: Path) -> None:
    owner = connection.execute("PRAGMA application_id").fetchone()[0]
    tables = connection.execute("SELECT COUNT(*) FROM sqlite_schema").fetchone()[0]
    if tables and owner != sql.APPLICATION_ID:
        raise StorageCorrupt(f"{path} is a database of something else; name another file.")
    verdict = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
    if verdict != "ok":
        raise StorageCorrupt(f"{path} is damaged ({verdict}); delete it and start again to draw it anew.")


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StorageError(f"{path} cannot be opened ({error.strerror}); name another file.") from error
    except sqlite3.OperationalError as error:
        if "locked" in str(error):
            raise StorageBusy(f"{path} is held by another process; stop it or name another file.") from error
        raise StorageError(f"{path} cannot be opened ({error}); name another file.") from error
    except sqlite3.DatabaseError as error:
        raise StorageCorrupt(
            f"{path} is damaged or no database ({error}); delete it and start again to draw it anew."
        ) from error


def books_of(connection: sqlite3.Connection, today: date, seed: int) -> Rows:
    """Return the shop's books for this day and seed; drawn and stored if the file holds another day's."""
    stored = connection.execute(sql.SELECT_GENERATION).fetchone()
    if stored is None or (stored["today"], stored["seed"]) != (today.isoformat(), seed):
        _replace(connection, generate(today=today, seed=seed))
    return _load(connection)


def _replace(connection: sqlite3.Connection, rows: Rows) -> None:
    connection.execute("SAVEPOINT books")
    for statement in sql.CLEAR_BOOKS:
        connection.execute(statement)
    connection.execute(sql.INSERT_GENERATION, {"today": rows.today.isoformat(), "seed": rows.seed})
    connection.executemany(sql.INSERT_PERSON, _values(rows.people))
    connection.executemany(sql.INSERT_ORDER, _values(rows.orders))
    connection.executemany(sql.INSERT_ORDER_LINE, _line_values(rows.orders))
    connection.executemany(sql.INSERT_SHIPMENT, _values(rows.shipments))
    connection.executemany(sql.INSERT_RETURN, _values(rows.returns))
    connection.executemany(sql.INSERT_OFFER, _values(rows.offers))
    connection.execute("RELEASE books")


def _values(rows: Iterable[msgspec.Struct]) -> Iterator[Mapping[str, object]]:
    for row in rows:
        values = msgspec.to_builtins(row)
        values.pop("lines", None)  # an order's lines have a table of their own
        yield values


def _line_values(orders: Iterable[Order]) -> Iterator[Mapping[str, object]]:
    for order in orders:
        for position, line in enumerate(order.lines):
            yield {"order_number": order.order_number, "position": position, **msgspec.to_builtins(line)}


def _load(connection: sqlite3.Connection) -> Rows:
    generation = connection.execute(sql.SELECT_GENERATION).fetchone()
    return Rows(
        today=date.fromisoformat(generation["today"]),
        seed=generation["seed"],
        people=_read(connection, sql.SELECT_PEOPLE, Person),
        orders=_read_orders(connection),
        shipments=_read(connection, sql.SELECT_SHIPMENTS, Shipment),
        returns=_read(connection, sql.SELECT_RETURNS, Return),
        offers=_read(connection, sql.SELECT_OFFERS, Offer),
    )


def _read(connection: sqlite3.Connection, statement: str, kind: type[T]) -> tuple[T, ...]:
    return tuple(msgspec.convert(dict(row), kind) for row in connection.execute(statement))


def _read_orders(connection: sqlite3.Connection) -> tuple[Order, ...]:
    grouped = groupby(connection.execute(sql.SELECT_ORDER_LINES), key=lambda row: str(row["order_number"]))
    lines = {number: [msgspec.convert(dict(row), Line) for row in group] for number, group in grouped}
    return tuple(
        msgspec.convert({**dict(row), "lines": lines[row["order_number"]]}, Order)
        for row in connection.execute(sql.SELECT_ORDERS)
    )

"""What was changed on request: one row a change, never cleared, laid over the books of every day."""

from __future__ import annotations

import sqlite3
from datetime import date
from enum import StrEnum

import msgspec

from fondaco.demo.erp import statements as sql

_PAGE = 1000


class Deed(StrEnum):
    """What the merchant system can be told to change."""

    CANCELLATION = "cancellation"  #: the order will never be sent, all money goes back
    RETURN = "return"  #: goods are announced to come back
    WITHDRAWAL = "withdrawal"  #: they are not sent back after all
    REFUND = "refund"  #: money goes back
    ADDRESS = "address"  #: the parcel goes somewhere else


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """One change that took effect."""

    key: str  #: the idempotency key that it was asked for with
    order_number: str
    deed: Deed
    done_on: date
    amount_minor: int | None = None  #: money that went back
    detail: msgspec.Raw = msgspec.Raw(b"null")  #: what else the deed needs to know of itself, as JSON
    sequence: int = 0  #: the order in which changes took effect; 0 until it is stored


def changes_of(connection: sqlite3.Connection, order_number: str) -> tuple[Change, ...]:
    """Return everything that was changed about an order, oldest first."""
    rows = connection.execute(sql.SELECT_CHANGES_OF_ORDER, {"order_number": order_number})
    return tuple(_change(row) for row in rows)


def all_changes(connection: sqlite3.Connection) -> tuple[Change, ...]:
    """Return every change of every order, oldest first."""
    return tuple(_change(row) for row in connection.execute(sql.SELECT_CHANGES))


def changes_since(connection: sqlite3.Connection, since: int) -> tuple[Change, ...]:
    """Return up to a thousand changes after sequence number ``since``, oldest first."""
    rows = connection.execute(sql.SELECT_CHANGES_SINCE, {"since": since, "limit": _PAGE})
    return tuple(_change(row) for row in rows)


def store_change(connection: sqlite3.Connection, change: Change) -> Change:
    """Store the change in the caller's transaction and return it with its sequence number."""
    values = {
        "key": change.key,
        "order_number": change.order_number,
        "deed": change.deed,
        "done_on": change.done_on.isoformat(),
        "amount_minor": change.amount_minor,
        "detail": bytes(change.detail).decode(),
    }
    cursor = connection.execute(sql.INSERT_CHANGE, values)
    return msgspec.structs.replace(change, sequence=cursor.lastrowid or 0)


def _change(row: sqlite3.Row) -> Change:
    return Change(
        key=row["key"],
        order_number=row["order_number"],
        deed=Deed(row["deed"]),
        done_on=date.fromisoformat(row["done_on"]),
        amount_minor=row["amount_minor"],
        detail=msgspec.Raw(row["detail"].encode()),
        sequence=row["sequence"],
    )

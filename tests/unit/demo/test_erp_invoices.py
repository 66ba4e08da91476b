from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import date

import msgspec
import pytest

from fondaco.demo.erp import statements as sql
from fondaco.demo.erp.database import books_of
from fondaco.demo.erp.generate import generate
from fondaco.demo.erp.invoices import (
    InvoiceRequest,
    SendOutcome,
    effects_since,
    history_of,
    masked,
    send_invoice,
)
from fondaco.kit.language import Language

TODAY = date(2026, 3, 2)
REQUEST = InvoiceRequest(
    key="key-1",
    order_number="RI-10482",
    email="mira.hoffmann@example.com",
    language=Language.DE,
    now_ms=1_772_409_600_000,
    sent_on="2026-03-02",
)


@pytest.fixture
def connection() -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.row_factory = sqlite3.Row
    connection.executescript(sql.SCHEMA)
    yield connection
    connection.close()


def test_a_key_sends_once_and_gives_the_same_receipt_again(connection: sqlite3.Connection) -> None:
    later = msgspec.structs.replace(REQUEST, now_ms=REQUEST.now_ms + 86_400_000, sent_on="2026-03-03")

    first = send_invoice(connection, REQUEST)
    second = send_invoice(connection, later)

    assert (first.outcome, second.outcome) == (SendOutcome.SENT, SendOutcome.REPLAYED)
    assert second.receipt == first.receipt
    assert history_of(connection, "key-1").count == 1


@pytest.mark.parametrize(
    "other",
    [
        msgspec.structs.replace(REQUEST, order_number="RI-10404"),
        msgspec.structs.replace(REQUEST, language=Language.EN),
    ],
    ids=["order", "language"],
)
def test_a_key_used_for_something_else_does_nothing(
    connection: sqlite3.Connection, other: InvoiceRequest
) -> None:
    send_invoice(connection, REQUEST)

    result = send_invoice(connection, other)

    assert (result.outcome, result.receipt) == (SendOutcome.KEY_REUSED, None)
    assert history_of(connection, "key-1").count == 1


def test_a_key_that_was_never_used_has_no_history(connection: sqlite3.Connection) -> None:
    history = history_of(connection, "key-1")

    assert (history.happened, history.count, history.receipt) == (False, 0, None)


def test_effects_are_read_on_from_where_the_last_answer_ended(connection: sqlite3.Connection) -> None:
    send_invoice(connection, REQUEST)
    send_invoice(connection, msgspec.structs.replace(REQUEST, key="key-2"))

    everything = effects_since(connection, 0)
    rest = effects_since(connection, everything[0].last_sequence)

    assert [effect.idempotency_key for effect in everything] == ["key-1", "key-2"]
    assert [effect.idempotency_key for effect in rest] == ["key-2"]


def test_a_mail_that_went_out_twice_would_be_seen(connection: sqlite3.Connection) -> None:
    send_invoice(connection, REQUEST)
    connection.execute("DELETE FROM idempotency")

    send_invoice(connection, REQUEST)

    assert [effect.count for effect in effects_since(connection, 0)] == [2]


def test_the_books_read_back_are_the_books_that_were_drawn(connection: sqlite3.Connection) -> None:
    stored = books_of(connection, TODAY, seed=7)

    assert stored == generate(today=TODAY, seed=7)


def test_a_new_day_draws_new_books_and_keeps_the_effects(connection: sqlite3.Connection) -> None:
    books_of(connection, TODAY, seed=7)
    send_invoice(connection, REQUEST)

    tomorrow = books_of(connection, date(2026, 3, 3), seed=7)

    assert tomorrow.today == date(2026, 3, 3)
    assert history_of(connection, "key-1").happened


def test_an_address_is_masked_to_its_first_letter_and_domain() -> None:
    assert masked("mira.hoffmann@example.com") == "m•••@example.com"

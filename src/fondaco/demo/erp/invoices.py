"""Sending an invoice again: exactly once for an idempotency key, however often it is asked for."""

from __future__ import annotations

import hashlib
import sqlite3
from enum import StrEnum

import msgspec

from fondaco.demo.erp import statements as sql
from fondaco.kit.language import Language

_EFFECTS_PAGE = 1000


class InvoiceSent(msgspec.Struct, frozen=True, kw_only=True):
    """The receipt that is stored with the key and given out again for it."""

    order_number: str
    sent_to: str  #: masked
    invoice_number: str
    sent_on: str  #: ISO 8601 day, UTC


class InvoiceRequest(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that decides what is sent; two requests of one key must agree on order and language."""

    key: str
    order_number: str
    email: str
    language: Language
    now_ms: int
    sent_on: str

    @property
    def fingerprint(self) -> str:
        """What must not differ between two requests of one key."""
        return hashlib.sha256(f"{self.order_number}\n{self.language}".encode()).hexdigest()


class SendOutcome(StrEnum):
    """What became of a request."""

    SENT = "sent"  #: a new effect
    REPLAYED = "replayed"  #: it was done before; the stored receipt
    KEY_REUSED = "key_reused"  #: the key belongs to a different request; nothing was done


class SendResult(msgspec.Struct, frozen=True):
    """The outcome, and the receipt unless the key was reused."""

    outcome: SendOutcome
    receipt: InvoiceSent | None


class Effect(msgspec.Struct, frozen=True, kw_only=True):
    """How many mails went out for a key; more than one would be a fault."""

    idempotency_key: str
    order_number: str
    count: int
    last_sequence: int


class KeyHistory(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a key; ``happened`` is false when nothing was ever done for it."""

    idempotency_key: str
    happened: bool
    count: int
    receipt: InvoiceSent | None


def send_invoice(connection: sqlite3.Connection, request: InvoiceRequest) -> SendResult:
    """Record the mail and the promise in the caller's transaction, or return what was promised before."""
    promise = connection.execute(sql.SELECT_PROMISE, {"key": request.key}).fetchone()
    if promise is not None:
        if promise["fingerprint"] != request.fingerprint:
            return SendResult(SendOutcome.KEY_REUSED, None)
        return SendResult(SendOutcome.REPLAYED, _receipt(promise["result"]))
    receipt = InvoiceSent(
        order_number=request.order_number,
        sent_to=masked(request.email),
        invoice_number=f"INV-{request.order_number.removeprefix('RI-')}",
        sent_on=request.sent_on,
    )
    _record(connection, request, receipt)
    return SendResult(SendOutcome.SENT, receipt)


def _record(connection: sqlite3.Connection, request: InvoiceRequest, receipt: InvoiceSent) -> None:
    mail = {
        "key": request.key,
        "order_number": request.order_number,
        "recipient": request.email,
        "invoice_number": receipt.invoice_number,
        "language": request.language,
        "sent_at_ms": request.now_ms,
    }
    promise = {
        "key": request.key,
        "fingerprint": request.fingerprint,
        "order_number": request.order_number,
        "result": msgspec.json.encode(receipt).decode(),
    }
    connection.execute(sql.INSERT_MAIL, mail)
    connection.execute(sql.INSERT_PROMISE, promise)


def history_of(connection: sqlite3.Connection, key: str) -> KeyHistory:
    """Return what happened for a key, for whoever must reconcile an answer that never arrived."""
    promise = connection.execute(sql.SELECT_PROMISE, {"key": key}).fetchone()
    count = connection.execute(sql.COUNT_MAIL_OF_KEY, {"key": key}).fetchone()["count"]
    receipt = None if promise is None else _receipt(promise["result"])
    return KeyHistory(idempotency_key=key, happened=promise is not None, count=count, receipt=receipt)


def effects_since(connection: sqlite3.Connection, since: int) -> list[Effect]:
    """Return up to a thousand keys with a mail after sequence number ``since``, oldest first."""
    rows = connection.execute(sql.SELECT_EFFECTS, {"since": since, "limit": _EFFECTS_PAGE})
    return [msgspec.convert(dict(row), Effect) for row in rows]


def masked(email: str) -> str:
    """Return ``m•••@example.com`` for an address."""
    local, _, domain = email.partition("@")
    return f"{local[:1]}•••@{domain}"


def _receipt(text: str) -> InvoiceSent:
    return msgspec.json.decode(text, type=InvoiceSent)

"""Carries a change out: exactly once for an idempotency key, however often it is asked for."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

import msgspec

from fondaco.demo.erp import statements as sql
from fondaco.demo.erp.changes import Change, Deed, changes_of, store_change
from fondaco.demo.erp.deeds import Effect
from fondaco.demo.erp.rules import Reason

#: The result of what was never done.
NOTHING = msgspec.Raw(b"null")


class DoneHow(StrEnum):
    """What became of a request."""

    DONE = "done"  #: a new effect
    REPLAYED = "replayed"  #: it was done before; the stored answer
    REFUSED = "refused"  #: the terms do not allow it; nothing was done
    KEY_REUSED = "key_reused"  #: the key belongs to a different request; nothing was done


@dataclass(frozen=True, slots=True)
class ChangeRequest:
    """Everything that decides what is done; two requests of one key must agree on all but the day."""

    key: str
    order_number: str
    deed: Deed
    body: msgspec.Struct
    done_on: date
    #: Says what it comes to, given all that was changed about the order before.
    judge: Callable[[tuple[Change, ...]], Effect | Reason]

    @property
    def fingerprint(self) -> str:
        """What must not differ between two requests of one key."""
        told = msgspec.json.encode([self.deed, self.order_number, self.body], order="sorted")
        return hashlib.sha256(told).hexdigest()


class DoneResult(msgspec.Struct, frozen=True, kw_only=True):
    """The outcome, with the answer and the change, or the reason why there is none."""

    how: DoneHow
    answer: bytes = b""
    change: Change | None = None
    reason: Reason | None = None


class Operation(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a key: ``done`` with the answer that was given, or ``never_seen``."""

    idempotency_key: str
    state: str
    operation: str | None = None  #: what was done; ``invoice`` for one that was sent
    order_number: str | None = None
    result: msgspec.Raw  #: null where nothing was done


def carry_out(connection: sqlite3.Connection, request: ChangeRequest) -> DoneResult:
    """Make the change and the promise in the caller's transaction, or return what was promised before."""
    promise = connection.execute(sql.SELECT_PROMISE, {"key": request.key}).fetchone()
    if promise is not None:
        if promise["fingerprint"] != request.fingerprint:
            return DoneResult(how=DoneHow.KEY_REUSED)
        return DoneResult(how=DoneHow.REPLAYED, answer=promise["result"].encode())
    ruling = request.judge(changes_of(connection, request.order_number))
    if isinstance(ruling, Reason):
        return DoneResult(how=DoneHow.REFUSED, reason=ruling)
    answer = msgspec.json.encode(ruling.answer)
    change = Change(
        key=request.key,
        order_number=request.order_number,
        deed=request.deed,
        done_on=request.done_on,
        amount_minor=ruling.amount_minor,
        detail=msgspec.Raw(msgspec.json.encode(ruling.detail)),
    )
    stored = store_change(connection, change)
    _promise(connection, request, answer)
    return DoneResult(how=DoneHow.DONE, answer=answer, change=stored)


def _promise(connection: sqlite3.Connection, request: ChangeRequest, answer: bytes) -> None:
    promise = {
        "key": request.key,
        "fingerprint": request.fingerprint,
        "order_number": request.order_number,
        "result": answer.decode(),
    }
    connection.execute(sql.INSERT_PROMISE, promise)


def operation_of(connection: sqlite3.Connection, key: str) -> Operation:
    """Return what happened for a key, for whoever must reconcile an answer that never arrived."""
    row = connection.execute(sql.SELECT_OPERATION, {"key": key}).fetchone()
    if row is None:
        return Operation(idempotency_key=key, state="never_seen", result=NOTHING)
    return Operation(
        idempotency_key=key,
        state="done",
        operation=row["deed"] or "invoice",
        order_number=row["order_number"],
        result=msgspec.Raw(row["result"].encode()),
    )

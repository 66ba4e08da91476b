"""What the merchant system can be asked, one method an endpoint."""

from __future__ import annotations

import asyncio
import sqlite3
from datetime import UTC, date, datetime
from functools import partial
from typing import TypeVar

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from fondaco.demo.erp import answers
from fondaco.demo.erp.books import Books
from fondaco.demo.erp.database import books_of
from fondaco.demo.erp.invoices import (
    InvoiceRequest,
    SendOutcome,
    SendResult,
    effects_since,
    history_of,
    send_invoice,
)
from fondaco.demo.erp.problems import Refusal, unknown_order
from fondaco.demo.erp.proof import normal_order_number
from fondaco.demo.erp.records import Order, OrderState, Rows
from fondaco.demo.erp.writer import Writer
from fondaco.kit.clock import Clock
from fondaco.kit.language import Language

_BODY_LIMIT_BYTES = 64 * 1024
_TEXT_LIMIT = 4000  #: letters of a product search
_KEY_LIMIT = 255  #: letters of an idempotency key

T = TypeVar("T")


class IdentifyBody(msgspec.Struct, frozen=True):
    """An order number and what only the person behind it knows: its postcode or e-mail address."""

    order_number: str
    proof: str


class InvoiceBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The language of the invoice; null is that of whoever ordered."""

    language: Language | None = None


class Calendar:
    """Says which day it is: a fixed one, or the clock's day in UTC."""

    def __init__(self, clock: Clock, fixed: date | None) -> None:
        self._clock = clock
        self._fixed = fixed

    def now_ms(self) -> int:
        """Return the clock's milliseconds since 1970-01-01 UTC."""
        return self._clock.now_ms()

    def today(self) -> date:
        """Return the day the books must tell of."""
        return self._fixed or datetime.fromtimestamp(self._clock.now_ms() / 1000, UTC).date()


class Endpoints:
    """Answers from the books in memory; only effects go to the database."""

    def __init__(self, writer: Writer, calendar: Calendar, seed: int) -> None:
        self._writer = writer
        self._calendar = calendar
        self._seed = seed
        self._current: Books | None = None
        self._turning = asyncio.Lock()

    def routes(self) -> list[Route]:
        """Return all addresses with what answers there."""
        return [
            Route("/health", self.health),
            Route("/identify", self.identify, methods=["POST"]),
            Route("/products", self.products),
            Route("/orders/{number}", self.order),
            Route("/orders/{number}/shipment", self.shipment),
            Route("/orders/{number}/return", self.returned),
            Route("/orders/{number}/invoice", self.invoice, methods=["POST"]),
            Route("/effects", self.effects),
            Route("/invoice-effects/{key:path}", self.invoice_effect),
        ]

    async def books(self) -> Books:
        """Return today's books, drawn anew by the first request of a new day."""
        today = self._calendar.today()
        if self._current is not None and self._current.today == today:
            return self._current
        async with self._turning:
            if self._current is None or self._current.today != today:
                draw = partial(_draw, today=today, seed=self._seed)
                self._current = Books(await self._writer.run(draw))
            return self._current

    async def health(self, _request: Request) -> Response:
        books = await self.books()
        return _answer(answers.Health(status="ok", today=books.today))

    async def identify(self, request: Request) -> Response:
        body = _decode(await _body(request), IdentifyBody)
        order = (await self.books()).proofs.identify(body.order_number, body.proof)
        if order is None:
            return _answer(answers.NotMatched())
        return _answer(answers.Matched(customer_ref=order.customer_ref, order_number=order.order_number))

    async def products(self, request: Request) -> Response:
        text = request.query_params.get("q", "").strip()[:_TEXT_LIMIT]
        if not text:
            raise Refusal(400, "missing-text", "Say in ?q= what product is asked for.")
        language = _language(request) or Language.EN
        books = await self.books()
        product = books.search.find(text)
        if product is None:
            return _answer(answers.NoProduct())
        return _answer(answers.product_answer(books, product, language))

    async def order(self, request: Request) -> Response:
        books, order = await self._order_of(request)
        return _answer(answers.order_answer(books, order, _language(request)))

    async def shipment(self, request: Request) -> Response:
        books, order = await self._order_of(request)
        shipment = answers.shipment_answer(books, order)
        if shipment is None:
            raise Refusal(404, "no-shipment", "The order was cancelled; it has no shipment.")
        return _answer(shipment)

    async def returned(self, request: Request) -> Response:
        books, order = await self._order_of(request)
        return _answer(answers.return_answer(books, order))

    async def invoice(self, request: Request) -> Response:
        books, order = await self._order_of(request)
        key = _idempotency_key(request)
        body = _decode(await _body(request) or b"{}", InvoiceBody)
        if order.state is OrderState.CANCELLED:
            raise Refusal(409, "no-invoice", "The order was cancelled; it has no invoice.")
        now_ms = self._calendar.now_ms()
        person = books.people[order.customer_ref]
        wanted = InvoiceRequest(
            key=key,
            order_number=order.order_number,
            email=person.email,
            language=body.language or person.language,
            now_ms=now_ms,
            sent_on=books.today.isoformat(),
        )
        return _invoice_answer(await self._writer.run(partial(send_invoice, request=wanted)))

    async def effects(self, request: Request) -> Response:
        since = request.query_params.get("since", "0")
        if not (since.isascii() and since.isdecimal() and len(since) < 19):
            raise Refusal(400, "bad-since", "?since= is the next_since of an earlier answer, or 0.")
        effects = await self._writer.run(partial(effects_since, since=int(since)))
        last = effects[-1].last_sequence if effects else int(since)
        return _answer(answers.EffectsAnswer(effects=effects, next_since=last))

    async def invoice_effect(self, request: Request) -> Response:
        key = request.path_params["key"]
        return _answer(await self._writer.run(partial(history_of, key=key)))

    async def _order_of(self, request: Request) -> tuple[Books, Order]:
        """Return the order of the path if it belongs to the customer that the caller has identified."""
        books = await self.books()
        order = books.orders.get(normal_order_number(request.path_params["number"]))
        if order is None or request.headers.get("x-customer-ref") != order.customer_ref:
            raise unknown_order()
        return books, order


def _draw(connection: sqlite3.Connection, *, today: date, seed: int) -> Rows:
    return books_of(connection, today, seed)


def _invoice_answer(result: SendResult) -> Response:
    if result.outcome is SendOutcome.KEY_REUSED:
        raise Refusal(
            422, "key-reused", "This Idempotency-Key was used for a different request; take a new one."
        )
    response = _answer(result.receipt)
    if result.outcome is SendOutcome.REPLAYED:
        response.headers["Idempotent-Replayed"] = "true"
    return response


def _idempotency_key(request: Request) -> str:
    key = request.headers.get("idempotency-key", "").strip()
    if not key or len(key) > _KEY_LIMIT:
        raise Refusal(400, "missing-key", f"Send an Idempotency-Key header of 1 to {_KEY_LIMIT} letters.")
    return key


def _language(request: Request) -> Language | None:
    code = request.query_params.get("language")
    if code is not None and code not in set(Language):
        raise Refusal(400, "bad-language", f"?language= is one of {', '.join(Language)}.")
    return None if code is None else Language(code)


async def _body(request: Request) -> bytes:
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > _BODY_LIMIT_BYTES:
            raise Refusal(413, "too-large", f"A body has at most {_BODY_LIMIT_BYTES} bytes.")
    return bytes(body)


def _decode(body: bytes, kind: type[T]) -> T:
    try:
        return msgspec.json.decode(body, type=kind)
    except msgspec.ValidationError as error:
        raise Refusal(422, "bad-field", f"{error}.") from error
    except msgspec.DecodeError as error:
        raise Refusal(400, "bad-json", f"The body is not JSON: {error}.") from error


def _answer(value: msgspec.Struct | None) -> Response:
    return Response(msgspec.json.encode(value), media_type="application/json")

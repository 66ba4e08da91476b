"""What the merchant system can be asked, one method an endpoint."""

from __future__ import annotations

from functools import partial

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from fondaco.demo.erp import answers
from fondaco.demo.erp.invoices import (
    InvoiceRequest,
    SendOutcome,
    SendResult,
    effects_since,
    history_of,
    send_invoice,
)
from fondaco.demo.erp.problems import Refusal
from fondaco.demo.erp.records import OrderState
from fondaco.demo.erp.requests import (
    answer,
    body_of,
    decode,
    idempotency_key,
    key_reused,
    language_of,
    since_of,
)
from fondaco.demo.erp.shop import Shop
from fondaco.kit.language import Language

_TEXT_LIMIT = 4000  #: letters of a product search


class IdentifyBody(msgspec.Struct, frozen=True):
    """An order number and what only the person behind it knows: its postcode or e-mail address."""

    order_number: str
    proof: str


class InvoiceBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The language of the invoice; null is that of whoever ordered."""

    language: Language | None = None


class Endpoints:
    """Answers from the books in memory; only effects go to the database."""

    def __init__(self, shop: Shop) -> None:
        self._shop = shop

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

    async def health(self, _request: Request) -> Response:
        books = await self._shop.books()
        return answer(answers.Health(status="ok", today=books.today))

    async def identify(self, request: Request) -> Response:
        body = decode(await body_of(request), IdentifyBody)
        order = (await self._shop.books()).proofs.identify(body.order_number, body.proof)
        if order is None:
            return answer(answers.NotMatched())
        return answer(answers.Matched(customer_ref=order.customer_ref, order_number=order.order_number))

    async def products(self, request: Request) -> Response:
        text = request.query_params.get("q", "").strip()[:_TEXT_LIMIT]
        if not text:
            raise Refusal(400, "missing-text", "Say in ?q= what product is asked for.")
        language = language_of(request) or Language.EN
        books = await self._shop.books()
        product = books.search.find(text)
        if product is None:
            return answer(answers.NoProduct())
        return answer(answers.product_answer(books, product, language))

    async def order(self, request: Request) -> Response:
        books, standing = await self._shop.standing_of(request)
        return answer(answers.order_answer(books, standing.order, language_of(request)))

    async def shipment(self, request: Request) -> Response:
        _, standing = await self._shop.standing_of(request)
        if standing.shipment is None:
            raise Refusal(404, "no-shipment", "The order was cancelled; it has no shipment.")
        return answer(standing.shipment)

    async def returned(self, request: Request) -> Response:
        _, standing = await self._shop.standing_of(request)
        return answer(answers.return_answer(standing.returned))

    async def invoice(self, request: Request) -> Response:
        books, standing = await self._shop.standing_of(request)
        order = standing.order
        key = idempotency_key(request)
        body = decode(await body_of(request) or b"{}", InvoiceBody)
        if order.state is OrderState.CANCELLED:
            raise Refusal(409, "no-invoice", "The order was cancelled; it has no invoice.")
        person = books.people[order.customer_ref]
        wanted = InvoiceRequest(
            key=key,
            order_number=order.order_number,
            email=person.email,
            language=body.language or person.language,
            now_ms=self._shop.calendar.now_ms(),
            sent_on=books.today.isoformat(),
        )
        return _invoice_answer(await self._shop.writer.run(partial(send_invoice, request=wanted)))

    async def effects(self, request: Request) -> Response:
        since = since_of(request)
        effects = await self._shop.writer.run(partial(effects_since, since=since))
        last = effects[-1].last_sequence if effects else since
        return answer(answers.EffectsAnswer(effects=effects, next_since=last))

    async def invoice_effect(self, request: Request) -> Response:
        key = request.path_params["key"]
        return answer(await self._shop.writer.run(partial(history_of, key=key)))


def _invoice_answer(result: SendResult) -> Response:
    if result.outcome is SendOutcome.KEY_REUSED:
        raise key_reused()
    response = answer(result.receipt)
    if result.outcome is SendOutcome.REPLAYED:
        response.headers["Idempotent-Replayed"] = "true"
    return response

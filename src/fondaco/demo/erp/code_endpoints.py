"""Where one-time codes are asked for and checked."""

from __future__ import annotations

import msgspec
import structlog
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from fondaco.demo.erp.codes import CodeDesk
from fondaco.demo.erp.invoices import masked
from fondaco.demo.erp.problems import Refusal
from fondaco.demo.erp.records import Person
from fondaco.demo.erp.requests import answer, body_of, decode, idempotency_key
from fondaco.demo.erp.shop import Shop

log = structlog.get_logger(__name__)


class SendCodeBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the sending is called; the same name gets the same code."""

    challenge: str


class CheckCodeBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What somebody says to be the code of a sending."""

    challenge: str
    code: str


class CodeSent(msgspec.Struct, frozen=True, kw_only=True):
    """A code is on its way to the address that the shop knows; which one it is, is not said."""

    sent: bool = True
    sent_to: str  #: masked


class CodeChecked(msgspec.Struct, frozen=True, kw_only=True):
    """Whether it was the code; a wrong one is not told from one that is too old."""

    matched: bool


class CodeEndpoints:
    """Sends codes to customers and nobody else: a caller names the customer, never an address."""

    def __init__(self, shop: Shop, seed: int) -> None:
        self._shop = shop
        self._desk = CodeDesk(seed)

    def routes(self) -> list[Route]:
        """Return both addresses with what answers there."""
        return [
            Route("/codes", self.send, methods=["POST"]),
            Route("/codes/check", self.check, methods=["POST"]),
        ]

    async def send(self, request: Request) -> Response:
        """Send a code; here the log is the postman, at the weight with which the demo's log begins."""
        idempotency_key(request)
        person = await self._customer(request)
        body = decode(await body_of(request), SendCodeBody)
        code = self._desk.send(person.customer_ref, body.challenge, self._shop.calendar.now_ms())
        log.warning("demo_mail", to=masked(person.email), one_time_code=code)
        return answer(CodeSent(sent_to=masked(person.email)))

    async def check(self, request: Request) -> Response:
        """Tell whether a code is the one of its sending."""
        key = idempotency_key(request)
        person = await self._customer(request)
        body = decode(await body_of(request), CheckCodeBody)
        now_ms = self._shop.calendar.now_ms()
        matched = self._desk.check(person.customer_ref, body.challenge, body.code, key, now_ms)
        return answer(CodeChecked(matched=matched))

    async def _customer(self, request: Request) -> Person:
        people = (await self._shop.books()).people
        person = people.get(request.headers.get("x-customer-ref", ""))
        if person is None:
            raise Refusal(404, "unknown-customer", "There is no such customer. Identify the customer first.")
        return person

"""What the merchant system can be told to change: a preview and the change itself for each deed."""

from __future__ import annotations

from functools import partial
from typing import Generic, TypeVar

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from fondaco.demo.erp.addresses import Address
from fondaco.demo.erp.changes import Change, changes_since
from fondaco.demo.erp.deeds import (
    Cancellation,
    Doing,
    Effect,
    Redirection,
    Refund,
    Returning,
    Withdrawal,
)
from fondaco.demo.erp.doing import (
    NOTHING,
    ChangeRequest,
    DoneHow,
    DoneResult,
    Operation,
    carry_out,
    operation_of,
)
from fondaco.demo.erp.problems import Refusal
from fondaco.demo.erp.requests import answer, body_of, decode, idempotency_key, key_reused, since_of
from fondaco.demo.erp.rules import Reason
from fondaco.demo.erp.shop import Shop
from fondaco.demo.erp.standing import standing_of

B = TypeVar("B", bound=msgspec.Struct)


class AddressNow(msgspec.Struct, frozen=True, kw_only=True):
    """Where the parcel of an order goes."""

    order_number: str
    address: Address
    written: str


class ChangesAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Every change that took effect; ask again with ``next_since`` for what comes after them."""

    changes: tuple[Change, ...]
    next_since: int


class DeedEndpoints:
    """Decides on changes in the database, one after another, so that two at once cannot both be the last."""

    def __init__(self, shop: Shop) -> None:
        self._shop = shop

    def routes(self) -> list[Route]:
        """Return all addresses with what answers there."""
        return [
            *_Deed(self._shop, Cancellation()).routes("cancellation", "POST"),
            *_Deed(self._shop, Withdrawal()).routes("returns/withdrawal", "POST"),
            *_Deed(self._shop, Returning()).routes("returns", "POST"),
            *_Deed(self._shop, Refund()).routes("refunds", "POST"),
            Route("/orders/{number}/address", self.address),
            *_Deed(self._shop, Redirection()).routes("address", "PUT"),
            Route("/operations/{key:path}", self.operation),
            Route("/changes", self.changes),
        ]

    async def address(self, request: Request) -> Response:
        _, standing = await self._shop.standing_of(request)
        now = AddressNow(
            order_number=standing.order.order_number,
            address=standing.address,
            written=standing.address.written,
        )
        return answer(now)

    async def operation(self, request: Request) -> Response:
        """Tell what became of a key; a caller for one customer hears nothing of another's."""
        key = request.path_params["key"]
        operation = await self._shop.writer.run(partial(operation_of, key=key))
        ref = request.headers.get("x-customer-ref")
        order = (await self._shop.books()).orders.get(operation.order_number or "")
        if ref is not None and order is not None and order.customer_ref != ref:
            operation = Operation(idempotency_key=key, state="never_seen", result=NOTHING)
        return answer(operation)

    async def changes(self, request: Request) -> Response:
        since = since_of(request)
        changes = await self._shop.writer.run(partial(changes_since, since=since))
        last = changes[-1].sequence if changes else since
        return answer(ChangesAnswer(changes=changes, next_since=last))


class _Deed(Generic[B]):
    """The two endpoints of one deed."""

    def __init__(self, shop: Shop, doing: Doing[B]) -> None:
        self._shop = shop
        self._doing = doing

    def routes(self, path: str, method: str) -> list[Route]:
        here = f"/orders/{{number}}/{path}"
        return [
            Route(f"{here}/preview", self.preview, methods=["GET", "POST"]),
            Route(here, self.change, methods=[method]),
        ]

    async def preview(self, request: Request) -> Response:
        """Tell what would happen; the body of the change, or its fields in the address."""
        _, standing = await self._shop.standing_of(request)
        told = _queried(request) if request.method == "GET" else await body_of(request)
        return answer(self._doing.preview(standing, decode(told or b"{}", self._doing.body)))

    async def change(self, request: Request) -> Response:
        """Make the change, or answer with a problem whose ``reason`` says why not."""
        books, order = await self._shop.order_of(request)
        key = idempotency_key(request)
        body = decode(await body_of(request) or b"{}", self._doing.body)

        def judge(changes: tuple[Change, ...]) -> Effect | Reason:
            standing = standing_of(books, order, changes)
            return self._doing.preview(standing, body).reason or self._doing.effect(standing, body)

        wanted = ChangeRequest(
            key=key,
            order_number=order.order_number,
            deed=self._doing.deed,
            body=body,
            done_on=books.today,
            judge=judge,
        )
        return self._told(await self._shop.writer.run(partial(carry_out, request=wanted)))

    def _told(self, result: DoneResult) -> Response:
        if result.how is DoneHow.KEY_REUSED:
            raise key_reused()
        if result.reason is not None:
            deed = self._doing.deed.value
            raise Refusal(
                409,
                result.reason.value,
                f"This {deed} is not allowed ({result.reason.value}); ask its preview for the terms.",
                reason=result.reason.value,
            )
        if result.change is not None:
            self._shop.note(result.change)
        replayed = {"Idempotent-Replayed": "true"} if result.how is DoneHow.REPLAYED else None
        return Response(result.answer, headers=replayed, media_type="application/json")


def _queried(request: Request) -> bytes:
    """Return the fields in the address as the body that they stand for.

    ``items`` is a list of product numbers with commas, ``amount_minor`` and ``currency`` are one amount.
    """
    fields: dict[str, object] = {
        name: text for name, text in request.query_params.items() if text and name != "fault"
    }
    if "items" in fields:
        fields["items"] = [{"sku": sku.strip()} for sku in str(fields["items"]).split(",")]
    minor, currency = str(fields.pop("amount_minor", "")), fields.pop("currency", None)
    if minor:
        if not (minor.isascii() and minor.isdecimal() and len(minor) < 19):
            raise Refusal(422, "bad-field", "amount_minor is a whole number of the smallest unit.")
        fields["amount"] = {"amount_minor": int(minor), **({"currency": currency} if currency else {})}
    return msgspec.json.encode(fields)

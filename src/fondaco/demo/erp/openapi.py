"""Describes the merchant system as an OpenAPI 3.1 document, made from the types that it reads and writes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

import msgspec

from fondaco.demo.erp import answers, deeds
from fondaco.demo.erp.code_endpoints import CheckCodeBody, CodeChecked, CodeSent, SendCodeBody
from fondaco.demo.erp.deed_endpoints import AddressNow
from fondaco.demo.erp.doing import Operation
from fondaco.demo.erp.endpoints import IdentifyBody, InvoiceBody
from fondaco.demo.erp.invoices import InvoiceSent
from fondaco.demo.erp.records import Shipment
from fondaco.kit.language import Language

_TEMPLATE = "#/components/schemas/{name}"


class _Endpoint(msgspec.Struct, frozen=True, kw_only=True):
    """One operation of the document."""

    name: str  #: its operationId
    method: str
    path: str
    summary: str
    answer: Any
    otherwise: Any = None  #: what is answered where nothing fits
    body: Any = None
    query: tuple[str, ...] = ()
    is_personal: bool = True  #: only for the customer in ``X-Customer-Ref``

    @property
    def changes_something(self) -> bool:
        return self.name in _CHANGES

    @property
    def takes_a_key(self) -> bool:
        return self.changes_something or self.name in _CODES


_CHANGES = ("cancel_order", "announce_return", "withdraw_return", "refund", "change_address", "send_invoice")
_CODES = ("send_code", "check_code")
_ORDER = "/orders/{order_number}"

_ENDPOINTS = (
    _Endpoint(
        name="identify",
        method="post",
        path="/identify",
        summary="Tells whether an order number and a postcode or e-mail address belong together.",
        answer=answers.Matched,
        otherwise=answers.NotMatched,
        body=IdentifyBody,
        is_personal=False,
    ),
    _Endpoint(
        name="product",
        method="get",
        path="/products",
        summary="Tells price and stock of the product that a text speaks of.",
        answer=answers.ProductAnswer,
        otherwise=answers.NoProduct,
        query=("q", "language"),
        is_personal=False,
    ),
    _Endpoint(
        name="order",
        method="get",
        path=_ORDER,
        summary="Tells what was ordered, when, for how much, and how far the order has come.",
        answer=answers.OrderAnswer,
        query=("language",),
    ),
    _Endpoint(
        name="shipment",
        method="get",
        path=f"{_ORDER}/shipment",
        summary="Tells where the parcel of an order is and when it is promised.",
        answer=Shipment,
    ),
    _Endpoint(
        name="return_status",
        method="get",
        path=f"{_ORDER}/return",
        summary="Tells how far goods that were sent back have come, and whether money was refunded.",
        answer=answers.ReturnAnswer,
    ),
    _Endpoint(
        name="delivery_address",
        method="get",
        path=f"{_ORDER}/address",
        summary="Tells where the parcel of an order goes.",
        answer=AddressNow,
    ),
    _Endpoint(
        name="send_invoice",
        method="post",
        path=f"{_ORDER}/invoice",
        summary="Sends the invoice of an order to the e-mail address of the order.",
        answer=InvoiceSent,
        body=InvoiceBody,
    ),
    _Endpoint(
        name="preview_cancellation",
        method="get",
        path=f"{_ORDER}/cancellation/preview",
        summary="Tells whether an order can be cancelled, why not, and what goes back.",
        answer=deeds.CancellationPreview,
    ),
    _Endpoint(
        name="cancel_order",
        method="post",
        path=f"{_ORDER}/cancellation",
        summary="Cancels an order that is not shipped yet; what was paid goes back.",
        answer=deeds.CancellationAnswer,
        body=deeds.CancellationBody,
    ),
    _Endpoint(
        name="preview_return",
        method="post",
        path=f"{_ORDER}/returns/preview",
        summary="Tells whether goods can be sent back, why not, until when and for how much.",
        answer=deeds.ReturnPreview,
        body=deeds.ReturnBody,
    ),
    _Endpoint(
        name="announce_return",
        method="post",
        path=f"{_ORDER}/returns",
        summary="Announces that goods come back, within 30 days of delivery; gives a label.",
        answer=deeds.AnnouncedReturn,
        body=deeds.ReturnBody,
    ),
    _Endpoint(
        name="withdraw_return",
        method="post",
        path=f"{_ORDER}/returns/withdrawal",
        summary="Takes the announcement of a return back before the goods have arrived.",
        answer=deeds.WithdrawalAnswer,
        body=deeds.WithdrawalBody,
    ),
    _Endpoint(
        name="preview_refund",
        method="post",
        path=f"{_ORDER}/refunds/preview",
        summary="Tells whether money can go back, why not, and at most how much.",
        answer=deeds.RefundPreview,
        body=deeds.RefundBody,
    ),
    _Endpoint(
        name="refund",
        method="post",
        path=f"{_ORDER}/refunds",
        summary="Sends money back once goods have arrived or the order is cancelled.",
        answer=deeds.RefundAnswer,
        body=deeds.RefundBody,
    ),
    _Endpoint(
        name="preview_address",
        method="get",
        path=f"{_ORDER}/address/preview",
        summary="Tells whether a parcel can go somewhere else, why not, and how the address is read.",
        answer=deeds.AddressPreview,
        query=("address",),
    ),
    _Endpoint(
        name="change_address",
        method="put",
        path=f"{_ORDER}/address",
        summary="Sends the parcel of an order that is not shipped yet to another address.",
        answer=deeds.AddressAnswer,
        body=deeds.AddressBody,
    ),
    _Endpoint(
        name="send_code",
        method="post",
        path="/codes",
        summary="Sends a one-time code to the customer's own e-mail address.",
        answer=CodeSent,
        body=SendCodeBody,
    ),
    _Endpoint(
        name="check_code",
        method="post",
        path="/codes/check",
        summary="Tells whether a one-time code is the one that was sent.",
        answer=CodeChecked,
        body=CheckCodeBody,
    ),
    _Endpoint(
        name="operation",
        method="get",
        path="/operations/{idempotency_key}",
        summary="Tells what became of a call whose answer never arrived, by its idempotency key.",
        answer=Operation,
    ),
)


@cache
def document() -> dict[str, Any]:
    """Return the description of every endpoint that a shop's assistant may use."""
    paths: dict[str, dict[str, Any]] = {}
    for endpoint in _ENDPOINTS:
        paths.setdefault(endpoint.path, {})[endpoint.method] = _operation(endpoint)
    told = {
        "openapi": "3.1.0",
        "info": {"title": "Rialto merchant system", "version": "1.0.0"},
        "security": [{"token": []}],
        "paths": paths,
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "schemas": _schemas(),
        },
    }
    return msgspec.json.decode(
        msgspec.json.encode(told), type=dict[str, Any]
    )  # as whoever asks for it gets it


def _operation(endpoint: _Endpoint) -> dict[str, Any]:
    told: dict[str, Any] = {
        "operationId": endpoint.name,
        "summary": endpoint.summary,
        "parameters": list(_parameters(endpoint)),
        "responses": dict(_responses(endpoint)),
    }
    if endpoint.body is not None:
        told["requestBody"] = {
            "required": not endpoint.changes_something,
            "content": {"application/json": {"schema": _schema(endpoint.body)}},
        }
    return told


def _parameters(endpoint: _Endpoint) -> Iterator[dict[str, Any]]:
    text: dict[str, Any] = {"type": "string"}
    for name in ("order_number", "idempotency_key"):
        if f"{{{name}}}" in endpoint.path:
            yield {"name": name, "in": "path", "required": True, "schema": text}
    for name in endpoint.query:
        schema = text | {"enum": list(Language)} if name == "language" else text
        yield {"name": name, "in": "query", "required": name in ("q", "address"), "schema": schema}
    if endpoint.is_personal:
        yield {"name": "X-Customer-Ref", "in": "header", "required": True, "schema": text}
    if endpoint.takes_a_key:
        schema = text | {"minLength": 1, "maxLength": 255}
        yield {"name": "Idempotency-Key", "in": "header", "required": True, "schema": schema}


def _responses(endpoint: _Endpoint) -> Iterator[tuple[str, dict[str, Any]]]:
    kinds = [kind for kind in (endpoint.answer, endpoint.otherwise) if kind is not None]
    yield "200", _response("The answer.", "application/json", *kinds)
    problems = {"401": "The token is missing or wrong."}
    if endpoint.is_personal and endpoint.name != "operation":
        missing = "customer" if endpoint.name in _CODES else "order for this customer"
        problems["404"] = f"There is no such {missing}."
    if endpoint.changes_something:
        problems["409"] = "The state of the order does not allow it; ``reason`` says why."
    if endpoint.body is not None:
        problems["422"] = "A field is wrong, or the key was used for a different request."
    for status, description in problems.items():
        yield status, _response(description, "application/problem+json", answers.Problem)


def _response(description: str, media_type: str, *kinds: Any) -> dict[str, Any]:
    schemas = [_schema(kind) for kind in kinds]
    schema = schemas[0] if len(schemas) == 1 else {"anyOf": schemas}
    return {"description": description, "content": {media_type: {"schema": schema}}}


def _schema(kind: Any) -> dict[str, Any]:
    (schema,), _ = msgspec.json.schema_components([kind], ref_template=_TEMPLATE)
    return schema


def _schemas() -> dict[str, Any]:
    _, components = msgspec.json.schema_components(_kinds(_ENDPOINTS), ref_template=_TEMPLATE)
    return dict(sorted(components.items()))


def _kinds(endpoints: Iterable[_Endpoint]) -> list[Any]:
    kinds = [kind for one in endpoints for kind in (one.body, one.answer, one.otherwise)]
    return [*(kind for kind in kinds if kind is not None), answers.Problem]

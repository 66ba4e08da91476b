"""What the merchant system says: one frozen shape for each answer, made from the books by pure functions."""

from __future__ import annotations

from datetime import date

import msgspec

from fondaco.demo.erp.books import Books
from fondaco.demo.erp.catalog import Product
from fondaco.demo.erp.invoices import Effect
from fondaco.demo.erp.records import (
    CURRENCY,
    Order,
    OrderState,
    Return,
    ReturnState,
    StockState,
)
from fondaco.kit.language import Language


class Money(msgspec.Struct, frozen=True, kw_only=True):
    """An amount in minor units."""

    amount_minor: int
    currency: str = CURRENCY


class Matched(msgspec.Struct, frozen=True, kw_only=True):
    """The proof fits the order."""

    matched: bool = True
    customer_ref: str
    order_number: str


class NotMatched(msgspec.Struct, frozen=True, kw_only=True):
    """The proof is wrong or there is no such order; which of the two is not said."""

    matched: bool = False


class ItemAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """One product within an order; ``price`` is that of one piece."""

    sku: str
    name: str
    quantity: int
    price: Money


class OrderAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """An order; ``item_count`` counts pieces, ``first_item`` is a name for people."""

    order_number: str
    customer_ref: str
    state: OrderState
    placed_on: date
    item_count: int
    total: Money
    first_item: str
    items: list[ItemAnswer]


class ReturnAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Goods sent back; ``refund`` is null until money was sent."""

    order_number: str
    state: ReturnState
    announced_on: date | None
    received_on: date | None
    refunded_on: date | None
    refund: Money | None


class ProductAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The product a text speaks of, as it is today."""

    found: bool = True
    sku: str
    name: str
    state: StockState
    quantity: int
    price: Money
    restock_on: date | None


class NoProduct(msgspec.Struct, frozen=True, kw_only=True):
    """The text speaks of nothing that Rialto sells."""

    found: bool = False


class EffectsAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Effects by key; ask again with ``next_since`` for what comes after them."""

    effects: list[Effect]
    next_since: int


class Health(msgspec.Struct, frozen=True, kw_only=True):
    """The system answers; ``today`` is the day its books tell of."""

    status: str
    today: date


class Problem(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An error as RFC 9457 writes it."""

    type: str
    title: str
    status: int
    detail: str
    reason: str = ""  #: for programs, where the state of an order does not allow a change


def order_answer(books: Books, order: Order, language: Language | None) -> OrderAnswer:
    """Return the order with names in ``language``, or in the language of whoever ordered."""
    spoken = language or books.people[order.customer_ref].language
    items = [
        ItemAnswer(
            sku=line.sku,
            name=books.products[line.sku].names[spoken],
            quantity=line.quantity,
            price=Money(amount_minor=line.price_minor),
        )
        for line in order.lines
    ]
    return OrderAnswer(
        order_number=order.order_number,
        customer_ref=order.customer_ref,
        state=order.state,
        placed_on=order.placed_on,
        item_count=sum(line.quantity for line in order.lines),
        total=Money(amount_minor=order.total_minor),
        first_item=items[0].name,
        items=items,
    )


def return_answer(back: Return) -> ReturnAnswer:
    """Return what was sent back of an order; state ``none`` if nothing was."""
    return ReturnAnswer(
        order_number=back.order_number,
        state=back.state,
        announced_on=back.announced_on,
        received_on=back.received_on,
        refunded_on=back.refunded_on,
        refund=None if back.refund_minor is None else Money(amount_minor=back.refund_minor),
    )


def product_answer(books: Books, product: Product, language: Language) -> ProductAnswer:
    """Return today's price and stock of a product."""
    offer = books.offers[product.sku]
    return ProductAnswer(
        sku=product.sku,
        name=product.names[language],
        state=offer.state,
        quantity=offer.quantity,
        price=Money(amount_minor=offer.price_minor),
        restock_on=offer.restock_on,
    )

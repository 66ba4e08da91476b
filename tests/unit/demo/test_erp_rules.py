"""The shop's terms: what may still be done with an order, and why not."""

from __future__ import annotations

from datetime import date, timedelta

import msgspec
import pytest

from fondaco.demo.erp.addresses import Address
from fondaco.demo.erp.books import Books
from fondaco.demo.erp.changes import Change, Deed
from fondaco.demo.erp.generate import generate
from fondaco.demo.erp.records import OrderState, ReturnState
from fondaco.demo.erp.rules import (
    Item,
    Reason,
    against_address,
    against_cancellation,
    against_refund,
    against_return,
    against_withdrawal,
    last_return_day,
)
from fondaco.demo.erp.standing import Standing, standing_of

TODAY = date(2026, 3, 2)
BOOKS = Books(generate(today=TODAY))
PACKED, SHIPPED, DELIVERED = "RI-10311", "RI-10482", "RI-10077"
RECEIVED, REFUNDED = "RI-10015", "RI-10020"
ADDRESS = Address(street="Lindenstraße 5", postcode="04109", city="Leipzig", country="DE")


def change(number: str, deed: Deed, amount_minor: int | None = None, detail: object = None) -> Change:
    return Change(
        key="k",
        order_number=number,
        deed=deed,
        done_on=TODAY,
        amount_minor=amount_minor,
        detail=msgspec.Raw(msgspec.json.encode(detail)),
    )


def standing(number: str, *deeds: Deed) -> Standing:
    return standing_of(BOOKS, BOOKS.orders[number], [change(number, deed) for deed in deeds])


def of_story(returned: ReturnState) -> str:
    return next(number for number, back in BOOKS.returns.items() if back.state is returned)


@pytest.mark.parametrize(
    ("number", "deeds", "reason"),
    [
        (PACKED, (), None),
        (SHIPPED, (), Reason.ALREADY_SHIPPED),
        (DELIVERED, (), Reason.ALREADY_SHIPPED),
        (PACKED, (Deed.CANCELLATION,), Reason.ALREADY_CANCELLED),
    ],
)
def test_an_order_is_cancelled_before_it_is_sent_and_once(
    number: str, deeds: tuple[Deed, ...], reason: Reason | None
) -> None:
    assert against_cancellation(standing(number, *deeds)) is reason


@pytest.mark.parametrize(
    ("number", "deeds", "items", "reason"),
    [
        (DELIVERED, (), [], None),
        (DELIVERED, (), [Item(sku="TE-101", quantity=2)], None),
        (DELIVERED, (), [Item(sku="TE-101", quantity=3)], Reason.UNKNOWN_ITEM),
        (DELIVERED, (), [Item(sku="TE-101", quantity=0)], Reason.UNKNOWN_ITEM),
        (DELIVERED, (), [Item(sku="TK-104")], Reason.UNKNOWN_ITEM),
        (DELIVERED, (), [Item(sku="TE-101"), Item(sku="TE-101")], Reason.UNKNOWN_ITEM),
        (SHIPPED, (), [], Reason.NOT_DELIVERED),
        (PACKED, (Deed.CANCELLATION,), [], Reason.ALREADY_CANCELLED),
        (RECEIVED, (), [], Reason.ALREADY_ANNOUNCED),
        (DELIVERED, (Deed.RETURN,), [], Reason.ALREADY_ANNOUNCED),
        (DELIVERED, (Deed.RETURN, Deed.WITHDRAWAL), [], None),
    ],
)
def test_pieces_of_a_delivered_order_come_back_once(
    number: str, deeds: tuple[Deed, ...], items: list[Item], reason: Reason | None
) -> None:
    assert against_return(standing(number, *deeds), items) is reason


@pytest.mark.parametrize(("days_after", "reason"), [(0, None), (1, Reason.TOO_LATE)])
def test_thirty_days_after_delivery_is_the_last_day(days_after: int, reason: Reason | None) -> None:
    delivered = standing(DELIVERED)
    last_day = last_return_day(delivered)
    assert last_day is not None

    then = msgspec.structs.replace(delivered, today=last_day + timedelta(days=days_after))

    assert against_return(then, []) is reason


@pytest.mark.parametrize(
    ("number", "deeds", "reason"),
    [
        (DELIVERED, (Deed.RETURN,), None),
        (DELIVERED, (), Reason.NOTHING_ANNOUNCED),
        (DELIVERED, (Deed.RETURN, Deed.WITHDRAWAL), Reason.NOTHING_ANNOUNCED),
        (RECEIVED, (), Reason.NOTHING_ANNOUNCED),
    ],
)
def test_only_what_is_announced_is_withdrawn(
    number: str, deeds: tuple[Deed, ...], reason: Reason | None
) -> None:
    assert against_withdrawal(standing(number, *deeds)) is reason


@pytest.mark.parametrize(
    ("number", "deeds", "reason"),
    [
        (RECEIVED, (), None),
        (DELIVERED, (), Reason.NOTHING_RETURNED),
        (SHIPPED, (), Reason.NOTHING_RETURNED),
        (DELIVERED, (Deed.RETURN,), Reason.NOT_ARRIVED),
        (REFUNDED, (), Reason.NOTHING_LEFT),
        (of_story(ReturnState.REFUSED), (), Reason.RETURN_REFUSED),
        (PACKED, (Deed.CANCELLATION,), None),
    ],
)
def test_money_goes_back_once_goods_are_here_or_the_order_is_cancelled(
    number: str, deeds: tuple[Deed, ...], reason: Reason | None
) -> None:
    assert against_refund(standing(number, *deeds), 100, "EUR") is reason


def test_never_more_goes_back_than_was_paid() -> None:
    first = standing(RECEIVED)
    half = first.paid_minor // 2
    second = standing_of(BOOKS, BOOKS.orders[RECEIVED], [change(RECEIVED, Deed.REFUND, half)])

    assert second.left_minor == first.paid_minor - half
    assert against_refund(second, second.left_minor, "EUR") is None
    assert against_refund(second, second.left_minor + 1, "EUR") is Reason.TOO_MUCH
    assert against_refund(first, 1, "USD") is Reason.WRONG_CURRENCY


@pytest.mark.parametrize(
    ("number", "deeds", "address", "reason"),
    [
        (PACKED, (), ADDRESS, None),
        (PACKED, (), None, Reason.ADDRESS_UNCLEAR),
        (PACKED, (), standing(PACKED).address, Reason.SAME_ADDRESS),
        (SHIPPED, (), ADDRESS, Reason.ALREADY_SHIPPED),
        (PACKED, (Deed.CANCELLATION,), ADDRESS, Reason.ALREADY_CANCELLED),
    ],
)
def test_a_parcel_goes_somewhere_else_until_it_is_sent(
    number: str, deeds: tuple[Deed, ...], address: Address | None, reason: Reason | None
) -> None:
    assert against_address(standing(number, *deeds), address) is reason


def test_changes_are_laid_over_the_books_in_their_order() -> None:
    moved = change(PACKED, Deed.ADDRESS, detail=ADDRESS)
    cancelled = change(PACKED, Deed.CANCELLATION, 5_000)

    after = standing_of(BOOKS, BOOKS.orders[PACKED], [moved, cancelled])

    assert after.address == ADDRESS
    assert (after.order.state, after.shipment) == (OrderState.CANCELLED, None)
    assert (after.returned.state, after.refunded_minor) == (ReturnState.REFUNDED, 5_000)
    assert BOOKS.orders[PACKED].state is OrderState.PACKED

"""Which changes the shop's terms allow, and the reason where they do not."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from enum import StrEnum

import msgspec

from fondaco.demo.erp.addresses import Address
from fondaco.demo.erp.records import CURRENCY, Line, OrderState, ReturnState
from fondaco.demo.erp.standing import Standing

RETURN_DAYS = 30  #: so long after delivery goods may be announced to come back


class Reason(StrEnum):
    """Why a change is not allowed; programs read it."""

    ALREADY_SHIPPED = "already-shipped"  #: the carrier has it, or it has arrived
    ALREADY_CANCELLED = "already-cancelled"  #: there is nothing left to change
    NOT_DELIVERED = "not-delivered"  #: what has not arrived cannot come back
    TOO_LATE = "too-late"  #: the days for a return are over
    ALREADY_ANNOUNCED = "already-announced"  #: the goods are announced, on their way back or here
    UNKNOWN_ITEM = "unknown-item"  #: the order has no such product, or fewer pieces of it
    NOTHING_ANNOUNCED = "nothing-announced"  #: no return is announced that could be withdrawn
    NOTHING_RETURNED = (
        "nothing-returned"  #: money goes back once goods have arrived or the order is cancelled
    )
    NOT_ARRIVED = "not-arrived"  #: the goods are announced, but not here yet
    RETURN_REFUSED = "return-refused"  #: the goods were not accepted
    NOTHING_LEFT = "nothing-left"  #: all that was paid has gone back
    TOO_MUCH = "too-much"  #: more than was paid, less what has gone back
    WRONG_CURRENCY = "wrong-currency"  #: the shop sells in one currency
    ADDRESS_UNCLEAR = "address-unclear"  #: street with number, postcode or city cannot be told
    SAME_ADDRESS = "same-address"  #: it goes there anyway


class Item(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Pieces of one product of an order."""

    sku: str
    quantity: int = 1


def last_return_day(standing: Standing) -> date | None:
    """Return until when the order's goods may be announced to come back; None before they have arrived."""
    parcel = standing.shipment
    if parcel is None or parcel.delivered_on is None:
        return None
    return parcel.delivered_on + timedelta(days=RETURN_DAYS)


def against_cancellation(standing: Standing) -> Reason | None:
    """Return what stands against cancelling, or None."""
    return _against_a_change_before_shipment(standing)


def against_return(standing: Standing, items: Sequence[Item]) -> Reason | None:
    """Return what stands against announcing these pieces; an empty list means all."""
    last_day = last_return_day(standing)
    if standing.order.state is OrderState.CANCELLED:
        return Reason.ALREADY_CANCELLED
    if last_day is None:
        return Reason.NOT_DELIVERED
    if standing.returned.state is not ReturnState.NONE:
        return Reason.ALREADY_ANNOUNCED
    if standing.today > last_day:
        return Reason.TOO_LATE
    return None if pieces(standing.order.lines, items) else Reason.UNKNOWN_ITEM


def against_withdrawal(standing: Standing) -> Reason | None:
    """Return what stands against taking an announced return back, or None."""
    announced = standing.returned.state is ReturnState.ANNOUNCED
    return None if announced else Reason.NOTHING_ANNOUNCED


def against_refund(standing: Standing, amount_minor: int, currency: str) -> Reason | None:
    """Return what stands against sending so much money back, or None."""
    waits_for = {
        ReturnState.NONE: Reason.NOTHING_RETURNED,
        ReturnState.ANNOUNCED: Reason.NOT_ARRIVED,
        ReturnState.REFUSED: Reason.RETURN_REFUSED,
    }.get(standing.returned.state)
    if waits_for is not None and standing.order.state is not OrderState.CANCELLED:
        return waits_for
    if standing.left_minor == 0:
        return Reason.NOTHING_LEFT
    if currency != CURRENCY:
        return Reason.WRONG_CURRENCY
    return Reason.TOO_MUCH if amount_minor > standing.left_minor else None


def against_address(standing: Standing, address: Address | None) -> Reason | None:
    """Return what stands against sending the parcel there, or None."""
    reason = _against_a_change_before_shipment(standing)
    if reason is not None:
        return reason
    if address is None:
        return Reason.ADDRESS_UNCLEAR
    return Reason.SAME_ADDRESS if address == standing.address else None


def pieces(lines: Sequence[Line], items: Sequence[Item]) -> tuple[Line, ...]:
    """Return the wanted pieces as lines with their prices; nothing where the order has fewer."""
    ordered = {line.sku: line for line in lines}
    wanted = {item.sku: item.quantity for item in items} or {line.sku: line.quantity for line in lines}
    if len(wanted) < len(items):
        return ()
    if any(sku not in ordered or not 0 < count <= ordered[sku].quantity for sku, count in wanted.items()):
        return ()
    return tuple(msgspec.structs.replace(ordered[sku], quantity=count) for sku, count in wanted.items())


def _against_a_change_before_shipment(standing: Standing) -> Reason | None:
    match standing.order.state:
        case OrderState.PLACED | OrderState.PACKED:
            return None
        case OrderState.CANCELLED:
            return Reason.ALREADY_CANCELLED
        case OrderState.SHIPPED | OrderState.DELIVERED:
            return Reason.ALREADY_SHIPPED

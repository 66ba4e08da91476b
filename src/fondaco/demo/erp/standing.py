"""What an order has come to: the books of the day with every change laid over them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import msgspec

from fondaco.demo.erp.addresses import Address
from fondaco.demo.erp.books import Books
from fondaco.demo.erp.changes import Change, Deed
from fondaco.demo.erp.records import Order, OrderState, Return, ReturnState, Shipment


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """Everything about one order that decides what may still be done with it."""

    today: date
    order: Order
    shipment: Shipment | None
    returned: Return  #: state ``none`` where nothing was announced
    address: Address
    changes: int  #: how many changes were made so far

    @property
    def paid_minor(self) -> int:
        """What was paid; every order is paid when it is placed."""
        return self.order.total_minor

    @property
    def refunded_minor(self) -> int:
        """What has gone back already."""
        return self.returned.refund_minor or 0

    @property
    def left_minor(self) -> int:
        """What could still go back."""
        return self.paid_minor - self.refunded_minor


def standing_of(books: Books, order: Order, changes: Iterable[Change]) -> Standing:
    """Return the order as it stands after these changes, which are in the order they took effect."""
    person = books.people[order.customer_ref]
    address = Address(
        street=person.street, postcode=person.postcode, city=person.city, country=person.country
    )
    nothing = Return(order_number=order.order_number, state=ReturnState.NONE)
    standing = Standing(
        today=books.today,
        order=order,
        shipment=books.shipments.get(order.order_number),
        returned=books.returns.get(order.order_number, nothing),
        address=address,
        changes=0,
    )
    for change in changes:
        standing = _after(standing, change)
    return standing


def _after(standing: Standing, change: Change) -> Standing:
    counted = msgspec.structs.replace(standing, changes=standing.changes + 1)
    match change.deed:
        case Deed.CANCELLATION:
            order = msgspec.structs.replace(standing.order, state=OrderState.CANCELLED)
            return _refunded(msgspec.structs.replace(counted, order=order, shipment=None), change)
        case Deed.RETURN:
            announced = Return(
                order_number=change.order_number, state=ReturnState.ANNOUNCED, announced_on=change.done_on
            )
            return msgspec.structs.replace(counted, returned=announced)
        case Deed.WITHDRAWAL:
            nothing = Return(order_number=change.order_number, state=ReturnState.NONE)
            return msgspec.structs.replace(counted, returned=nothing)
        case Deed.REFUND:
            return _refunded(counted, change)
        case Deed.ADDRESS:
            return msgspec.structs.replace(counted, address=msgspec.json.decode(change.detail, type=Address))


def _refunded(standing: Standing, change: Change) -> Standing:
    returned = msgspec.structs.replace(
        standing.returned,
        state=ReturnState.REFUNDED,
        refunded_on=change.done_on,
        refund_minor=standing.refunded_minor + (change.amount_minor or 0),
    )
    return msgspec.structs.replace(standing, returned=returned)

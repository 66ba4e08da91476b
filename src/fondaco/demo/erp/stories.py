"""What has happened to an order by today, told from one word and the day it was placed."""

from __future__ import annotations

from datetime import date, timedelta
from enum import Enum

import msgspec

from fondaco.demo.erp.records import OrderState, Return, ReturnState, Shipment, ShipmentState
from fondaco.demo.erp.regions import Region

PROMISE_DAYS = 6  #: every order is promised this many days after it was placed


class Plot(msgspec.Struct, frozen=True):
    """How a story looks in the three books, how old it may be in days, and how frequent it is."""

    order: OrderState
    shipment: ShipmentState | None
    returned: ReturnState
    days: tuple[int, int]
    weight: int


class Story(Enum):
    """Everything that can have become of an order."""

    PLACED = Plot(OrderState.PLACED, ShipmentState.PREPARING, ReturnState.NONE, (0, 1), 6)
    PACKED = Plot(OrderState.PACKED, ShipmentState.PREPARING, ReturnState.NONE, (1, 2), 6)
    IN_TRANSIT = Plot(OrderState.SHIPPED, ShipmentState.IN_TRANSIT, ReturnState.NONE, (2, 5), 16)
    OUT_FOR_DELIVERY = Plot(OrderState.SHIPPED, ShipmentState.OUT_FOR_DELIVERY, ReturnState.NONE, (6, 6), 5)
    DELIVERED = Plot(OrderState.DELIVERED, ShipmentState.DELIVERED, ReturnState.NONE, (6, 90), 45)
    DELAYED = Plot(OrderState.SHIPPED, ShipmentState.DELAYED, ReturnState.NONE, (8, 12), 5)
    LOST = Plot(OrderState.SHIPPED, ShipmentState.LOST, ReturnState.NONE, (25, 40), 2)
    CANCELLED = Plot(OrderState.CANCELLED, None, ReturnState.NONE, (3, 60), 5)
    ANNOUNCED = Plot(OrderState.DELIVERED, ShipmentState.DELIVERED, ReturnState.ANNOUNCED, (9, 20), 3)
    RECEIVED = Plot(OrderState.DELIVERED, ShipmentState.DELIVERED, ReturnState.RECEIVED, (14, 25), 3)
    REFUNDED = Plot(OrderState.DELIVERED, ShipmentState.DELIVERED, ReturnState.REFUNDED, (20, 60), 3)
    REFUSED = Plot(OrderState.DELIVERED, ShipmentState.DELIVERED, ReturnState.REFUSED, (20, 60), 1)


#: Days from placing to the last thing the carrier reported, where that is a fixed distance.
_LAST_EVENT_DAYS = {ShipmentState.DELIVERED: 5, ShipmentState.LOST: 8, ShipmentState.DELAYED: 5}
#: Days before today, where the carrier is still moving the parcel.
_LAST_EVENT_AGO = {ShipmentState.IN_TRANSIT: 1, ShipmentState.OUT_FOR_DELIVERY: 0}


class Parcel(msgspec.Struct, frozen=True, kw_only=True):
    """The parts of a shipment that its story does not tell."""

    order_number: str
    placed_on: date
    region: Region
    city: str
    tracking_number: str


def shipment_of(story: Story, parcel: Parcel, today: date) -> Shipment | None:
    """Return the shipment as the carrier reports it today, or None for an order that will never be sent."""
    state = story.value.shipment
    if state is None:
        return None
    preparing = state is ShipmentState.PREPARING
    last_event_on = _last_event_on(state, parcel.placed_on, today)
    return Shipment(
        order_number=parcel.order_number,
        state=state,
        carrier=None if preparing else parcel.region.carrier,
        tracking_number=None if preparing else parcel.tracking_number,
        promised_on=parcel.placed_on + timedelta(days=PROMISE_DAYS),
        last_place=_last_place(state, parcel),
        last_event_on=last_event_on,
        delivered_on=last_event_on if state is ShipmentState.DELIVERED else None,
    )


def _last_event_on(state: ShipmentState, placed_on: date, today: date) -> date:
    if state in _LAST_EVENT_AGO:
        return today - timedelta(days=_LAST_EVENT_AGO[state])
    return placed_on + timedelta(days=_LAST_EVENT_DAYS.get(state, 0))


def _last_place(state: ShipmentState, parcel: Parcel) -> str:
    if state is ShipmentState.PREPARING:
        return parcel.region.warehouse
    if state in (ShipmentState.DELIVERED, ShipmentState.OUT_FOR_DELIVERY):
        return parcel.city
    return parcel.region.hub


def return_of(story: Story, order_number: str, placed_on: date, total_minor: int) -> Return | None:
    """Return what was sent back, or None; refunds are of the whole order."""
    state = story.value.returned
    if state is ReturnState.NONE:
        return None
    refunded = state is ReturnState.REFUNDED
    return Return(
        order_number=order_number,
        state=state,
        announced_on=placed_on + timedelta(days=8),
        received_on=None if state is ReturnState.ANNOUNCED else placed_on + timedelta(days=12),
        refunded_on=placed_on + timedelta(days=15) if refunded else None,
        refund_minor=total_minor if refunded else None,
    )

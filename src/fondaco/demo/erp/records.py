"""The rows of the merchant system as frozen values."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

import msgspec

from fondaco.kit.language import Language

CURRENCY = "EUR"  #: Rialto sells in one currency


class OrderState(StrEnum):
    """How far an order has come."""

    PLACED = "placed"  #: paid, nobody has touched it yet
    PACKED = "packed"  #: waits in the warehouse for the carrier
    SHIPPED = "shipped"  #: with the carrier
    DELIVERED = "delivered"  #: handed over
    CANCELLED = "cancelled"  #: will never be sent


class ShipmentState(StrEnum):
    """Where the parcel is."""

    PREPARING = "preparing"  #: still in the warehouse
    IN_TRANSIT = "in_transit"  #: on the way, in time
    OUT_FOR_DELIVERY = "out_for_delivery"  #: in the van, arrives today
    DELIVERED = "delivered"  #: handed over
    DELAYED = "delayed"  #: on the way, the promised day has passed
    LOST = "lost"  #: the carrier has given it up


class ReturnState(StrEnum):
    """How far goods sent back have come."""

    NONE = "none"  #: nothing was sent back
    ANNOUNCED = "announced"  #: label made, parcel not here yet
    RECEIVED = "received"  #: parcel here, refund open
    REFUNDED = "refunded"  #: money sent
    REFUSED = "refused"  #: parcel here, no refund


class StockState(StrEnum):
    """Whether a product can be ordered."""

    IN_STOCK = "in_stock"  #: more than five pieces
    LOW = "low"  #: one to five pieces
    OUT = "out"  #: none


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """Someone who has ordered."""

    customer_ref: str
    name: str
    email: str
    street: str
    postcode: str
    city: str
    country: str  #: ISO 3166-1 alpha-2
    language: Language


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One product within an order; the price is that of one piece."""

    sku: str
    quantity: int
    price_minor: int


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """What was ordered, by whom and when."""

    order_number: str
    customer_ref: str
    state: OrderState
    placed_on: date
    lines: tuple[Line, ...]

    @property
    def total_minor(self) -> int:
        """The sum of all lines in minor units; sending is free."""
        return sum(line.quantity * line.price_minor for line in self.lines)


class Shipment(msgspec.Struct, frozen=True, kw_only=True):
    """The parcel of an order; carrier and tracking number are null while it is prepared."""

    order_number: str
    state: ShipmentState
    carrier: str | None
    tracking_number: str | None
    promised_on: date
    last_place: str
    last_event_on: date
    delivered_on: date | None


class Return(msgspec.Struct, frozen=True, kw_only=True):
    """Goods sent back."""

    order_number: str
    state: ReturnState
    announced_on: date | None = None
    received_on: date | None = None
    refunded_on: date | None = None
    refund_minor: int | None = None


class Offer(msgspec.Struct, frozen=True, kw_only=True):
    """Price and stock of a product today."""

    sku: str
    price_minor: int
    quantity: int
    restock_on: date | None

    @property
    def state(self) -> StockState:
        """What the quantity means."""
        if self.quantity == 0:
            return StockState.OUT
        return StockState.LOW if self.quantity <= 5 else StockState.IN_STOCK


class Rows(msgspec.Struct, frozen=True, kw_only=True):
    """Everything the merchant system knows on one day."""

    today: date
    seed: int
    people: tuple[Person, ...]
    orders: tuple[Order, ...]
    shipments: tuple[Shipment, ...]
    returns: tuple[Return, ...]
    offers: tuple[Offer, ...]

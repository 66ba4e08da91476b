"""Draws situations of the demo shop: two orders or products, and what its tools said of them.

Everything comes from the demo's own books and rules; only the HTTP between is left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from typing import TypeVar

import msgspec

from fondaco.demo.erp import deeds
from fondaco.demo.erp.answers import order_answer, product_answer, return_answer
from fondaco.demo.erp.books import Books
from fondaco.demo.erp.generate import generate
from fondaco.demo.erp.records import Order, ReturnState, ShipmentState
from fondaco.demo.erp.standing import Standing, standing_of
from fondaco.domain.contracts import Action
from fondaco.domain.ids import CallId
from fondaco.domain.tools import CallState, Effect, ToolCall
from fondaco.kit.chance import Chance
from fondaco.kit.language import Language
from fondaco.kit.money import Money
from fondaco.lab.guard.house import done_by
from fondaco.lab.guard.spoiling import pick

T = TypeVar("T")

TODAY = date(2026, 11, 23)
_RETURN_DAYS = 30
_FEWEST = 4  # pieces of a product that is worth a count


class Scene(StrEnum):
    """What is going on."""

    MOVING = "moving"  #: both orders are on their way
    DELAYED = "delayed"  #: the first one is late
    PREPARING = "preparing"  #: both are in the warehouse
    DELIVERED = "delivered"  #: both have arrived and may come back
    RECEIVED = "received"  #: both have come back
    REFUNDED = "refunded"  #: both were paid back
    PRODUCT = "product"  #: two products are asked for
    SOLDOUT = "soldout"  #: the first one is sold out
    ARTICLE = "article"  #: nothing but articles
    CANCELLED_NOW = "cancelled_now"  #: the first order was cancelled in this turn
    RETURNED_NOW = "returned_now"  #: a return of the first was announced in this turn


@dataclass(frozen=True, slots=True)
class Named:
    """The number or address of something."""

    text: str


@dataclass(frozen=True, slots=True)
class State:
    """A state that a tool told."""

    tool: str
    value: str


#: What a slot holds; a bare text is a name, such as a place or a carrier.
Worth = Money | date | int | Named | State | str
Thing = Mapping[str, Worth]


@dataclass(frozen=True, slots=True)
class Drawn:
    """A situation with everything that was told of it."""

    things: Mapping[str, Thing]
    calls: tuple[ToolCall, ...] = ()
    actions: tuple[Action, ...] = ()

    def worth(self, thing: str, field: str) -> Worth:
        """Return what belongs into a slot."""
        return self.things[thing][field]


_MOVING = frozenset({ShipmentState.IN_TRANSIT, ShipmentState.OUT_FOR_DELIVERY})
_SHIPMENTS = {
    Scene.MOVING: (_MOVING, _MOVING),
    Scene.DELAYED: (frozenset({ShipmentState.DELAYED}), _MOVING),
    Scene.PREPARING: (frozenset({ShipmentState.PREPARING}),) * 2,
    Scene.CANCELLED_NOW: (frozenset({ShipmentState.PREPARING}),) * 2,
}
_RETURNS = {Scene.RECEIVED: ReturnState.RECEIVED, Scene.REFUNDED: ReturnState.REFUNDED}


@cache
def books(seed: int) -> Books:
    """Return the demo shop's books of the day."""
    return Books(generate(today=TODAY, seed=seed))


def draw(scene: Scene, language: Language, chance: Chance, order: str = "") -> Drawn:
    """Return a situation; ``order`` names the field by which the first order comes first."""
    shop = books(1 + pick(40, chance))
    if scene is Scene.ARTICLE:
        return Drawn({})
    if scene in (Scene.PRODUCT, Scene.SOLDOUT):
        return _products(shop, scene, language, chance)
    firsts, seconds = _candidates(shop, scene)
    first, second = _two(firsts, seconds, chance)
    told = [_Telling(shop, one, scene, language) for one in (first, second)]
    if order and told[0].order_value(order) > told[1].order_value(order):
        told.reverse()
    return _told(told, scene)


def _two(firsts: Sequence[Order], seconds: Sequence[Order], chance: Chance) -> tuple[Order, Order]:
    first = firsts[pick(len(firsts), chance)]
    others = [one for one in seconds if one.order_number != first.order_number]
    return first, others[pick(len(others), chance)]


def _candidates(shop: Books, scene: Scene) -> tuple[list[Order], list[Order]]:
    if scene in _SHIPMENTS:
        first, second = _SHIPMENTS[scene]
        return _shipped_as(shop, first), _shipped_as(shop, second)
    if scene in _RETURNS:
        found = [one for one in shop.returns.values() if one.state is _RETURNS[scene]]
        orders = [shop.orders[one.order_number] for one in found]
    else:
        orders = [
            shop.orders[one.order_number]
            for one in shop.shipments.values()
            if one.delivered_on is not None
            and (TODAY - one.delivered_on).days < _RETURN_DAYS
            and one.order_number not in shop.returns
        ]
    return orders, orders


def _shipped_as(shop: Books, states: frozenset[ShipmentState]) -> list[Order]:
    return [shop.orders[one.order_number] for one in shop.shipments.values() if one.state in states]


class _Telling:
    """Calls the tools for one order, and remembers what they said as values of slots."""

    def __init__(self, shop: Books, order: Order, scene: Scene, language: Language) -> None:
        self._standing: Standing = standing_of(shop, order, ())
        self._arguments = {"order_number": order.order_number}
        self.calls: list[ToolCall] = []
        self.thing: dict[str, Worth] = {}
        self._order(shop, order, language)
        for tell in _TOLD[scene]:
            tell(self)

    def order_value(self, field: str) -> date:
        """Return a day by which orders are sorted."""
        worth = self.thing[field]
        return worth if isinstance(worth, date) else date.max

    def _call(self, tool: str, answer: msgspec.Struct, effect: Effect = Effect.READ) -> ToolCall:
        number = self._standing.order.order_number
        made = ToolCall(
            id=CallId(f"call_{number}_{tool}"),
            tool=tool,
            arguments=self._arguments,
            effect=effect,
            idempotency_key=f"{number}_{tool}",
            state=CallState.DONE,
            result=msgspec.to_builtins(answer),
        )
        self.calls.append(made)
        return made

    def _order(self, shop: Books, order: Order, language: Language) -> None:
        answer = order_answer(shop, order, language)
        self._call("order", answer)
        self.thing |= {
            "number": Named(answer.order_number),
            "state": State("order", answer.state),
            "placed": answer.placed_on,
            "count": answer.item_count,
            "total": _money(answer.total),
            "item": answer.first_item,
        }

    def shipment(self) -> None:
        parcel = self._standing.shipment
        if parcel is None:
            return
        self._call("shipment", parcel)
        self.thing |= {
            "ship_state": State("shipment", parcel.state),
            "promised": parcel.promised_on,
            "event": parcel.last_event_on,
            "place": parcel.last_place,
        }
        if parcel.tracking_number is not None:
            self.thing |= {"carrier": parcel.carrier or "", "tracking": Named(parcel.tracking_number)}
        if parcel.delivered_on is not None:
            self.thing |= {"delivered": parcel.delivered_on}

    def returned(self) -> None:
        back = return_answer(self._standing.returned)
        self._call("return_status", back)
        self.thing |= {"return_state": State("return_status", back.state)}
        days = {
            "announced": back.announced_on,
            "received": back.received_on,
            "refunded_on": back.refunded_on,
        }
        self.thing |= {name: day for name, day in days.items() if day is not None}
        if back.refund is not None:
            self.thing |= {"refund": _money(back.refund)}

    def cancel_preview(self) -> None:
        seen = deeds.Cancellation().preview(self._standing, deeds.CancellationBody())
        self._call("cancel_preview", seen)
        self.thing |= {"cancel_refund": _money(seen.refund), "refund_days": seen.refund_days}

    def return_preview(self) -> None:
        seen = deeds.Returning().preview(self._standing, deeds.ReturnBody())
        self._call("return_preview", seen)
        self.thing |= {"return_refund": _money(seen.refund), "last_day": seen.last_day or TODAY}

    def cancel(self) -> ToolCall:
        """Cancel the order."""
        done = deeds.Cancellation().effect(self._standing, deeds.CancellationBody())
        return self._call("cancel_order", done.answer, Effect.WRITE)

    def announce(self) -> ToolCall:
        """Announce a return of all."""
        done = deeds.Returning().effect(self._standing, deeds.ReturnBody())
        made = self._call("announce_return", done.answer, Effect.WRITE)
        answer = msgspec.convert(made.result, deeds.AnnouncedReturn)
        self.thing |= {
            "return_number": Named(answer.return_number),
            "send_by": answer.send_by,
            "label": Named(answer.label_url),
        }
        return made


_TOLD: dict[Scene, tuple[Callable[[_Telling], None], ...]] = {
    Scene.MOVING: (_Telling.shipment,),
    Scene.DELAYED: (_Telling.shipment,),
    Scene.PREPARING: (_Telling.shipment, _Telling.cancel_preview),
    Scene.DELIVERED: (_Telling.shipment, _Telling.return_preview),
    Scene.RECEIVED: (_Telling.returned,),
    Scene.REFUNDED: (_Telling.returned,),
    Scene.CANCELLED_NOW: (_Telling.cancel_preview,),
    Scene.RETURNED_NOW: (_Telling.shipment, _Telling.return_preview),
}


def _told(told: Sequence[_Telling], scene: Scene) -> Drawn:
    done: list[ToolCall] = []
    if scene is Scene.CANCELLED_NOW:
        done = [told[0].cancel()]
    elif scene is Scene.RETURNED_NOW:
        done = [told[0].announce()]
    first, second = told[0].thing, told[1].thing
    return Drawn(
        things={"a": first, "b": second, "ab": dict(_together(first["total"], second["total"]))},
        calls=tuple(call for one in told for call in one.calls),
        actions=tuple(done_by(call, str(call.arguments["order_number"])) for call in done),
    )


def _products(shop: Books, scene: Scene, language: Language, chance: Chance) -> Drawn:
    offers = list(shop.offers.values())
    there = [one for one in offers if one.quantity >= _FEWEST]
    firsts = [one for one in offers if one.quantity == 0] if scene is Scene.SOLDOUT else there
    first = firsts[pick(len(firsts), chance)]
    others = [one for one in there if one.sku != first.sku]
    things: dict[str, Thing] = {}
    calls = []
    for name, offer in zip("pq", (first, others[pick(len(others), chance)]), strict=True):
        answer = product_answer(shop, shop.products[offer.sku], language)
        calls.append(_asked(name, answer.name, msgspec.to_builtins(answer)))
        thing: dict[str, Worth] = {
            "name": answer.name,
            "sku": Named(answer.sku),
            "price": _money(answer.price),
            "quantity": answer.quantity,
            "state": State("product", answer.state),
        }
        things[name] = thing | ({"restock": answer.restock_on} if answer.restock_on else {})
    things["pq"] = dict(_together(things["p"]["price"], things["q"]["price"]))
    return Drawn(things, tuple(calls))


def _asked(name: str, message: str, result: dict[str, object]) -> ToolCall:
    call = ToolCall(
        id=CallId(f"call_{name}"),
        tool="product",
        arguments={"message": message},
        effect=Effect.READ,
        idempotency_key=name,
        state=CallState.DONE,
    )
    return msgspec.structs.replace(call, result=result)


def _together(first: Worth, second: Worth) -> Iterator[tuple[str, Worth]]:
    if isinstance(first, Money) and isinstance(second, Money):
        one, other = first.amount_minor, second.amount_minor
        yield "sum", replace_amount(first, one + other)
        yield "diff", replace_amount(first, abs(one - other))


def replace_amount(money: Money, minor: int) -> Money:
    """Return another amount of the same currency."""
    return Money(minor, money.currency)


def _money(told: msgspec.Struct) -> Money:
    return msgspec.convert(msgspec.to_builtins(told), Money)

"""Finds and changes the retail world's records; every refusal comes before the first change."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from fondaco.lab.tau.world import Record, Refused, Tables

#: Parts of an address in the order in which the published tools write them.
ADDRESS = ("address1", "address2", "city", "state", "country", "zip")
GIFT_CARD = "gift_card"


def order_of(tables: Tables, order_id: str) -> Record:
    """Return the order.  Raises Refused."""
    order = tables["orders"].get(order_id)
    if order is None:
        raise Refused("order not found")
    return order


def person_of(tables: Tables, user_id: str) -> Record:
    """Return who buys.  Raises Refused."""
    person = tables["users"].get(user_id)
    if person is None:
        raise Refused("user not found")
    return person


def method_of(tables: Tables, order: Record, method_id: str) -> Record:
    """Return a way to pay of whose order it is.  Raises Refused."""
    method: Record | None = tables["users"][order["user_id"]]["payment_methods"].get(method_id)
    if method is None:
        raise Refused("payment method not found")
    return method


def demand_items(order: Record, item_ids: Sequence[str]) -> None:
    """Raises Refused where the order has fewer of an item than are named."""
    there = Counter(item["item_id"] for item in order["items"])
    for item_id, wanted in Counter(item_ids).items():
        if wanted > there[item_id]:
            raise Refused(f"{item_id} not found")


@dataclass(frozen=True, slots=True)
class Swap:
    """One item and what comes instead."""

    item: Record
    variant: Record

    @property
    def difference(self) -> float:
        """What it costs more."""
        more: float = self.variant["price"] - self.item["price"]
        return more


def swaps(tables: Tables, order: Record, item_ids: Sequence[str], new_ids: Sequence[str]) -> list[Swap]:
    """Return what is swapped for what.  Raises Refused for an item that cannot be had."""
    found = []
    for item_id, new_id in zip(item_ids, new_ids, strict=True):
        item = next(one for one in order["items"] if one["item_id"] == item_id)
        variant = tables["products"][item["product_id"]]["variants"].get(new_id)
        if variant is None or not variant["available"]:
            raise Refused(f"new item {new_id} not found or available")
        found.append(Swap(item, variant))
    return found


def payment(kind: str, amount: float, method_id: str) -> Record:
    """Return an entry of an order's payments; ``kind`` is ``payment`` or ``refund``."""
    return {"transaction_type": kind, "amount": amount, "payment_method_id": method_id}


def charge(method: Record, amount: float) -> None:
    """Take an amount off a gift card; other ways to pay have no balance here."""
    if method["source"] == GIFT_CARD:
        method["balance"] = round(method["balance"] - amount, 2)

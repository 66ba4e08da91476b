"""What may be done to an order of the retail world, each thing as the published tool does it."""

from __future__ import annotations

from collections.abc import Sequence

from fondaco.lab.tau.retail_records import (
    ADDRESS,
    GIFT_CARD,
    charge,
    demand_items,
    method_of,
    order_of,
    payment,
    swaps,
)
from fondaco.lab.tau.world import Record, Refused, Tables

_OPEN = "pending"  # the published word for an order that nobody has packed
_REASONS = ("no longer needed", "ordered by mistake")


def cancel(tables: Tables, order_id: str, reason: str) -> Record:
    """Cancel an order that is not packed yet and give all payments back."""
    order = order_of(tables, order_id)
    if order["status"] != _OPEN:
        raise Refused(f"non-{_OPEN} order cannot be cancelled")
    if reason not in _REASONS:
        raise Refused("invalid reason")
    refunds = []
    for paid in order["payment_history"]:
        method_id, amount = paid["payment_method_id"], paid["amount"]
        refunds.append(payment("refund", amount, method_id))
        charge(method_of(tables, order, method_id), -amount)
    order["status"] = "cancelled"
    order["cancel_reason"] = reason
    order["payment_history"].extend(refunds)
    return order


def modify_address(tables: Tables, order_id: str, **address: str) -> Record:
    """Send an order that is not packed yet to another address."""
    order = order_of(tables, order_id)
    if _OPEN not in order["status"]:
        raise Refused(f"non-{_OPEN} order cannot be modified")
    order["address"] = {part: address[part] for part in ADDRESS}
    return order


def modify_payment(tables: Tables, order_id: str, payment_method_id: str) -> Record:
    """Let an order be paid in another way, and give the first payment back."""
    order = order_of(tables, order_id)
    if _OPEN not in order["status"]:
        raise Refused(f"non-{_OPEN} order cannot be modified")
    method = method_of(tables, order, payment_method_id)
    history = order["payment_history"]
    if len(history) > 1 or history[0]["transaction_type"] != "payment":
        raise Refused("there should be exactly one payment for a pending order")
    before, amount = history[0]["payment_method_id"], history[0]["amount"]
    if before == payment_method_id:
        raise Refused("the new payment method should be different from the current one")
    if method["source"] == GIFT_CARD and method["balance"] < amount:
        raise Refused("insufficient gift card balance to pay for the order")
    history.extend([payment("payment", amount, payment_method_id), payment("refund", amount, before)])
    charge(method, amount)
    charge(method_of(tables, order, before), -amount)
    return order


def modify_items(
    tables: Tables,
    order_id: str,
    item_ids: Sequence[str],
    new_item_ids: Sequence[str],
    payment_method_id: str,
) -> Record:
    """Swap items of an order that is not packed yet; possible once."""
    order = order_of(tables, order_id)
    if order["status"] != _OPEN:
        raise Refused(f"non-{_OPEN} order cannot be modified")
    demand_items(order, item_ids)
    if len(item_ids) != len(new_item_ids):
        raise Refused("the number of items to be exchanged should match")
    found = swaps(tables, order, item_ids, new_item_ids)
    method = method_of(tables, order, payment_method_id)
    difference = sum(swap.difference for swap in found)
    if method["source"] == GIFT_CARD and method["balance"] < difference:
        raise Refused("insufficient gift card balance to pay for the new item")
    kind = "payment" if difference > 0 else "refund"
    order["payment_history"].append(payment(kind, abs(difference), payment_method_id))
    charge(method, difference)
    for swap in found:
        swap.item.update({name: swap.variant[name] for name in ("item_id", "price", "options")})
    order["status"] = f"{_OPEN} (item modified)"
    return order


def return_items(tables: Tables, order_id: str, item_ids: Sequence[str], payment_method_id: str) -> Record:
    """Ask for the return of items of an order that has arrived."""
    order = order_of(tables, order_id)
    if order["status"] != "delivered":
        raise Refused("non-delivered order cannot be returned")
    method = method_of(tables, order, payment_method_id)
    if (
        method["source"] != GIFT_CARD
        and payment_method_id != order["payment_history"][0]["payment_method_id"]
    ):
        raise Refused("payment method should be either the original payment method or a gift card")
    demand_items(order, item_ids)
    order["status"] = "return requested"
    order["return_items"] = sorted(item_ids)
    order["return_payment_method_id"] = payment_method_id
    return order


def exchange_items(
    tables: Tables,
    order_id: str,
    item_ids: Sequence[str],
    new_item_ids: Sequence[str],
    payment_method_id: str,
) -> Record:
    """Ask for other items instead of those that have arrived; money moves when they are sent."""
    order = order_of(tables, order_id)
    if order["status"] != "delivered":
        raise Refused("non-delivered order cannot be exchanged")
    demand_items(order, item_ids)
    if len(item_ids) != len(new_item_ids):
        raise Refused("the number of items to be exchanged should match")
    found = swaps(tables, order, item_ids, new_item_ids)
    method = method_of(tables, order, payment_method_id)
    difference = round(sum(swap.difference for swap in found), 2)
    if method["source"] == GIFT_CARD and method["balance"] < difference:
        raise Refused("insufficient gift card balance to pay for the price difference")
    order["status"] = "exchange requested"
    order["exchange_items"] = sorted(item_ids)
    order["exchange_new_items"] = sorted(new_item_ids)
    order["exchange_payment_method_id"] = payment_method_id
    order["exchange_price_difference"] = difference
    return order

"""Two orders of one contact, as the tools of a shop tell them."""

from __future__ import annotations

from datetime import date
from typing import Any

from fondaco.domain.ids import CallId
from fondaco.domain.tools import CallState, Effect, ToolCall
from fondaco.engine.guard.facts import Facts, Known, gather
from fondaco.engine.guard.mixups import find_mixups
from fondaco.engine.guard.reader import Reader
from fondaco.engine.guard.tracing import Traced, trace
from fondaco.kit.language import Language

TODAY = date(2026, 11, 22)

LAMP: dict[str, Any] = {
    "order_number": "RI-10482",
    "status": "shipped",
    "promised_on": "2026-11-24",
    "ordered_at": "2026-11-18T09:30:00Z",
    "total": {"amount_minor": 12990, "currency": "EUR"},
    "tracking_number": "DE4471920385",
    "items": [
        {"sku": "LMP-204", "name": "Arco Stehlampe", "quantity": 1, "price": 99.9, "colour": "black"},
        {"sku": "BLB-017", "name": "Vintage Bulb", "quantity": 2, "price": 15, "colour": "amber"},
    ],
}
SOFA: dict[str, Any] = {
    "order_number": "RI-10517",
    "status": "processing",
    "promised_on": "2026-12-03",
    "ordered_at": "2026-11-20T16:05:00Z",
    "total": {"amount_minor": 84900, "currency": "EUR"},
    "tracking_number": "DE9902716643",
    "items": [{"sku": "SOF-881", "name": "Nordby Sofa", "quantity": 1, "price": 849, "colour": "grey"}],
}


def call(
    number: int, result: dict[str, Any], state: CallState = CallState.DONE, **arguments: Any
) -> ToolCall:
    """Return a call of the tool that looks an order up."""
    return ToolCall(
        id=CallId(f"call_{number}"),
        tool="get_order",
        arguments=arguments,
        effect=Effect.READ,
        idempotency_key=f"key_{number}",
        state=state,
        result=result,
    )


ORDERS = (call(1, LAMP, order_number="RI-10482"), call(2, SOFA, order_number="RI-10517"))


def known(*said: str, calls: tuple[ToolCall, ...] = ORDERS, language: Language = Language.EN) -> Facts:
    """Return the facts of both orders and of what the contact wrote."""
    return gather(Known(calls=calls, said=said), Reader(language, TODAY))


def traced(text: str, facts: Facts, language: Language = Language.EN) -> Traced:
    """Return what became of the values of a text."""
    return trace(text, Reader(language, TODAY, facts.wordlike_ids).read(text), facts)


def mixed_up(text: str, facts: Facts, language: Language = Language.EN) -> list[str]:
    """Return the values of a text that are true of another thing than the one spoken of."""
    found = find_mixups(text, traced(text, facts, language).proofs, facts)
    return [text[finding.begin : finding.end] for finding in found]

"""A recording of two conversations, in the two formats of the published ones."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any


def booking(number: str, day: str, price: int, flight: str) -> dict[str, Any]:
    """Return a booking as its tool tells it."""
    flights = [{"flight_number": flight, "date": day, "price": price}]
    return {"reservation_id": number, "flights": flights, "paid": price}


FIRST = booking("ZFA04X", "2024-05-21", 187, "HAT028")
SECOND = booking("K1NW8N", "2024-05-28", 412, "HAT190")
RIGHT = "Booking ZFA04X: flight HAT028 leaves on May 21, 2024 and costs $187."
BOTH = "Booking K1NW8N: flight HAT190 leaves on May 28, 2024 and costs $412."
INVENTED = "You will be paid back $655 for booking K1NW8N."


def _asked(number: int, result: dict[str, Any]) -> list[dict[str, Any]]:
    arguments = json.dumps({"reservation_id": result["reservation_id"]})
    function = {"name": "get_reservation_details", "arguments": arguments}
    wish = {"id": f"call_{number}", "type": "function", "function": function}
    return [
        {"role": "assistant", "content": None, "tool_calls": [wish]},
        {"role": "tool", "tool_call_id": f"call_{number}", "content": json.dumps(result)},
    ]


AIRLINE: list[dict[str, Any]] = [
    {"role": "user", "content": "When is my flight ZFA04X?"},
    *_asked(1, FIRST),
    *_asked(2, SECOND),
    {"role": "assistant", "content": RIGHT},
    {"role": "user", "content": "And the other one?"},
    {"role": "assistant", "content": BOTH},
    {"role": "user", "content": "Thanks, cancel it."},
    {"role": "assistant", "content": INVENTED},
]
RETAIL = (
    "user: What does order #W1001 cost?\nassistant: None\n"
    'tool: {"order_id": "#W1001", "payment_history": [{"amount": 54.5}]}\n'
    "assistant: Order #W1001 costs $54.50.\nIt is on its way.\nuser: Thanks!"
)


def write_recordings(folder: Path) -> Path:
    """Write both and return the folder that is handed to the command."""
    airline, retail = folder / "tau_bench" / "airline", folder / "tau_bench" / "retail"
    for place in (airline, retail):
        place.mkdir(parents=True)
        (place / "policy.md").write_text("Each extra bag costs 50 dollars.", encoding="utf-8")
    row = {"task_id": 3, "trial": 1, "messages": AIRLINE}
    (airline / "trajectories_gpt4o_even.jsonl").write_text(json.dumps(row) + "\n", encoding="utf-8")
    flat = json.dumps({"messages_display": RETAIL})
    (retail / "conversations_fewshot_even.jsonl").write_text(flat + "\n", encoding="utf-8")
    return folder

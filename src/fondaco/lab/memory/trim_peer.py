"""What ``trim_messages`` of LangChain keeps of a conversation; run by path in an interpreter that has it.

Reads ``{"messages": [["human", 12], ...], "budgets": [540, ...]}`` from its input: who spoke and how many
tokens that took.  Prints for each budget the places that were kept.
"""

from __future__ import annotations

import json
import sys
from importlib import import_module
from typing import Any


def kept(messages: list[tuple[str, int]], budget: int) -> list[int]:
    """Return the places of the messages that are kept, asked as the documentation of the function does."""
    library: Any = import_module("langchain_core.messages")
    kinds = {"human": library.HumanMessage, "ai": library.AIMessage}
    told = [kinds[who](content=str(place), id=str(place)) for place, (who, _) in enumerate(messages)]
    left = library.trim_messages(
        told,
        max_tokens=budget,
        strategy="last",
        token_counter=lambda some: sum(messages[int(one.id)][1] for one in some),
        start_on="human",
        include_system=True,
        allow_partial=False,
    )
    return [int(one.id) for one in left]


if __name__ == "__main__":
    plan = json.load(sys.stdin)
    print(json.dumps([kept(plan["messages"], budget) for budget in plan["budgets"]]))

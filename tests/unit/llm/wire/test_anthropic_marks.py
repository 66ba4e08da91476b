"""What is marked in Anthropic's protocol, so that the provider keeps it."""

from __future__ import annotations

from typing import Any

import pytest

from fondaco.llm.asking import Entry
from fondaco.llm.targets import ProviderKind
from tests.unit.llm.wire.wires import (
    OFFER,
    a_prompt,
    a_target,
    a_wish,
    answered,
    assistant,
    body_of,
    contact,
    wished,
)

TARGET = a_target(ProviderKind.ANTHROPIC, "claude-sonnet-4-5")
KEPT = {"type": "ephemeral"}


def test_the_stable_prefix_is_marked_for_the_cache() -> None:
    body = body_of(a_prompt(contact("Hi"), tools=(OFFER, OFFER)), TARGET)

    assert body["system"] == [{"type": "text", "text": "You serve a shop.", "cache_control": KEPT}]
    assert [tool.get("cache_control") for tool in body["tools"]] == [None, KEPT]
    assert body["tools"][0]["input_schema"] == OFFER.parameters


def marked(body: dict[str, Any]) -> list[tuple[int, int]]:
    """Return the places of messages and blocks that are marked."""
    return [
        (place, number)
        for place, message in enumerate(body["messages"])
        for number, block in enumerate(message["content"])
        if "cache_control" in block
    ]


@pytest.mark.parametrize(
    ("history", "stable", "mark"),
    [
        ((contact("Hi"), assistant("Hello"), contact("Now")), 2, [(1, 0)]),
        ((contact("Card"), contact("Earlier"), contact("Now")), 2, [(0, 1)]),
        ((assistant("Hello"), contact("Now")), 1, [(1, 0)]),
        ((contact("Hi"), wished(a_wish()), answered(), contact("Now")), 3, [(2, 0)]),
        ((contact("Hi"), wished(a_wish()), answered(), assistant("Yes"), contact("Now")), 4, [(3, 0)]),
        ((contact("Now"),), 0, []),
    ],
)
def test_the_end_of_what_the_next_prompt_begins_with_is_marked(
    history: tuple[Entry, ...], stable: int, mark: list[tuple[int, int]]
) -> None:
    body = body_of(a_prompt(*history, tools=(OFFER,), stable=stable), TARGET)

    assert marked(body) == mark

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.scenario.api_house import House, open_house


@pytest.fixture
async def house() -> AsyncIterator[House]:
    async with open_house() as house:
        yield house


async def test_a_message_is_stored_and_read_back(house: House) -> None:
    conversation_id = await house.open()

    said = await house.ask(
        "POST",
        f"/v1/conversations/{conversation_id}/messages",
        key=house.shop.key,
        body={"text": "Where is my order?"},
    )
    read = await house.ask("GET", f"/v1/conversations/{conversation_id}/messages", key=house.shop.key)

    assert said.status == 202
    assert said.json["duplicate"] is False
    assert [(one["text"], one["author"]["kind"]) for one in read.json["items"]] == [
        ("Where is my order?", "contact")
    ]
    assert read.json["last_seq"] == said.json["seq"]

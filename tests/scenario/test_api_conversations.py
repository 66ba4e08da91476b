"""The public API as the shop's own program uses it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.scenario.api_house import House, open_house


@pytest.fixture
async def house() -> AsyncIterator[House]:
    async with open_house() as house:
        yield house


def messages_of(conversation_id: str) -> str:
    return f"/v1/conversations/{conversation_id}/messages"


async def test_a_message_is_stored_and_read_back(house: House) -> None:
    conversation_id = await house.open()
    path = messages_of(conversation_id)

    said = await house.ask("POST", path, key=house.shop.key, body={"text": "Where is my order?"})
    read = await house.ask("GET", path, key=house.shop.key)

    assert (said.status, said.json["duplicate"]) == (202, False)
    assert [(one["text"], one["author"]["kind"]) for one in read.json["items"]] == [
        ("Where is my order?", "contact")
    ]
    assert read.json["last_seq"] == said.json["seq"]


async def test_messages_are_paged_by_their_number(house: House) -> None:
    conversation_id = await house.open()
    await asyncio.gather(*[house.say(conversation_id, "hello") for _ in range(3)])
    path = messages_of(conversation_id)

    first = await house.ask("GET", f"{path}?limit=2", key=house.shop.key)
    rest = await house.ask("GET", f"{path}?limit=2&after={first.json['last_seq']}", key=house.shop.key)

    assert [one["seq"] for one in first.json["items"]] == [3, 4]
    assert [one["seq"] for one in rest.json["items"]] == [5]


async def test_the_same_message_under_the_same_key_is_stored_once(house: House) -> None:
    path = messages_of(await house.open())
    key = {"Idempotency-Key": "m-1"}

    first = await house.ask("POST", path, key=house.shop.key, body={"text": "hello"}, headers=key)
    second = await house.ask("POST", path, key=house.shop.key, body={"text": "hello"}, headers=key)

    assert first.json["message_id"] == second.json["message_id"]
    assert (second.json["duplicate"], second.headers["Idempotent-Replayed"]) == (True, "true")
    assert "Idempotent-Replayed" not in first.headers


async def test_another_message_under_the_same_key_is_refused(house: House) -> None:
    path = messages_of(await house.open())
    key = {"Idempotency-Key": "m-1"}
    await house.ask("POST", path, key=house.shop.key, body={"text": "hello"}, headers=key)

    refused = await house.ask("POST", path, key=house.shop.key, body={"text": "goodbye"}, headers=key)

    assert (refused.status, refused.json["field"]) == (422, "Idempotency-Key")


async def test_the_same_key_in_another_conversation_is_another_message(house: House) -> None:
    one, other = await house.open(name="ann"), await house.open(name="bob")
    key = {"Idempotency-Key": "m-1"}

    first = await house.ask("POST", messages_of(one), key=house.shop.key, body={"text": "x"}, headers=key)
    second = await house.ask("POST", messages_of(other), key=house.shop.key, body={"text": "x"}, headers=key)

    assert second.json["duplicate"] is False
    assert first.json["message_id"] != second.json["message_id"]


async def test_a_command_under_the_same_key_takes_effect_once(house: House) -> None:
    conversation_id = await house.open()
    await house.say(conversation_id, "hello")
    path = f"/v1/conversations/{conversation_id}/notes"
    note, key = {"teammate_id": house.shop.teammate.id, "text": "VIP"}, {"Idempotency-Key": "n-1"}

    first = await house.ask("POST", path, key=house.shop.key, body=note, headers=key)
    second = await house.ask("POST", path, key=house.shop.key, body=note, headers=key)
    third = await house.ask("POST", path, key=house.shop.key, body=note | {"text": "no"}, headers=key)

    assert first.body == second.body
    assert (second.status, second.headers["Idempotent-Replayed"]) == (200, "true")
    assert (third.status, third.json["field"]) == (422, "Idempotency-Key")


async def test_the_same_external_id_opens_the_same_conversation(house: House) -> None:
    first, second = await house.open(name="ann"), await house.open(name="ann")

    assert first == second


async def test_a_teammate_takes_over_replies_and_hands_back(house: House) -> None:
    conversation_id = await house.open()
    await house.say(conversation_id, "hello")
    base, by = f"/v1/conversations/{conversation_id}", {"teammate_id": house.shop.teammate.id}

    taken = await house.ask("POST", f"{base}/takeover", key=house.shop.key, body=by)
    replied = await house.ask("POST", f"{base}/replies", key=house.shop.key, body=by | {"text": "Hi!"})
    returned = await house.ask("POST", f"{base}/handback", key=house.shop.key, body=by)
    resolved = await house.ask("POST", f"{base}/resolve", key=house.shop.key, body=by)

    assert taken.json["assignee"] == {"kind": "teammate", "id": house.shop.teammate.id}
    assert replied.json["waiting_since_ms"] is None
    assert returned.json["assignee"]["kind"] == "assistant"
    assert resolved.json["status"] == "resolved"


async def test_whoever_wants_a_person_waits_in_the_list_of_handoffs(house: House) -> None:
    conversation_id = await house.open()
    await house.say(conversation_id, "hello")
    base = f"/v1/conversations/{conversation_id}"

    asked = await house.ask("POST", f"{base}/person", key=house.shop.key)
    listed = await house.ask("GET", "/v1/handoffs?open=true", key=house.shop.key)
    rated = await house.ask("POST", f"{base}/rating", key=house.shop.key, body={"stars": 2})

    assert asked.json["assignee"]["kind"] == "team"
    assert [one["conversation_id"] for one in listed.json["items"]] == [conversation_id]
    assert listed.json["items"][0]["reason"] == "asked_for"
    assert rated.status == 200


async def test_conversations_are_filtered_and_paged(house: House) -> None:
    opened = [await house.open(name=name) for name in ("ann", "bob", "cem")]

    first = await house.ask("GET", "/v1/conversations?status=open&limit=2", key=house.shop.key)
    cursor = first.json["next_cursor"]
    rest = await house.ask("GET", f"/v1/conversations?limit=2&cursor={cursor}", key=house.shop.key)

    listed = [one["id"] for one in first.json["items"] + rest.json["items"]]
    assert sorted(listed) == sorted(opened)
    assert rest.json["next_cursor"] is None


async def test_articles_are_created_paged_read_and_removed(house: House) -> None:
    articles = [
        {"key": key, "language": "en", "title": key, "body": "Within 30 days."} for key in ("a", "b", "c")
    ]

    stored = await house.ask("POST", "/v1/articles", key=house.shop.key, body={"articles": articles})
    again = await house.ask("POST", "/v1/articles", key=house.shop.key, body={"articles": articles})
    first = await house.ask("GET", "/v1/articles?limit=2", key=house.shop.key)
    cursor = first.json["next_cursor"]
    rest = await house.ask("GET", f"/v1/articles?limit=2&cursor={cursor}", key=house.shop.key)
    one = f"/v1/articles/{rest.json['items'][0]['id']}"
    removed = await house.ask("DELETE", one, key=house.shop.key)
    gone = await house.ask("GET", one, key=house.shop.key)

    assert stored.json == {"created": 3, "updated": 0, "unchanged": 0}
    assert again.json == {"created": 0, "updated": 0, "unchanged": 3}
    assert len(first.json["items"]) == 2
    assert rest.json["next_cursor"] is None
    assert (removed.status, removed.body, gone.status) == (204, b"", 404)


@pytest.mark.parametrize(
    ("article", "field"),
    [
        ({"rules": ["("]}, "articles[0].rules"),
        ({"key": "white space"}, "articles[0].key"),
        ({"language": "fr"}, "articles[0].language"),
        ({"title": ""}, "articles[0].title"),
        ({"body": "NUL \0 here"}, "articles[0].body"),
        ({"colour": "red"}, "articles[0].colour"),
    ],
)
async def test_an_article_that_cannot_be_used_is_refused_by_its_field(
    house: House, article: dict[str, Any], field: str
) -> None:
    whole = {"key": "k", "language": "en", "title": "t", "body": "b"} | article

    refused = await house.ask("POST", "/v1/articles", key=house.shop.key, body={"articles": [whole]})

    assert (refused.status, refused.json["field"]) == (422, field)


async def test_metrics_count_requests_and_figures(house: House) -> None:
    await house.open()

    page = await house.ask("GET", "/v1/metrics", key=house.shop.key)

    text = page.body.decode()
    assert 'fondaco_http_requests_total{operation="open_conversation",status="201"} 1.0' in text
    assert "fondaco_http_streams 0.0" in text
    assert page.headers["Content-Type"].startswith("text/plain")


async def test_the_log_names_the_conversation_and_never_what_was_said(house: House) -> None:
    conversation_id = await house.open()
    await house.say(conversation_id, "my secret is 4711")

    line = house.log[-1]

    assert line["conversation_id"] == conversation_id
    assert (line["operation"], line["status"], line["level"]) == ("post_message", 202, "info")
    assert "4711" not in str(house.log)
    assert house.shop.key not in str(house.log)


async def test_health_tells_everybody_one_word(house: House) -> None:
    reply = await house.ask("GET", "/v1/health")

    assert (reply.status, reply.json) == (200, {"status": "ok"})

"""The contact's side: beginning, writing, becoming known."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import jwt
import pytest

from fondaco.domain.ids import WorkerId
from fondaco.server.options import Rate, ServerOptions
from tests.scenario.api_house import IDENTITY_SECRET, WIDE, House, open_house

LIMITED = replace(WIDE, new_conversation=Rate(per_minute=1, burst=1))
KEY = {"Idempotency-Key": "a-key-of-one-browser-1234567"}


@pytest.fixture
async def house() -> AsyncIterator[House]:
    async with open_house() as house:
        yield house


def beginning(house: House) -> str:
    return f"/widget/v1/{house.shop.widget.id}/conversations"


def signed(house: House, **claims: Any) -> str:
    now = house.clock.now_ms() // 1000
    whole = {"sub": "shop-17", "aud": house.shop.widget.id, "iat": now, "exp": now + 600} | claims
    return jwt.encode(whole, IDENTITY_SECRET, algorithm="HS256")


async def test_the_first_message_begins_a_conversation_that_its_token_opens(house: House) -> None:
    begun = await house.begin("Where is my order?")

    history = await house.ask("GET", "/widget/v1/history", key=begun["token"])

    assert [one["type"] for one in history.json["items"]] == ["episode", "message"]
    assert history.json["items"][1]["text"] == "Where is my order?"
    assert history.json["last_seq"] == begun["seq"]


async def test_the_same_beginning_gives_the_same_conversation_and_token(house: House) -> None:
    first = await house.ask("POST", beginning(house), body={"text": "hello"}, headers=KEY)
    second = await house.ask("POST", beginning(house), body={"text": "hello"}, headers=KEY)
    history = await house.ask("GET", "/widget/v1/history", key=second.json["token"])

    assert first.json == second.json
    assert second.headers["Idempotent-Replayed"] == "true"
    assert len(history.json["items"]) == 2


async def test_the_same_beginning_with_other_words_is_refused(house: House) -> None:
    await house.ask("POST", beginning(house), body={"text": "hello"}, headers=KEY)

    refused = await house.ask("POST", beginning(house), body={"text": "goodbye"}, headers=KEY)

    assert (refused.status, refused.json["field"]) == (422, "Idempotency-Key")


async def test_a_key_from_which_a_token_could_be_guessed_is_refused(house: House) -> None:
    refused = await house.ask(
        "POST", beginning(house), body={"text": "hello"}, headers={"Idempotency-Key": "1"}
    )

    assert (refused.status, refused.json["field"]) == (422, "Idempotency-Key")


async def test_the_key_of_a_beginning_stands_in_no_event(house: House) -> None:
    begun = await house.ask("POST", beginning(house), body={"text": "hello"}, headers=KEY)

    path = f"/v1/conversations/{begun.json['conversation_id']}/events"
    events = await house.ask("GET", path, key=house.shop.key)

    assert events.json["last_seq"] == begun.json["seq"]
    assert KEY["Idempotency-Key"].encode() not in events.body


@pytest.mark.parametrize("text", ["   ", "\u200b", "x" * 4_001])
async def test_nothing_is_stored_before_there_is_a_first_message(house: House, text: str) -> None:
    refused = await house.ask("POST", beginning(house), body={"text": text})
    listed = await house.ask("GET", "/v1/conversations", key=house.shop.key)

    assert (refused.status, refused.json["field"]) == (422, "text")
    assert listed.json["items"] == []


async def test_only_a_widget_is_a_widget(house: House) -> None:
    path = f"/widget/v1/{house.shop.api.id}/conversations"

    refused = await house.ask("POST", path, body={"text": "hello"})

    assert refused.status == 404


async def test_conversations_from_one_address_are_begun_no_faster_than_allowed() -> None:
    async with open_house(ServerOptions(port=0, limits=LIMITED)) as house:
        first = await house.ask("POST", beginning(house), body={"text": "hello"})
        second = await house.ask("POST", beginning(house), body={"text": "hello"})

    assert (first.status, second.status) == (201, 429)
    assert int(second.headers["Retry-After"]) > 0


async def test_the_widget_greets_in_the_language_that_is_asked_for(house: House) -> None:
    path = f"/widget/v1/{house.shop.widget.id}/config"

    german = await house.ask("GET", f"{path}?language=de")
    unknown = await house.ask("GET", f"{path}?language=fr")

    assert german.json["language"] == "de"
    assert "KI" in german.json["ai_notice"]
    assert german.json["greeting"]
    assert unknown.status == 422


async def test_whom_the_shop_has_signed_is_known_from_the_first_message_on(house: House) -> None:
    body = {"text": "hello", "identity": signed(house, name="Ann")}

    begun = await house.ask("POST", beginning(house), body=body)

    assert begun.status == 201
    [lease] = await house.store.claim(WorkerId("wrk_1"), house.clock.now_ms() + 60_000, 1)
    work = await house.store.read_work(lease)
    assert (work.contact.verified_subject, work.contact.name) == ("shop-17", "Ann")


async def test_whom_the_shop_signs_later_is_known_for_this_episode(house: House) -> None:
    begun = await house.begin()

    done = await house.ask(
        "POST", "/widget/v1/identity", key=begun["token"], body={"identity": signed(house)}
    )
    events = await house.ask(
        "GET", f"/v1/conversations/{begun['conversation_id']}/events", key=house.shop.key
    )

    assert done.status == 200
    assert events.json["items"][-1]["event"]["type"] == "IdentityVerified"
    assert events.json["items"][-1]["event"]["subject"] == "shop-17"


async def test_an_identity_that_the_shop_did_not_sign_begins_nothing(house: House) -> None:
    forged = jwt.encode({"sub": "shop-17"}, "x" * 32, algorithm="HS256")

    refused = await house.ask("POST", beginning(house), body={"text": "hello", "identity": forged})
    listed = await house.ask("GET", "/v1/conversations", key=house.shop.key)

    assert (refused.status, refused.json["field"]) == (422, "identity")
    assert listed.json["items"] == []


async def test_a_contact_asks_for_a_person_and_rates(house: House) -> None:
    begun = await house.begin()

    person = await house.ask("POST", "/widget/v1/person", key=begun["token"], body={})
    rated = await house.ask("POST", "/widget/v1/rating", key=begun["token"], body={"stars": 4})
    history = await house.ask("GET", "/widget/v1/history", key=begun["token"])

    assert (person.status, rated.status) == (200, 200)
    kinds = [one["type"] for one in history.json["items"]]
    assert kinds == ["episode", "message", "handoff", "message", "rating"]
    assert history.json["items"][2]["state"] == "requested"


async def test_the_next_message_of_a_visitor_is_stored_once_under_its_key(house: House) -> None:
    begun = await house.begin()
    path, said = "/widget/v1/messages", {"text": "And my refund?"}

    first = await house.ask("POST", path, key=begun["token"], body=said, headers={"Idempotency-Key": "1"})
    second = await house.ask("POST", path, key=begun["token"], body=said, headers={"Idempotency-Key": "1"})

    assert (first.status, first.json["duplicate"]) == (202, False)
    assert (second.status, second.json["duplicate"]) == (202, True)

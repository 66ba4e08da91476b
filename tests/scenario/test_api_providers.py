"""How models stand, told and steered over the API."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest
import pytest_asyncio

from fondaco.domain.access import Scope
from fondaco.server.api.providers import list_providers
from fondaco.server.operation import Call, Nothing
from tests.scenario.api_house import House, open_house


@pytest_asyncio.fixture
async def house() -> AsyncIterator[House]:
    async with open_house() as opened:
        yield opened


async def listed(house: House) -> dict[str, Any]:
    answer = await house.ask("GET", "/v1/providers", key=house.shop.key)
    return {one["target"]: one for one in answer.json["items"]}


async def test_every_model_is_told_with_its_place_its_state_and_its_price(house: House) -> None:
    models = await listed(house)

    assert list(models) == ["small", "large"]
    assert models["large"]["chains"] == [{"chain": "cheap", "place": 2}, {"chain": "strong", "place": 1}]
    assert models["large"]["region"] == "eu"
    assert (models["large"]["phase"], models["large"]["state"]) == ("closed", "is asked as usual")
    assert models["large"]["price"]["key"] == "openai/gpt-4.1"
    assert models["large"]["traffic"]["limiter"]["in_flight"] == 0


@pytest.mark.parametrize(
    ("mode", "state"),
    [
        ("open", "is switched off by hand"),
        ("closed", "is always asked, by hand"),
        ("auto", "is asked as usual"),
    ],
)
async def test_a_model_is_steered_by_hand_and_the_log_says_by_whom(
    house: House, mode: str, state: str
) -> None:
    answer = await house.ask("POST", "/v1/providers/small", key=house.shop.key, body={"mode": mode})

    assert (answer.status, answer.json["state"]) == (200, state)
    assert (await listed(house))["small"]["mode"] == mode
    [line] = [line for line in house.log if line["event"] == "model_steered"]
    assert (line["target"], line["mode"], line["by"][:4]) == ("small", mode, "key_")


async def test_steering_a_model_that_nobody_has_is_told(house: House) -> None:
    answer = await house.ask("POST", "/v1/providers/other", key=house.shop.key, body={"mode": "open"})

    assert (answer.status, answer.json["detail"]) == (404, "No chain has a model of the name other.")


async def test_the_key_that_reads_metrics_may_not_steer(house: House) -> None:
    reader = await house.make_key(house.shop, Scope.METRICS_READ)

    read = await house.ask("GET", "/v1/providers", key=reader)
    steered = await house.ask("POST", "/v1/providers/small", key=reader, body={"mode": "open"})

    assert (read.status, steered.status) == (200, 403)


async def test_models_answer_for_one_workspace_only(house: House) -> None:
    key = house.other.key

    read = await house.ask("GET", "/v1/providers", key=key)
    steered = await house.ask("POST", "/v1/providers/small", key=key, body={"mode": "open"})

    assert (read.json, steered.status) == ({"items": [], "left_out": []}, 404)


async def test_without_models_the_list_is_empty(house: House) -> None:
    machinery = replace(house.machinery, parts=replace(house.parts, models=None))
    call: Call[Nothing, Nothing] = Call(
        machinery=machinery,
        operation=None,  # type: ignore[arg-type]
        principal=None,
        path={},
        query=Nothing(),
        body=Nothing(),
        headers={},
        address="",
    )

    told = await list_providers(call)

    assert (told.items, told.left_out) == ([], [])


async def test_prometheus_sees_who_is_left_alone(house: House) -> None:
    await house.ask("POST", "/v1/providers/small", key=house.shop.key, body={"mode": "open"})
    await listed(house)  # a limiter is made when somebody first asks for it

    page = await house.ask("GET", "/v1/metrics", key=house.shop.key)

    lines = page.body.decode().splitlines()
    assert 'fondaco_model_breaker_mode{mode="open",target="small"} 1.0' in lines
    assert 'fondaco_model_breaker_phase{phase="closed",target="large"} 1.0' in lines
    assert 'fondaco_model_limiter_in_flight{limiter="nowhere/gpt-4.1"} 0.0' in lines

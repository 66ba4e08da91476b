"""The API keeps to its description: schemathesis asks for whatever that allows and forbids."""

from __future__ import annotations

import asyncio
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from queue import Queue
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis.config import SchemathesisConfig

from fondaco.server import openapi
from fondaco.server.api import OPERATIONS
from fondaco.server.shapes import ID_PATTERN
from tests.scenario.api_house import House, open_house

EXAMPLES = 15
_CONFIG = {
    "generation": {"max-examples": EXAMPLES, "deterministic": True},
    "checks": {
        # A text of invisible characters fits the description, and the intake refuses it.
        "positive_data_acceptance": {"expected-statuses": ["2xx", "404", "409", "422"]},
    },
}


@dataclass(frozen=True, slots=True)
class Served:
    """A server that runs in a thread of its own, and what is to be known to use it."""

    url: str
    key: str
    ids: dict[str, str]


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    ready: Queue[Served] = Queue()
    loop = asyncio.new_event_loop()
    stop = asyncio.Event()

    async def run() -> None:
        async with open_house() as house:
            ready.put(Served(house.url, house.shop.key, await _ids(house)))
            await stop.wait()

    thread = threading.Thread(target=lambda: loop.run_until_complete(run()))
    thread.start()
    yield ready.get(timeout=20)
    loop.call_soon_threadsafe(stop.set)
    thread.join(timeout=20)
    loop.close()


def _real(ids: dict[str, str], name: str, value: object) -> object:
    # Half of the ids that could be somebody's become somebody's, so that more is tried than the way to 404.
    could_be = isinstance(value, str) and re.fullmatch(ID_PATTERN, value) is not None
    return ids.get(name, value) if could_be and len(str(value)) % 2 else value


async def _ids(house: House) -> dict[str, str]:
    conversation_id = await house.open()
    await house.say(conversation_id, "Where is my order?")
    article = {"key": "returns", "language": "en", "title": "Returns", "body": "Within 30 days."}
    await house.ask("POST", "/v1/articles", key=house.shop.key, body={"articles": [article]})
    articles = await house.ask("GET", "/v1/articles", key=house.shop.key)
    article_id = articles.json["items"][0]["id"]
    return {"conversation_id": conversation_id, "article_id": article_id, "target": "small"}


def described() -> schemathesis.BaseSchema:
    """The description without the streams, which do not end and have tests of their own."""
    whole = openapi.document(OPERATIONS, version="0")
    schema = schemathesis.openapi.from_dict(whole, config=SchemathesisConfig.from_dict(_CONFIG))
    return schema.exclude(path_regex="/stream$")


schema = described()


@schema.parametrize()
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_every_operation_keeps_to_its_description(case: schemathesis.Case[Any], served: Served) -> None:
    path = {name: _real(served.ids, name, value) for name, value in (case.path_parameters or {}).items()}
    case.path_parameters = path

    case.call_and_validate(base_url=served.url, headers={"Authorization": f"Bearer {served.key}"}, timeout=10)

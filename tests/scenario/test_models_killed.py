"""A server that is killed in the middle of a model's turn: what was paid for is not asked again."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp

from fondaco.kit.clock import SystemClock
from fondaco.testing.provider.script import Answer, Ask, Call, Role
from fondaco.testing.provider.simulator import ProviderSimulator
from tests.scenario.test_bad_input_process import prepared, serving
from tests.scenario.whole_server import API

CONFIG = """
[server]
port = 0
[storage]
url = "sqlite:///{folder}/fondaco.db"
[inbox]
burst_ms = 0
silence_seconds = 1.0
[knowledge]
embeddings = false
[telemetry]
log_level = "error"
[[tools]]
name = "order"
description = "Tells how far an order has come."
url = "{tool}/orders/{{order_number}}"
timeout_seconds = 30.0
[[tools.parameters]]
name = "order_number"
pattern = '\\bA-(\\d{{6}})\\b'
ask = "ask_order_number"
[[llm.providers]]
name = "relay"
base_url = "{model}"
[[llm.models]]
name = "one"
provider = "relay"
model = "one"
price = "free"
[llm.chains]
cheap = ["one"]
"""
ANSWER = "Your order A-123456 is ready to be sent."
PATIENCE_SECONDS = 40


def looks_up(ask: Ask) -> Answer:
    """Look the order up, and then say what became of it."""
    if ask.last.role is Role.TOOL:
        return Answer(text=ANSWER)
    return Answer(calls=(Call(name="order", arguments='{"order_number":"A-123456"}'),))


class ShopSystem:
    """Answers no request until it is told to."""

    def __init__(self) -> None:
        self.asked = asyncio.Event()
        self.answers = False

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        self.asked.set()
        body = b'{"state": "ready"}'
        head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        writer.write(head.encode() + body if self.answers else b"")
        await writer.drain()
        await reader.read()  # until the other side goes
        writer.close()


@asynccontextmanager
async def a_shop_system() -> AsyncIterator[tuple[ShopSystem, str]]:
    system = ShopSystem()
    server = await asyncio.start_server(system.serve, "127.0.0.1", 0)
    async with server:
        yield system, f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        server.close()


async def test_what_a_model_said_before_the_kill_is_used_after_it_and_not_paid_again(tmp_path: Path) -> None:
    async with ProviderSimulator(looks_up) as models, a_shop_system() as (system, tool):
        config = CONFIG.format(folder=tmp_path, tool=tool, model=models.base_url("openai"))
        (tmp_path / "fondaco.toml").write_text(config)
        key = await prepared(tmp_path)

        async with serving(tmp_path) as (process, url), aiohttp.ClientSession() as http:
            conversation = await ask(http, url, key, "Where is my order A-123456?")
            async with asyncio.timeout(PATIENCE_SECONDS):
                await system.asked.wait()
            process.kill()
            await process.wait()
        system.answers = True
        async with serving(tmp_path) as (_, url), aiohttp.ClientSession() as http:
            posted = await answered(http, f"{url}/v1/conversations/{conversation}/events", key)

        assert posted == [ANSWER]
        assert len(models.journal.entries()) == 2


async def ask(http: aiohttp.ClientSession, url: str, key: str, text: str) -> str:
    """Write in a new conversation and return its id."""
    said = {"Authorization": f"Bearer {key}"}
    opening = {"connection_id": API, "contact": {"external_id": "mira"}, "external_id": "one"}
    async with http.post(f"{url}/v1/conversations", json=opening, headers=said) as opened:
        conversation = str((await opened.json())["id"])
    path = f"{url}/v1/conversations/{conversation}/messages"
    async with http.post(path, json={"text": text}, headers=said) as taken:
        assert taken.status == 202
    return conversation


async def answered(http: aiohttp.ClientSession, path: str, key: str) -> list[str]:
    """Wait until something was posted, and return it."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            async with http.get(path, headers={"Authorization": f"Bearer {key}"}) as read:
                events: list[dict[str, Any]] = [one["event"] for one in (await read.json())["items"]]
            posted = [event["text"] for event in events if event["type"] == "MessagePosted"]
            if posted:
                return posted
            await SystemClock().sleep(0.05)

"""Asks the demo shop's merchant system, in this process or in one of its own."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import aiohttp
import msgspec

from fondaco.demo.erp.answers import EffectsAnswer
from fondaco.demo.erp.generate import customer_ref
from fondaco.demo.erp.server import ErpOptions

TOKEN = "token-of-this-test"
TODAY = date(2026, 3, 2)
MIRA = customer_ref("mira.hoffmann@example.com")
HARRY = customer_ref("harry.bennett@example.com")
NOON_MS = 1_772_452_800_000  # 2026-03-02 12:00 UTC
DAY_MS = 86_400_000


class StillClock:
    """A clock that moves only when it is told to; sleeping takes no time."""

    def __init__(self, now_ms: int = NOON_MS) -> None:
        self.at_ms = now_ms
        self.slept_seconds = 0.0

    def now_ms(self) -> int:
        return self.at_ms

    def monotonic_ms(self) -> float:
        return float(self.at_ms)

    async def sleep(self, seconds: float) -> None:
        self.slept_seconds += seconds


@dataclass(frozen=True, slots=True)
class Reply:
    status: int
    headers: Mapping[str, str]
    body: bytes

    def get(self, name: str) -> object:
        return msgspec.json.decode(self.body, type=dict[str, object])[name]


class Merchant:
    """Asks the merchant system as an identified customer would be asked for."""

    def __init__(self, http: aiohttp.ClientSession) -> None:
        self._http = http

    async def ask(
        self,
        method: str,
        path: str,
        *,
        ref: str = MIRA,
        headers: Mapping[str, str] | None = None,
        json: object = None,
        data: bytes | None = None,
    ) -> Reply:
        sent = {"X-Customer-Ref": ref, **(headers or {})}
        async with self._http.request(method, path, headers=sent, json=json, data=data) as response:
            return Reply(response.status, response.headers, await response.read())

    async def identify(self, order_number: str, proof: str) -> Reply:
        return await self.ask("POST", "/identify", json={"order_number": order_number, "proof": proof})

    async def send_invoice(self, key: str, order_number: str = "RI-10482", ref: str = MIRA) -> Reply:
        headers = {"Idempotency-Key": key}
        return await self.ask("POST", f"/orders/{order_number}/invoice", ref=ref, headers=headers)

    async def effect_counts(self) -> dict[str, int]:
        reply = await self.ask("GET", "/effects")
        effects = msgspec.json.decode(reply.body, type=EffectsAnswer).effects
        return {effect.idempotency_key: effect.count for effect in effects}


@asynccontextmanager
async def asking(address: str) -> AsyncIterator[Merchant]:
    headers = {"Authorization": f"Bearer {TOKEN}"}
    async with aiohttp.ClientSession(address, headers=headers) as http:
        yield Merchant(http)


def options(folder: Path, *, port: int = 0, today: date | None = TODAY) -> ErpOptions:
    return ErpOptions(database_path=folder / "erp.sqlite3", token=TOKEN, port=port, today=today, faults=True)


@asynccontextmanager
async def own_process(folder: Path) -> AsyncIterator[tuple[asyncio.subprocess.Process, str]]:
    arguments = ["-m", "fondaco.demo.erp", "--today", TODAY.isoformat()]
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *arguments,
        "--database",
        str(folder / "erp.sqlite3"),
        stdout=asyncio.subprocess.PIPE,
        env={**os.environ, "FONDACO_DEMO_ERP_TOKEN": TOKEN},
    )
    assert process.stdout is not None
    try:
        line = (await process.stdout.readline()).decode()
        assert line.startswith("demo ERP on http://127.0.0.1:")
        yield process, line.removeprefix("demo ERP on ").strip()
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()

"""The merchant's system in a process of its own, which is never killed."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec

from fondaco.demo.erp.server import DEMO_TOKEN
from fondaco.domain.errors import FondacoError
from fondaco.kit.http import HttpClient


class _Effect(msgspec.Struct):
    idempotency_key: str
    order_number: str
    count: int


class _Effects(msgspec.Struct):
    effects: list[_Effect]
    next_since: int


class Merchant:
    """Where tools take effect; says how often each did."""

    token = DEMO_TOKEN

    def __init__(self, url: str, client: HttpClient) -> None:
        self.url = url
        self._client = client

    async def effects(self) -> list[_Effect]:
        """Return every effect with how often it happened."""
        found: list[_Effect] = []
        since = 0
        while True:
            page = await self._page(since)
            if not page.effects:
                return found
            found += page.effects
            since = page.next_since

    async def _page(self, since: int) -> _Effects:
        answer = await self._client.request(
            "GET", f"{self.url}/effects?since={since}", headers={"Authorization": f"Bearer {self.token}"}
        )
        return msgspec.json.decode(answer.body, type=_Effects)


@asynccontextmanager
async def open_merchant(folder: Path, client: HttpClient) -> AsyncIterator[Merchant]:
    """Start the demo merchant's system on a free port.  Raises FondacoError when it does not start."""
    arguments = ("-m", "fondaco.demo.erp", "--port", "0", "--database", str(folder / "merchant.db"))
    process = await asyncio.create_subprocess_exec(sys.executable, *arguments, stdout=asyncio.subprocess.PIPE)
    if process.stdout is None:
        raise FondacoError("The merchant's system has no output.")
    try:
        line = (await process.stdout.readline()).decode()
        if "http://" not in line:
            raise FondacoError(f"The merchant's system did not start: {line!r}")
        yield Merchant("http://" + line.split("http://")[1].strip(), client)
    finally:
        if process.returncode is None:
            process.terminate()
            await process.wait()

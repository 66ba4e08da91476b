"""Reading server-sent events as a browser does."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp

from tests.scenario.api_house import House

_PATIENCE_SECONDS = 10


@dataclass(frozen=True, slots=True)
class Heard:
    """One event as it came."""

    id: int | None
    event: str
    data: Any


class Listener:
    """Reads one stream, event by event."""

    def __init__(self, answer: aiohttp.ClientResponse) -> None:
        self.answer = answer

    async def take(self, count: int) -> list[Heard]:
        """Return the next events; fails when they do not come."""
        async with asyncio.timeout(_PATIENCE_SECONDS):
            return [await self._next() for _ in range(count)]

    async def until(self, event: str) -> list[Heard]:
        """Return all events up to the first of this type, itself included."""
        heard: list[Heard] = []
        while not heard or heard[-1].event != event:
            heard += await self.take(1)
        return heard

    async def comment(self) -> str:
        """Return the next comment line; fails when none comes."""
        async with asyncio.timeout(_PATIENCE_SECONDS):
            while not (line := await self._line()).startswith(":"):
                pass
            return line

    async def end(self) -> None:
        """Wait for the stream to end; fails when it does not."""
        async with asyncio.timeout(_PATIENCE_SECONDS):
            await self.answer.content.read()

    async def _next(self) -> Heard:
        fields: dict[str, str] = {}
        while "data" not in fields:
            fields = {}
            while line := await self._line():
                name, _, value = line.partition(": ")
                fields[name] = value
        number = int(fields["id"]) if "id" in fields else None
        return Heard(number, fields["event"], json.loads(fields["data"]))

    async def _line(self) -> str:
        line = await self.answer.content.readline()
        if not line:
            raise EOFError("The stream has ended.")
        return line.decode().rstrip("\n")


@asynccontextmanager
async def listening_to(
    house: House, path: str, secret: str, headers: Mapping[str, str] | None = None
) -> AsyncIterator[Listener]:
    """Listen to a stream for as long as the block runs."""
    said = {"Authorization": f"Bearer {secret}", **(headers or {})}
    async with house.http.get(house.url + path, headers=said) as answer:
        yield Listener(answer)


async def open_streams(house: House, count: int) -> None:
    """Wait until so many streams are open; fails when that does not happen."""
    async with asyncio.timeout(_PATIENCE_SECONDS):
        while len(house.machinery.streams) != count:
            await asyncio.get_running_loop().run_in_executor(None, lambda: None)

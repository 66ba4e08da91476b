"""Who writes: visitors of the widget, who read along while they are answered."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import msgspec

from fondaco.demo.seed import WIDGET_ID
from fondaco.domain.errors import FondacoError
from fondaco.kit.clock import Clock
from fondaco.kit.http import HttpClient, HttpFault
from fondaco.lab.invent.plan import Plan
from fondaco.lab.invent.talks import Talk
from fondaco.lab.invent.watching import Watching

_LINGER_SECONDS = 0.2  # for what comes behind the last message
_LOOK_SECONDS = 0.02


@dataclass(frozen=True, slots=True, kw_only=True)
class Wires:
    """What visitors write with."""

    plan: Plan
    clock: Clock
    client: HttpClient
    server_url: str
    until_ms: float  #: of ``Clock.monotonic_ms``; nobody writes after it

    async def post(self, path: str, text: str, token: str = "") -> dict[str, Any]:
        """Post a message; return the answer's body.  Raises FondacoError."""
        headers = {"Content-Type": "application/json"}
        headers |= {"Authorization": f"Bearer {token}"} if token else {}
        answer = await self.client.request(
            "POST",
            f"{self.server_url}/widget/v1/{path}",
            headers=headers,
            body=msgspec.json.encode({"text": text}),
            timeout_seconds=20,
        )
        if answer.status >= 300:
            raise FondacoError(f"POST {path}: status {answer.status}, {answer.body[:300]!r}")
        return msgspec.json.decode(answer.body, type=dict[str, Any])


@dataclass(slots=True, kw_only=True)
class Visitor:
    """Writes one message after another, each once the last one was answered, until a person is asked."""

    talk: Talk
    wires: Wires
    conversation_id: str = ""
    watching: Watching = field(default_factory=Watching)
    waits_ms: list[float] = field(default_factory=list)  #: from a message to its answer
    unanswered: int = 0  #: messages that nobody answered in time
    _token: str = ""
    _reading: asyncio.Task[None] | None = None

    async def correspond(self) -> None:
        """Write everything, and go away.  Raises FondacoError where the server refuses a message."""
        try:
            for text in self.talk.messages:
                if self.watching.handed_over or self.wires.clock.monotonic_ms() > self.wires.until_ms:
                    break
                await self._say(text)
            await self.wires.clock.sleep(_LINGER_SECONDS)
        finally:
            if self._reading is not None:
                self._reading.cancel()
                await asyncio.wait([self._reading])

    async def _say(self, text: str) -> None:
        began_ms = self.wires.clock.monotonic_ms()
        self.watching.written += 1
        seq = await self._write(text)
        patience_ms = 1000 * (self.wires.plan.answer_seconds + 30)
        while self.watching.answered < seq:
            if self.wires.clock.monotonic_ms() - began_ms > patience_ms:
                self.unanswered += 1
                return
            await self.wires.clock.sleep(_LOOK_SECONDS)
        self.waits_ms.append(self.wires.clock.monotonic_ms() - began_ms)

    async def _write(self, text: str) -> int:
        if self._token:
            seq: int = (await self.wires.post("messages", text, self._token))["seq"]
            return seq
        begun = await self.wires.post(f"{WIDGET_ID}/conversations", text)
        self.conversation_id, self._token = begun["conversation_id"], begun["token"]
        self._reading = asyncio.create_task(self._read())
        return int(begun["seq"])

    async def _read(self) -> None:
        """Read the stream until cancelled; one that breaks off is opened again behind what was read."""
        headers = {"Authorization": f"Bearer {self._token}"}
        while True:
            url = f"{self.wires.server_url}/widget/v1/events?after={self.watching.answered}"
            with suppress(HttpFault):
                async with self.wires.client.stream("GET", url, headers=headers) as stream:
                    async for piece in stream.pieces():
                        self.watching.feed(piece)
            await self.wires.clock.sleep(_LOOK_SECONDS)

"""Who writes in a cell: a shop's own program that gets replies posted, and a visitor of the widget."""

from __future__ import annotations

import asyncio
import sys
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import msgspec

from fondaco.domain.errors import FondacoError
from fondaco.kit.clock import Clock
from fondaco.kit.http import HttpClient, HttpFault
from fondaco.lab.crash.ledger import Ledger
from fondaco.lab.providers import scene
from fondaco.lab.providers.plan import MatrixPlan
from fondaco.lab.providers.rows import Case
from fondaco.lab.providers.screen import Screen
from fondaco.lab.providers.seen import Turn
from fondaco.lab.providers.shop_end import ShopWithShelf
from fondaco.lab.providers.words import Question, question

_MESSAGES = 2  # of each contact
_LATE_SECONDS = 5.0  # beyond the deadline, before a contact goes away


@dataclass(frozen=True, slots=True, kw_only=True)
class Wires:
    """What contacts write with."""

    plan: MatrixPlan
    clock: Clock
    client: HttpClient
    shop_end: ShopWithShelf
    ledger: Ledger  #: what the shop's end has received
    server_url: str

    async def post(self, path: str, body: dict[str, Any], key: str) -> dict[str, Any]:
        """Post; return the answer's body.  Raises FondacoError."""
        return await self._request("POST", path, msgspec.json.encode(body), key)

    async def handoffs(self, conversation_id: str) -> list[int]:
        """Return at which numbers of the log a teammate was asked."""
        path = f"/v1/conversations/{conversation_id}/events?limit=100"
        log = await self._request("GET", path, None, scene.SECRET)
        return [one["seq"] for one in log["items"] if one["event"]["type"] == "HandoffRequested"]

    async def _request(self, method: str, path: str, body: bytes | None, key: str) -> dict[str, Any]:
        headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {key}"} if key else {})
        answer = await self.client.request(
            method, self.server_url + path, headers=headers, body=body, timeout_seconds=10
        )
        if answer.status >= 300:
            raise FondacoError(f"{method} {path}: status {answer.status}, {answer.body[:300]!r}")
        return msgspec.json.decode(answer.body, type=dict[str, Any])


@dataclass(frozen=True, slots=True)
class _Written:
    """A message of a contact."""

    question: Question
    seq: int
    at_ms: float
    drafts: int = 0  #: that the contact had seen before


@dataclass(slots=True, kw_only=True)
class Contact:
    """Writes, waits for the answer, and writes once more unless a person was called."""

    number: int
    case: Case
    wires: Wires
    conversation_id: str = ""
    written: list[_Written] = field(default_factory=list)

    async def correspond(self) -> None:
        """Write all messages."""
        topic = self.case.row.topics[self.number % len(self.case.row.topics)]
        for message in range(_MESSAGES):
            asked = question(topic, self.number * _MESSAGES + message)
            at_ms, drafts = self.wires.clock.monotonic_ms(), self.drafts_seen()
            seq = await self.write(asked.text)
            self.written.append(_Written(asked, seq, at_ms, drafts))
            answered = await self._answered(seq)
            if not answered or await self.wires.handoffs(self.conversation_id):
                return

    async def turns(self) -> list[Turn]:
        """Return what this contact saw, once all is over."""
        handoffs = await self.wires.handoffs(self.conversation_id)
        ends = [
            *self.written[1:],
            _Written(question(self.case.row.topics[0], 0), sys.maxsize, 0.0, sys.maxsize),
        ]
        return [self._turn(one, end, handoffs) for one, end in zip(self.written, ends, strict=True)]

    def drafts_seen(self) -> int:
        """Return how many states of unfinished answers were shown."""
        return 0

    def drafts(self, since: int, until: int) -> tuple[str, ...]:
        """Return some of the states of unfinished answers."""
        return ()

    def left_over(self) -> str:
        """Return what is still shown of an unfinished answer."""
        return ""

    async def write(self, text: str) -> int:
        """Send a message and return its number."""
        raise NotImplementedError

    def received(self) -> list[tuple[int, str, float]]:
        """Return the shop's messages: number, text, time in milliseconds."""
        raise NotImplementedError

    async def wait_for_news(self, seq: int) -> None:
        """Wait until there is a message after this number."""
        raise NotImplementedError

    def has_news(self, seq: int) -> bool:
        """Return whether there is a message after this number."""
        return any(one[0] > seq for one in self.received())

    async def _answered(self, seq: int) -> bool:
        with suppress(TimeoutError):
            async with asyncio.timeout(self.wires.plan.answer_seconds + _LATE_SECONDS):
                await self.wait_for_news(seq)
        return self.has_news(seq)

    def _turn(self, one: _Written, end: _Written, handoffs: list[int]) -> Turn:
        mine = sorted(got for got in self.received() if one.seq < got[0] < end.seq)
        return Turn(
            question=one.question,
            texts=tuple(text for _, text, _ in mine),
            after_ms=mine[0][2] - one.at_ms if mine else None,
            handed_over=any(one.seq < seq < end.seq for seq in handoffs),
            drafts=self.drafts(one.drafts, end.drafts),
            left_over=self.left_over() if one is self.written[-1] else "",
        )


class Program(Contact):
    """The shop's own program, which gets replies at its address."""

    async def write(self, text: str) -> int:
        if not self.conversation_id:
            contact = {"external_id": f"contact-{self.number}"}
            body = {"connection_id": scene.CALLBACK, "contact": contact}
            self.conversation_id = (await self.wires.post("/v1/conversations", body, scene.SECRET))["id"]
        path = f"/v1/conversations/{self.conversation_id}/messages"
        seq: int = (await self.wires.post(path, {"text": text}, scene.SECRET))["seq"]
        return seq

    def received(self) -> list[tuple[int, str, float]]:
        seen = self.wires.ledger.seen
        mine = [one for one in seen if one.conversation_id == self.conversation_id]
        return [(one.seq, one.text, one.at * 1000) for one in mine]

    async def wait_for_news(self, seq: int) -> None:
        arrived = self.wires.shop_end.arrived
        async with arrived:
            await arrived.wait_for(lambda: self.has_news(seq))


@dataclass(slots=True, kw_only=True)
class Visitor(Contact):
    """Somebody who reads along in the widget."""

    screen: Screen = field(default_factory=Screen)
    token: str = ""
    _reading: asyncio.Task[None] | None = None
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    async def write(self, text: str) -> int:
        if self.token:
            seq: int = (await self.wires.post("/widget/v1/messages", {"text": text}, self.token))["seq"]
            return seq
        begun = await self.wires.post(f"/widget/v1/{scene.WIDGET}/conversations", {"text": text}, "")
        self.conversation_id, self.token, first = begun["conversation_id"], begun["token"], begun["seq"]
        self._reading = asyncio.create_task(self._read())
        return int(first)

    async def turns(self) -> list[Turn]:
        if self._reading is not None:
            self._reading.cancel()
            await asyncio.wait([self._reading])
        return await Contact.turns(self)

    def received(self) -> list[tuple[int, str, float]]:
        return self.screen.messages

    async def wait_for_news(self, seq: int) -> None:
        while not self.has_news(seq):
            self._news.clear()
            await self._news.wait()

    def drafts_seen(self) -> int:
        return len(self.screen.drafts)

    def drafts(self, since: int, until: int) -> tuple[str, ...]:
        return tuple(self.screen.drafts[since:until])

    def left_over(self) -> str:
        return self.screen.draft

    async def _read(self) -> None:
        wires, headers = self.wires, {"Authorization": f"Bearer {self.token}"}
        with suppress(HttpFault):
            async with wires.client.stream(
                "GET", f"{wires.server_url}/widget/v1/events", headers=headers
            ) as stream:
                async for piece in stream.pieces():
                    if self.screen.feed(piece, wires.clock.monotonic_ms()):
                        self._news.set()

"""Contacts by the thousand: each posts a message, waits for the shop's answer to arrive, and goes on.

The answer is visible when it arrives at the shop's own address (the channel ``callback``), so the time from
POST to answer holds everything: the message stored, the turn, the settling write, the outbox, the delivery.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import msgspec
import uvicorn
from starlette.types import Receive, Scope, Send

from fondaco.domain.people import AssigneeKind
from fondaco.kit.clock import Clock
from fondaco.kit.http import HttpAnswer, HttpClient, HttpFault, NoAnswer
from fondaco.lab.turn_processes import BenchFailed

_PATIENCE_SECONDS = 60.0
_DOUBT_SECONDS = 5.0


class _Posted(msgspec.Struct):
    conversation_id: str


class _Assignee(msgspec.Struct):
    kind: AssigneeKind


class _Conversation(msgspec.Struct):
    id: str
    assignee: _Assignee


class ShopAddress:
    """The shop's own address: takes each answer in and wakes the contact that waits for it."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._waiting: dict[str, asyncio.Future[float]] = {}
        self._decoder = msgspec.json.Decoder(_Posted)

    def expect(self, conversation_id: str) -> asyncio.Future[float]:
        """Return what will hold the moment at which the next answer in a conversation arrived."""
        waiting: asyncio.Future[float] = asyncio.get_running_loop().create_future()
        self._waiting[conversation_id] = waiting
        return waiting

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        body = b""
        more = True
        while more:
            message = await receive()
            body += message.get("body", b"")
            more = message.get("more_body", False)
        self._take(self._decoder.decode(body))
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body"})

    def _take(self, posted: _Posted) -> None:
        waiting = self._waiting.pop(posted.conversation_id, None)
        if waiting is not None and not waiting.done():
            waiting.set_result(self._clock.monotonic_ms())


class _Listener(uvicorn.Server):
    """Leaves signals alone: they are for the command."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@asynccontextmanager
async def listening(address: ShopAddress, port: int, clock: Clock) -> AsyncIterator[None]:
    """Take answers in while the block runs."""
    config = uvicorn.Config(
        address,
        port=port,
        http="httptools",
        ws="none",
        lifespan="off",
        log_config=None,
        log_level="warning",
        access_log=False,
    )
    listener = _Listener(config)
    task = asyncio.create_task(listener.serve())
    while not listener.started:
        if task.done():
            raise BenchFailed(f"Nothing can listen on port {port} any more; run it again.")
        await clock.sleep(0.005)
    try:
        yield
    finally:
        listener.should_exit = True
        await task


@dataclass(slots=True)
class Load:
    """What came of one wave of messages."""

    wall_ms: float = 0.0
    latencies_ms: list[float] = field(default_factory=list)
    ended_by_handoff: int = 0  #: conversations that went to a person before their last message

    @property
    def turns(self) -> int:
        return len(self.latencies_ms)

    @property
    def turns_per_second(self) -> float:
        return 1000 * self.turns / self.wall_ms

    def percentile_ms(self, share: float) -> float:
        """Return the latency that ``share`` of all turns did not exceed."""
        ordered = sorted(self.latencies_ms)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


class Contacts:
    """Everybody who writes to the server that is measured."""

    def __init__(self, client: HttpClient, address: ShopAddress, url: str, key: str, clock: Clock) -> None:
        self._client = client
        self._address = address
        self._url = f"{url}/v1/conversations"
        self._headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
        self._clock = clock
        self._opened = 0
        self._asked = 0

    @property
    def opened(self) -> int:
        """How many conversations were opened so far."""
        return self._opened

    async def open(self, connection_id: str, count: int) -> list[str]:
        """Open so many conversations, sixteen at a time, and return their ids."""
        found: list[str] = []
        names = iter(range(self._opened, self._opened + count))

        async def open_some() -> None:
            for number in names:
                conversation_id = await self._open(connection_id, f"contact-{number}")
                found.append(conversation_id)

        await _together(open_some() for _ in range(16))
        self._opened += count
        return found

    async def _open(self, connection_id: str, name: str) -> str:
        body = {"connection_id": connection_id, "contact": {"external_id": name}, "external_id": name}
        answer = await self._post(self._url, msgspec.json.encode(body), 201)
        return msgspec.json.decode(answer, type=_Conversation).id

    async def talk(self, scripts: Sequence[tuple[str, Sequence[str]]], in_flight: int) -> Load:
        """Let ``in_flight`` contacts at once go through scripts: a conversation's id and its messages."""
        load, waiting = Load(), iter(scripts)

        began_ms = self._clock.monotonic_ms()

        async def contact() -> None:
            for conversation_id, texts in waiting:
                for text in texts:
                    latency_ms = await self._ask(conversation_id, text)
                    if latency_ms is None:
                        load.ended_by_handoff += 1
                        break
                    load.latencies_ms.append(latency_ms)
                    load.wall_ms = self._clock.monotonic_ms() - began_ms

        await _together(contact() for _ in range(in_flight))
        return load

    async def _ask(self, conversation_id: str, text: str) -> float | None:
        """Return the milliseconds from the POST to the answer; None where a person has to give it."""
        answer = self._address.expect(conversation_id)
        began_ms = self._clock.monotonic_ms()
        self._asked += 1
        url, body = f"{self._url}/{conversation_id}/messages", msgspec.json.encode({"text": text})
        await self._post(url, body, 202, key=f"message-{self._asked}")
        until_ms = began_ms + 1000 * _PATIENCE_SECONDS
        given_away = False
        while not (await asyncio.wait([answer], timeout=_DOUBT_SECONDS))[0]:
            if given_away:  # and the message that says so, if it is still to come, had time to arrive
                return None
            given_away = not await self._assistant_answers(conversation_id)
            if self._clock.monotonic_ms() > until_ms:
                raise BenchFailed(f"No answer to {text!r} within {_PATIENCE_SECONDS:g} s.")
        return answer.result() - began_ms

    async def _assistant_answers(self, conversation_id: str) -> bool:
        answer = await self._client.request("GET", f"{self._url}/{conversation_id}", headers=self._headers)
        return msgspec.json.decode(answer.body, type=_Conversation).assignee.kind is AssigneeKind.ASSISTANT

    async def only_post(self, conversation_id: str, text: str, times: int) -> None:
        """Post the same message again and again, sixteen at a time, and wait for no answer."""
        url, body = f"{self._url}/{conversation_id}/messages", msgspec.json.encode({"text": text})
        numbers = iter(range(times))

        async def post_some() -> None:
            for _ in numbers:
                await self._post(url, body, 202)

        await _together(post_some() for _ in range(16))

    async def metrics(self) -> str:
        """Return what the server counts about itself."""
        url = self._url.replace("/conversations", "/metrics")
        answer = await self._client.request("GET", url, headers=self._headers)
        return answer.body.decode()

    async def _post(self, url: str, body: bytes, expected: int, key: str = "") -> bytes:
        try:
            answer = await self._send(url, body, key)
        except HttpFault as fault:
            raise BenchFailed(f"{fault}.") from fault
        if answer.status != expected:
            raise BenchFailed(
                f"POST {url} gave {answer.status}: {answer.body[:300].decode('utf-8', 'replace')}"
            )
        return answer.body

    async def _send(self, url: str, body: bytes, key: str) -> HttpAnswer:
        """Send it, and again if the server closed the connection just then; nothing happens twice."""
        headers = self._headers | {"Idempotency-Key": key} if key else self._headers
        request = partial(self._client.request, "POST", url, headers=headers, body=body)
        try:
            return await request(timeout_seconds=_PATIENCE_SECONDS)
        except NoAnswer:
            return await request(timeout_seconds=_PATIENCE_SECONDS)


async def _together(work: Iterable[Coroutine[Any, Any, None]]) -> None:
    """Do everything at once; the first failure ends the rest and is raised."""
    try:
        async with asyncio.TaskGroup() as group:
            for one in work:
                group.create_task(one)
    except BaseExceptionGroup as failed:
        raise failed.exceptions[0] from None

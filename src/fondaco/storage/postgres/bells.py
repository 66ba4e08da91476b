"""Rings that cross from one process to another: NOTIFY and LISTEN as a doorbell, never as the record."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterable, Iterator

import asyncpg

from fondaco.domain.errors import FondacoError
from fondaco.kit.clock import Clock
from fondaco.kit.signals import SignalHub
from fondaco.storage.postgres.database import Database
from fondaco.storage.postgres.failures import DRIVER_ERRORS
from fondaco.storage.postgres.relay import RELAY_CHANNEL, PostgresRelay
from fondaco.storage.postgres.statements import NOTIFY
from fondaco.storage.rules import DELIVERIES, LANES

CHANNEL = "fondaco"
PAYLOAD_BYTES = 7_900  # PostgreSQL takes fewer than 8,000 (manual, NOTIFY)
_SEPARATOR = "\n"


def payloads_of(origin: str, topics: Iterable[str]) -> Iterator[str]:
    """Yield the topics behind the name of the process that rings, in as many payloads as they need."""
    payload = origin
    for topic in topics:
        longer = payload + _SEPARATOR + topic
        if len(longer.encode()) > PAYLOAD_BYTES:
            yield payload
            longer = origin + _SEPARATOR + topic
        payload = longer
    if payload != origin:
        yield payload


class Herald:
    """Rings in this process at once, and in the others by NOTIFY.

    NOTIFY takes a lock of the whole server while its transaction commits, so it is sent after the commit
    that it tells of, by itself, and one for all topics that have come together meanwhile.
    """

    def __init__(self, database: Database, signals: SignalHub, origin: str) -> None:
        self._database = database
        self._signals = signals
        self._origin = origin
        self._topics: dict[str, None] = {}
        self._sender: asyncio.Task[None] | None = None

    def ring(self, topics: Iterable[str]) -> None:
        """Ring everybody who listens to one of these topics."""
        fresh = dict.fromkeys(topics)
        for topic in fresh:
            self._signals.ring(topic)
        self._topics.update(fresh)
        if self._topics and self._sender is None:
            self._sender = asyncio.create_task(self._send())

    async def drain(self) -> None:
        """Wait until the other processes have been told."""
        while (sender := self._sender) is not None:
            await asyncio.wait([sender])

    async def _send(self) -> None:
        while self._topics:
            topics, self._topics = self._topics, {}
            # Whoever is not told looks by itself before long.
            with contextlib.suppress(FondacoError):
                await self._database.rows(NOTIFY, CHANNEL, list(payloads_of(self._origin, topics)))
        self._sender = None


class Listener:
    """Rings here what other processes ring, over a connection of its own; a lost one is made again.

    What is told on the relay's channel goes to the relay.
    """

    def __init__(self, dsn: str, signals: SignalHub, origin: str, clock: Clock, relay: PostgresRelay) -> None:
        self._dsn = dsn
        self._signals = signals
        self._origin = origin
        self._clock = clock
        self._relay = relay
        self._task: asyncio.Task[None] | None = None
        self._listening = asyncio.Event()

    async def start(self) -> None:
        """Begin to listen; returns once that is so, or when it has taken too long and is tried on."""
        self._task = asyncio.create_task(self._run())
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_CONNECT_SECONDS):
                await self._listening.wait()

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])

    async def _run(self) -> None:
        while True:
            with contextlib.suppress(*DRIVER_ERRORS):
                await self._listen()
            await self._clock.sleep(_AGAIN_SECONDS)

    async def _listen(self) -> None:
        connection = await asyncpg.connect(
            self._dsn, timeout=_CONNECT_SECONDS, server_settings={"application_name": "fondaco listener"}
        )
        lost = asyncio.Event()
        connection.add_termination_listener(lambda _connection: lost.set())
        try:
            await connection.add_listener(CHANNEL, self._heard)
            await connection.add_listener(RELAY_CHANNEL, self._told)
            self._listening.set()
            for topic in (LANES, DELIVERIES):  # something may have rung while nobody listened
                self._signals.ring(topic)
            await self._until(lost, connection)
        finally:
            connection.terminate()

    async def _until(self, lost: asyncio.Event, connection: asyncpg.Connection) -> None:
        """Wait for the end of the connection, asking now and then whether it is still one."""
        while not lost.is_set():
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_ASK_SECONDS):
                    await lost.wait()
            if not lost.is_set():
                await connection.execute("select 1", timeout=_CONNECT_SECONDS)

    def _heard(self, _connection: object, _process: int, _channel: str, payload: str) -> None:
        origin, *topics = payload.split(_SEPARATOR)
        if origin == self._origin:
            return
        for topic in topics:
            self._signals.ring(topic)

    def _told(self, _connection: object, _process: int, _channel: str, payload: str) -> None:
        self._relay.heard(payload)


_AGAIN_SECONDS = 0.5
_CONNECT_SECONDS = 5.0
_ASK_SECONDS = 30.0

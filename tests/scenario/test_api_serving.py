"""Listening and stopping."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
from dataclasses import replace

import aiohttp
import pytest
from starlette.applications import Starlette

from fondaco.domain.errors import ConfigurationError
from fondaco.server.asgi import build_asgi
from fondaco.server.options import ServerOptions
from fondaco.server.serve import demand_safe_address, listening, serve
from fondaco.testing.clock import FakeClock
from fondaco.testing.memory_store import MemoryStore
from tests.scenario.api_house import make_parts

OPTIONS = ServerOptions(port=0, shutdown_seconds=2)


class Recorder:
    """Works until it is stopped, and remembers that it was."""

    def __init__(self) -> None:
        self.stopped = False

    async def run(self) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            self.stopped = True


class Ordered:
    """Takes a moment to stop, and says when it has."""

    def __init__(self, name: str, order: list[str]) -> None:
        self.name = name
        self.order = order

    async def run(self) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.get_running_loop().run_in_executor(None, lambda: None)
            self.order.append(self.name)


class Stubborn:
    """Does not stop when it is told to for the first time."""

    async def run(self) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.Event().wait()


class Broken:
    """Dies at once."""

    async def run(self) -> None:
        raise OSError("the disk is gone")


def application() -> Starlette:
    clock = FakeClock()
    return build_asgi(make_parts(clock, MemoryStore(clock), OPTIONS, []))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_signal_ends_the_server_and_its_workers_cleanly(number: signal.Signals) -> None:
    worker, heard = Recorder(), asyncio.Queue[str]()
    served = asyncio.create_task(
        serve(application(), OPTIONS, background=[worker], announce=heard.put_nowait)
    )
    url = await heard.get()
    async with aiohttp.ClientSession() as http, http.get(f"{url}/v1/health") as answer:
        status = answer.status

    os.kill(os.getpid(), number)
    async with asyncio.timeout(5):
        await served

    assert (status, worker.stopped) == (200, True)


async def test_what_began_last_stops_first() -> None:
    order: list[str] = []
    background = [Ordered("librarian", order), Ordered("worker", order), Ordered("courier", order)]

    with pytest.raises(OSError, match="the disk is gone"):
        await serve(application(), OPTIONS, background=[*background, Broken()])

    assert order == ["courier", "worker", "librarian"]


async def test_a_worker_that_does_not_stop_is_not_waited_for_longer_than_agreed() -> None:
    async with asyncio.timeout(5):
        with pytest.raises(OSError, match="the disk is gone"):
            await serve(application(), OPTIONS, background=[Stubborn(), Broken()])


async def test_a_worker_that_dies_ends_the_server_with_its_reason() -> None:
    async with asyncio.timeout(5):
        with pytest.raises(OSError, match="the disk is gone"):
            await serve(application(), OPTIONS, background=[Broken()])


async def test_a_port_that_is_taken_is_told_with_the_remedy() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

        with pytest.raises(ConfigurationError, match=f"Port {port} is in use.*--port.*FONDACO_SERVER__PORT"):
            await serve(application(), replace(OPTIONS, port=port))


async def test_a_host_that_is_no_address_is_told() -> None:
    with pytest.raises(ConfigurationError, match=r"server\.host"):
        await serve(
            application(),
            replace(OPTIONS, host="not a host", behind_tls=True, public_url="https://help.example"),
        )


async def test_the_system_chooses_a_port_where_none_is_named() -> None:
    async with listening(application(), OPTIONS) as one, listening(application(), OPTIONS) as other:
        ports = {one.port, other.port}

    assert len(ports) == 2
    assert 0 not in ports


@pytest.mark.parametrize(
    "options",
    [
        ServerOptions(host="0.0.0.0"),
        ServerOptions(host="192.0.2.7", behind_tls=True),
        ServerOptions(host="::", public_url="https://help.example"),
        ServerOptions(host="example.org", behind_tls=True, public_url="http://help.example"),
    ],
)
def test_others_do_not_reach_the_server_without_tls_in_front(options: ServerOptions) -> None:
    with pytest.raises(ConfigurationError, match="behind_tls"):
        demand_safe_address(options)


@pytest.mark.parametrize(
    "options",
    [
        ServerOptions(),
        ServerOptions(host="localhost"),
        ServerOptions(host="::1"),
        ServerOptions(host="0.0.0.0", behind_tls=True, public_url="https://help.example"),
    ],
)
def test_loopback_and_a_proxy_with_tls_are_safe(options: ServerOptions) -> None:
    demand_safe_address(options)

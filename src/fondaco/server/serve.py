"""Listening: uvicorn with httptools, the workers beside it, and a clean end within seconds."""

from __future__ import annotations

import asyncio
import errno
import ipaddress
import signal
import socket
import threading
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from typing import Protocol

import uvicorn
from starlette.applications import Starlette

from fondaco.domain.errors import ConfigurationError
from fondaco.server.operation import Machinery
from fondaco.server.options import ServerOptions
from fondaco.server.streams import Streams
from fondaco.server.wire import bounded

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Background(Protocol):
    """Something that works beside the server, such as a worker or the courier."""

    async def run(self) -> None:
        """Work until cancelled."""
        ...


@dataclass(frozen=True, slots=True)
class Running:
    """A server that listens."""

    host: str
    port: int
    stopped: asyncio.Task[None]  #: done when the server has stopped
    stop: Callable[[], None]

    @property
    def url(self) -> str:
        """The address under which this machine reaches the server."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}"


async def serve(
    app: Starlette,
    options: ServerOptions,
    *,
    background: Sequence[Background] = (),
    announce: Callable[[str], None] = lambda _: None,
) -> None:
    """Serve until SIGTERM or SIGINT; then end requests and streams, and ``background`` from last to first.

    ``announce`` is told the address once the server listens.
    Raises ConfigurationError where it cannot listen as it is told to, and whatever a background task died of.
    """
    async with listening(app, options) as running:
        announce(options.public_url or running.url)
        tasks = [asyncio.create_task(one.run()) for one in background]
        try:
            await asyncio.wait([running.stopped, *tasks], return_when=asyncio.FIRST_COMPLETED)
        finally:
            running.stop()
            await asyncio.wait([running.stopped])
            await _end(tasks, options.shutdown_seconds / 2)


@asynccontextmanager
async def listening(app: Starlette, options: ServerOptions) -> AsyncIterator[Running]:
    """Listen for as long as the block runs.  Raises ConfigurationError."""
    demand_safe_address(options)
    bound = _bind(options)
    machinery: Machinery = app.state.machinery
    server = _Server(_config(app, options), machinery.streams)
    stopped = asyncio.create_task(server.serve(sockets=[bound]))
    host, port = bound.getsockname()[:2]
    try:
        await server.listens.wait()
        yield Running(host, port, stopped, server.stop)
    finally:
        server.stop()
        await stopped


def demand_safe_address(options: ServerOptions) -> None:
    """Raise ConfigurationError for an address that others reach without TLS in front of it."""
    if is_loopback(options.host) or (options.behind_tls and options.public_url.startswith("https://")):
        return
    raise ConfigurationError(
        f"server.host is {options.host}, which other machines can reach. Put a proxy with TLS in front and "
        "set server.behind_tls = true and server.public_url = 'https://…', or server.host = '127.0.0.1'."
    )


def is_loopback(host: str) -> bool:
    """Return whether only this machine reaches an address."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


class _Server(uvicorn.Server):
    """uvicorn, with streams that end when it stops and signals that are its own only while it runs."""

    def __init__(self, config: uvicorn.Config, streams: Streams) -> None:
        super().__init__(config)
        self._streams = streams
        self.listens = asyncio.Event()

    def stop(self) -> None:
        self.should_exit = True

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.listens.set()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._streams.close()
        await super().shutdown(sockets)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        # uvicorn's own raises the signal again after a clean end, and the process would die of it.
        loop, mine = asyncio.get_running_loop(), threading.current_thread() is threading.main_thread()
        for number in _SIGNALS if mine else ():
            loop.add_signal_handler(number, self.stop)
        try:
            yield
        finally:
            for number in _SIGNALS if mine else ():
                loop.remove_signal_handler(number)


def _config(app: Starlette, options: ServerOptions) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        http=bounded(options.request_timeout_seconds),
        ws="none",
        lifespan="off",
        log_config=None,
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=options.behind_tls,
        forwarded_allow_ips=list(options.trusted_proxies),
        timeout_graceful_shutdown=max(1, int(options.shutdown_seconds / 2)),
        backlog=2048,
    )


def _bind(options: ServerOptions) -> socket.socket:
    where = f"{options.host}:{options.port}"
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            options.host, options.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except (socket.gaierror, OverflowError) as error:
        raise ConfigurationError(f"server.host = {options.host!r} is no address here: {error}.") from None
    bound = socket.socket(family, kind, protocol)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind(address)
        bound.listen(2048)
    except OSError as error:
        bound.close()
        raise ConfigurationError(_why_not_bound(where, options.port, error)) from None
    bound.settimeout(0)
    return bound


def _why_not_bound(where: str, port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return (
            f"Port {port} is in use, so fondaco cannot listen on {where}. Stop what uses it, "
            "or choose another with --port, server.port or FONDACO_SERVER__PORT in the environment "
            "(0 lets the system choose)."
        )
    if error.errno == errno.EACCES:
        return (
            f"Port {port} needs privileges; choose one above 1023 with --port, server.port or "
            "FONDACO_SERVER__PORT in the environment."
        )
    return f"fondaco cannot listen on {where}: {error.strerror}. Set server.host and server.port."


async def _end(tasks: Sequence[asyncio.Task[None]], seconds: float) -> None:
    """Stop what works in the background, the last begun first; raise what any of it died of before.

    One stops after the other, since a later one may still use what an earlier one holds.
    """
    died = [task.exception() for task in tasks if task.done() and not task.cancelled()]
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            for task in reversed(tasks):
                task.cancel()
                await asyncio.wait([task])
    for task in tasks:
        task.cancel()
    for error in died:
        if error is not None:
            raise error

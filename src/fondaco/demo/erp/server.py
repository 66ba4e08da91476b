"""Serves the merchant system over HTTP until it is told to stop."""

from __future__ import annotations

import asyncio
import logging
import signal
import socket
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import date
from pathlib import Path
from typing import cast

import msgspec
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from fondaco.demo.erp.code_endpoints import CodeEndpoints
from fondaco.demo.erp.database import open_database
from fondaco.demo.erp.deed_endpoints import DeedEndpoints
from fondaco.demo.erp.endpoints import Endpoints
from fondaco.demo.erp.faults import FaultGuard, LiveConnection
from fondaco.demo.erp.openapi import document
from fondaco.demo.erp.problems import HANDLERS
from fondaco.demo.erp.shop import Calendar, Shop
from fondaco.demo.erp.tokens import TokenGuard
from fondaco.demo.erp.writer import Writer
from fondaco.domain.errors import ConfigurationError
from fondaco.kit.clock import Clock, SystemClock

#: Opens nothing but made-up orders.
DEMO_TOKEN = "rialto-demo-token"  # noqa: S105 - no secret
#: Where a caller looks for another token.
TOKEN_VARIABLE = "FONDACO_DEMO_ERP_TOKEN"  # noqa: S105 - a name

_STOP_SECONDS = 2


class ErpOptions(msgspec.Struct, frozen=True, kw_only=True):
    """How the merchant system is started."""

    database_path: Path
    token: str
    host: str = "127.0.0.1"
    port: int = 0  #: 0 lets the system choose
    seed: int = 7
    today: date | None = None  #: None follows the clock, in UTC
    faults: bool = False  #: whether ``X-Fault`` is obeyed


class _Server(uvicorn.Server):
    """Leaves signals alone: whoever started the server decides when it stops."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@asynccontextmanager
async def running(options: ErpOptions, clock: Clock) -> AsyncIterator[str]:
    """Serve while the block runs and yield the base address, such as ``http://127.0.0.1:8123``.

    Requests under way get two seconds to finish when the block ends.

    Raises:
        ConfigurationError: the address is in use or not this machine's.
        StorageError: the database file is held, damaged or cannot be opened.
    """
    listener = _listen(options.host, options.port)
    try:
        writer = Writer(open_database(options.database_path))
    except BaseException:
        listener.close()
        raise
    try:
        async with _serving(options, clock, writer, listener):
            yield _address(listener)
    finally:
        listener.close()
        writer.close()


@asynccontextmanager
async def _serving(
    options: ErpOptions, clock: Clock, writer: Writer, listener: socket.socket
) -> AsyncIterator[None]:
    shop = Shop(writer, Calendar(clock, options.today), options.seed)
    await shop.books()  # drawn before the first request, so that a bad file is found at the start
    server = _server(options, clock, shop)
    task = asyncio.create_task(server.serve(sockets=[listener]), name="demo-erp")
    try:
        yield
    finally:
        server.should_exit = True
        await task


def _server(options: ErpOptions, clock: Clock, shop: Shop) -> _Server:
    def live() -> Iterable[LiveConnection]:
        # uvicorn's kinds of connection share these two attributes, but no base class that says so.
        return cast("Iterable[LiveConnection]", list(server.server_state.connections))

    routes = [
        *Endpoints(shop).routes(),
        *DeedEndpoints(shop).routes(),
        *CodeEndpoints(shop, options.seed).routes(),
        Route("/openapi.json", _described),
    ]
    app: ASGIApp = Starlette(routes=routes, exception_handlers=HANDLERS)
    if options.faults:
        app = FaultGuard(app, clock, live)
    config = uvicorn.Config(
        TokenGuard(app, options.token),
        lifespan="off",
        log_config=None,
        log_level=logging.WARNING,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=_STOP_SECONDS,
    )
    server = _Server(config)
    return server


async def _described(_request: Request) -> Response:
    return JSONResponse(document())


def _listen(host: str, port: int) -> socket.socket:
    try:
        listener = socket.create_server(
            (host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET, backlog=2048
        )
    except OSError as error:
        reason = str(error.strerror).partition(" (")[0]  # what follows repeats the address
        raise ConfigurationError(
            f"The demo ERP cannot listen on {host} port {port} ({reason}); "
            "name another --port, or 0 for a free one."
        ) from error
    except OverflowError as error:
        raise ConfigurationError(f"--port {port} is no port; name one from 0 to 65535.") from error
    # asyncio switches Nagle's algorithm off only for sockets of its own making; with it on, an answer in
    # two packets waits 40 ms for the other side's delayed acknowledgement.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    listener.settimeout(0)
    return listener


def _address(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


async def serve(options: ErpOptions, clock: Clock, announce: Callable[[str], None]) -> None:
    """Serve until SIGINT or SIGTERM; ``announce`` gets one line with the address once requests are taken.

    Raises:
        ConfigurationError: the address is in use or not this machine's.
        StorageError: the database file is held, damaged or cannot be opened.
    """
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    async with running(options, clock) as address:
        announce(f"demo ERP on {address}")
        await stop.wait()


def run(options: ErpOptions) -> None:
    """Serve until interrupted, on the machine's own clock, and print the address as one line.

    Raises:
        ConfigurationError: the address is in use or not this machine's.
        StorageError: the database file is held, damaged or cannot be opened.
    """
    loop_factory = uvicorn.Config(app="", loop="auto").get_loop_factory()
    with asyncio.Runner(loop_factory=loop_factory) as runner:
        runner.run(serve(options, SystemClock(), _say))


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201 - whoever started the process waits for this line

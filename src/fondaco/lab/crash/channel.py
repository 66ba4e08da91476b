"""The shop's own end of the channel: receives replies, and tells the server which ones it has."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import msgspec
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from fondaco.kit.chance import Chance
from fondaco.kit.clock import Clock
from fondaco.lab.crash.ledger import Ledger, Seen

_SLOW_SHARE = 0.3
_SLOW_SECONDS = 0.08


class _Posted(msgspec.Struct):
    delivery_id: str
    conversation_id: str
    seq: int
    author: str
    text: str


class ShopEnd:
    """Takes a message down the moment it arrives; some of the answers are slow, so that kills hit them."""

    def __init__(self, ledger: Ledger, clock: Clock, chance: Chance) -> None:
        self._ledger = ledger
        self._clock = clock
        self._chance = chance
        self.arrived = asyncio.Condition()

    async def receive(self, request: Request) -> Response:
        """Take one message down."""
        posted = msgspec.json.decode(await request.body(), type=_Posted)
        self._ledger.seen.append(
            Seen(
                posted.delivery_id,
                posted.conversation_id,
                posted.seq,
                posted.author,
                posted.text,
                self._clock.monotonic_ms() / 1000,
            )
        )
        async with self.arrived:
            self.arrived.notify_all()
        if self._chance.fraction() < _SLOW_SHARE:
            await self._clock.sleep(_SLOW_SECONDS)
        return Response(status_code=204)

    async def look_up(self, request: Request) -> Response:
        """Say whether a delivery is here."""
        return JSONResponse({"received": self._ledger.received(request.query_params["delivery_id"])})

    def app(self) -> Starlette:
        """Return the shop's HTTP application."""
        return Starlette(
            routes=[Route("/receive", self.receive, methods=["POST"]), Route("/look-up", self.look_up)]
        )


@asynccontextmanager
async def open_shop_end(shop_end: ShopEnd) -> AsyncIterator[str]:
    """Listen on a free port of this machine; yields the address."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=512)
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    config = uvicorn.Config(shop_end.app(), lifespan="off", log_config=None, access_log=False)
    server = _QuietServer(config)
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        await serving


class _QuietServer(uvicorn.Server):
    """uvicorn without its signal handlers: the drill handles its own."""

    def install_signal_handlers(self) -> None:
        """Leave signals alone."""

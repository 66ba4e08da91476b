"""Stands before the merchant's door: poisons what it says, breaks its answers, holds requests back."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from fondaco.kit.http import HttpAnswer, HttpClient, HttpFault
from fondaco.lab.attacks.cases import Fault, Poison
from fondaco.lab.attacks.stranger import COMMANDS

_METHODS = ["GET", "POST", "PUT", "DELETE", "PATCH"]
_LEFT_OUT = ("host", "content-length", "connection", "transfer-encoding", "accept-encoding")


class Gateway:
    """Passes every request on to the merchant's system, except for what an attack arranges."""

    def __init__(self, merchant_url: str, client: HttpClient) -> None:
        self._merchant_url = merchant_url
        self._client = client
        self.url = ""
        self.inside = 0  #: requests that are being answered, those that wait included
        self._open = asyncio.Event()
        self.reset()

    def reset(self) -> None:
        """Forget what the last attack arranged, and let everybody in who waits."""
        self._poisons: list[Poison] = []
        self._faults: list[Fault] = []
        self._held_path = ""
        self._open.set()
        self._open = asyncio.Event()
        self._open.set()
        self._knocked = asyncio.Event()
        self.strange_deeds = 0  #: what the stranger's system was told to change

    def poison(self, poison: Poison) -> None:
        """Let a field of the answers say something else from now on."""
        self._poisons.append(poison)

    def break_(self, fault: Fault) -> None:
        """Let the next answers break."""
        self._faults += [fault] * fault.times

    def hold(self, path: str) -> None:
        """Let requests of a path wait from now on."""
        self._held_path = path
        self._open.clear()

    def let_go(self) -> None:
        """Let everybody in who waits."""
        self._open.set()

    async def knocked(self) -> None:
        """Return once a request waits."""
        await self._knocked.wait()

    def app(self) -> Starlette:
        """Return the gateway's HTTP application."""
        routes = [
            Route("/stranger/{path:path}", self._stranger, methods=_METHODS),
            Route("/{path:path}", self._pass, methods=_METHODS),
        ]
        return Starlette(routes=routes)

    async def _stranger(self, request: Request) -> Response:
        """Answer for somebody else's system, which the attacker has taken over."""
        self.strange_deeds += request.method != "GET"
        return JSONResponse({"rate": "cheap", "note": COMMANDS, "city": request.query_params.get("city", "")})

    async def _pass(self, request: Request) -> Response:
        self.inside += 1
        try:
            if self._held_path and request.url.path.endswith(self._held_path):
                self._knocked.set()
                await self._open.wait()
            return await self._answered(request)
        finally:
            self.inside -= 1

    async def _answered(self, request: Request) -> Response:
        try:
            answer = await self._asked(request)
        except HttpFault:  # the fault that was asked for, or a merchant's system that has gone
            return Response(status_code=502)
        return Response(
            self._poisoned(request.url.path, answer), answer.status, media_type="application/json"
        )

    async def _asked(self, request: Request) -> HttpAnswer:
        headers = {name: text for name, text in request.headers.items() if name not in _LEFT_OUT}
        broken = next((one for one in self._faults if request.url.path.endswith(one.path)), None)
        if broken is not None:
            self._faults.remove(broken)
            headers["X-Fault"] = broken.fault
        target = request.scope["raw_path"].decode("latin-1")
        query = request.scope["query_string"].decode("latin-1")
        url = self._merchant_url + target + (f"?{query}" if query else "")
        return await self._client.request(request.method, url, headers=headers, body=await request.body())

    def _poisoned(self, path: str, answer: HttpAnswer) -> bytes:
        wanted = [one for one in self._poisons if path.endswith(one.path)]
        if not wanted or answer.status != 200:
            return answer.body
        told: dict[str, Any] = json.loads(answer.body)
        for one in wanted:
            told[one.field] = one.text
        return json.dumps(told).encode()


class _QuietServer(uvicorn.Server):
    """uvicorn without its signal handlers: whoever runs the lab decides when it ends."""

    def install_signal_handlers(self) -> None:
        """Leave signals alone."""


@asynccontextmanager
async def opened_gateway(merchant_url: str, client: HttpClient) -> AsyncIterator[Gateway]:
    """Serve the gateway on a free port of this machine for as long as the block runs."""
    gateway = Gateway(merchant_url, client)
    listener = socket.create_server(("127.0.0.1", 0), backlog=512)
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    config = uvicorn.Config(gateway.app(), lifespan="off", log_config=None, access_log=False)
    server = _QuietServer(config)
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    gateway.url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    try:
        yield gateway
    finally:
        gateway.reset()
        server.should_exit = True
        await serving

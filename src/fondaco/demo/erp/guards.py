"""What stands before the endpoints: the token, and faults on demand."""

from __future__ import annotations

import asyncio
import hmac
import socket
import struct
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Protocol

import msgspec
from starlette.datastructures import Headers, QueryParams
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from fondaco.demo.erp.problems import problem_response
from fondaco.kit.clock import Clock


class TokenGuard:
    """Lets only requests with the merchant's bearer token through; ``/health`` is open."""

    def __init__(self, app: ASGIApp, token: str) -> None:
        self._app = app
        self._expected = f"Bearer {token}".encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] == "/health" or self._allows(Headers(scope=scope)):
            await self._app(scope, receive, send)
            return
        refusal = problem_response(
            401, "bad-token", "Send the merchant's token as a bearer token.", {"WWW-Authenticate": "Bearer"}
        )
        await refusal(scope, receive, send)

    def _allows(self, headers: Headers) -> bool:
        return hmac.compare_digest(headers.get("authorization", "").encode(), self._expected)


class Fault(msgspec.Struct, frozen=True, kw_only=True):
    """What shall go wrong with one request."""

    delay_seconds: float = 0.0  #: before anything is done
    status: int | None = None  #: answered at once, nothing is done
    reset: bool = False  #: the work is done, then the connection is reset without an answer
    truncated: bool = False  #: the work is done, then half of the answer is sent


class BadFault(ValueError):
    """A wish for a fault that is not understood."""


def parse_fault(text: str) -> Fault:
    """Return the fault of ``delay=2``, ``status=500``, ``reset``, ``truncated``, or several with commas.

    Raises:
        BadFault: the text is none of these.
    """
    wishes = dict(part.strip().partition("=")[::2] for part in text.split(","))
    unknown = wishes.keys() - {"delay", "status", "reset", "truncated"}
    if unknown:
        raise BadFault(f"Unknown fault {min(unknown)!r}; there are delay=, status=, reset and truncated.")
    try:
        return Fault(
            delay_seconds=min(max(float(wishes.get("delay", 0)), 0.0), 600.0),
            status=HTTPStatus(int(wishes["status"])).value if "status" in wishes else None,
            reset="reset" in wishes,
            truncated="truncated" in wishes,
        )
    except ValueError as error:
        raise BadFault(f"A fault has no usable number: {error}.") from error


class LiveConnection(Protocol):
    """What is needed of one of the HTTP server's connections."""

    client: tuple[str, int] | None
    transport: asyncio.Transport


class FaultGuard:
    """Does to a request what its ``X-Fault`` header or ``?fault=`` asks for."""

    def __init__(self, app: ASGIApp, clock: Clock, live: Callable[[], Iterable[LiveConnection]]) -> None:
        self._app = app
        self._clock = clock
        self._live = live

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        wish = _wish(scope) if scope["type"] == "http" else ""
        if not wish:
            await self._app(scope, receive, send)
            return
        try:
            fault = parse_fault(wish)
        except BadFault as error:
            await problem_response(400, "bad-fault", str(error))(scope, receive, send)
            return
        await self._suffer(fault, scope, receive, send)

    async def _suffer(self, fault: Fault, scope: Scope, receive: Receive, send: Send) -> None:
        if fault.delay_seconds:
            await self._clock.sleep(fault.delay_seconds)
        if fault.status is not None:
            refusal = problem_response(fault.status, "fault", "This fault was asked for.")
            await refusal(scope, receive, send)
        elif fault.reset:
            await self._app(scope, receive, _swallow)
            self._reset(scope["client"])
        else:
            await self._app(scope, receive, _halved(send) if fault.truncated else send)

    def _reset(self, client: tuple[str, int] | None) -> None:
        for connection in self._live():
            if client is not None and connection.client == tuple(client):
                raw = connection.transport.get_extra_info("socket")
                # Lingering for zero seconds makes the kernel send RST instead of FIN (socket(7)).
                raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                connection.transport.abort()
                return


def _wish(scope: Scope) -> str:
    return Headers(scope=scope).get("x-fault") or QueryParams(scope["query_string"]).get("fault", "")


async def _swallow(_message: Message) -> None:
    """Take an answer that nobody shall hear."""


def _halved(send: Send) -> Send:
    async def send_half(message: Message) -> None:
        if message["type"] == "http.response.body":
            half = message["body"][: len(message["body"]) // 2]
            # More is announced and never comes: the server closes the connection in the middle.
            message = {"type": "http.response.body", "body": half, "more_body": True}
        await send(message)

    return send_half

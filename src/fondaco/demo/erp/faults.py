"""Faults on demand, so that tests and drills can see what fondaco makes of them."""

from __future__ import annotations

import asyncio
import re
import socket
import struct
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Protocol

import msgspec
from starlette.datastructures import Headers, QueryParams
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from fondaco.demo.erp.problems import problem_response
from fondaco.domain.errors import InvalidInput
from fondaco.kit.clock import Clock

_DELAY = re.compile(r"[0-9]{1,3}(\.[0-9]{1,6})?")
_DELAY_LIMIT_SECONDS = 600
_STATUSES = frozenset(str(status.value) for status in HTTPStatus if status >= 400)


class Fault(msgspec.Struct, frozen=True, kw_only=True):
    """What shall go wrong with one request."""

    delay_seconds: float = 0.0  #: before anything is done
    status: int | None = None  #: answered at once, nothing is done
    status_after: int | None = None  #: the work is done, then this is answered instead of what was done
    reset: bool = False  #: the work is done, then the connection is reset without an answer
    truncated: bool = False  #: the work is done, then half of the answer is sent


class BadFault(InvalidInput):
    """A wish for a fault that is not understood."""


def parse_fault(text: str) -> Fault:
    """Return the fault of ``delay=2``, ``status=500``, ``after=500``, ``reset`` or ``truncated``, or several.

    Raises:
        BadFault: the text is none of these.
    """
    wishes = dict(part.strip().partition("=")[::2] for part in text.split(","))
    unknown = wishes.keys() - {"delay", "status", "after", "reset", "truncated"}
    if unknown:
        known = "delay=, status=, after=, reset and truncated"
        raise BadFault(f"Unknown fault {min(unknown)!r}; there are {known}.")
    return Fault(
        delay_seconds=_delay(wishes.get("delay", "0")),
        status=_status(wishes["status"]) if "status" in wishes else None,
        status_after=_status(wishes["after"]) if "after" in wishes else None,
        reset="reset" in wishes,
        truncated="truncated" in wishes,
    )


def _delay(text: str) -> float:
    if not _DELAY.fullmatch(text) or float(text) > _DELAY_LIMIT_SECONDS:
        raise BadFault(f"delay= takes seconds from 0 to {_DELAY_LIMIT_SECONDS}, not {text!r}.")
    return float(text)


def _status(text: str) -> int:
    if text not in _STATUSES:
        raise BadFault(f"status= and after= take an HTTP status from 400 to 599, not {text!r}.")
    return int(text)


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
        elif fault.status_after is not None:
            await self._app(scope, receive, _swallow)
            refusal = problem_response(fault.status_after, "fault", "This fault was asked for.")
            await refusal(scope, receive, send)
        elif fault.reset:
            await self._app(scope, receive, _swallow)
            await self._hang_up(scope, receive, _reset)
        elif fault.truncated:
            await self._app(scope, receive, _halved(send))
            await self._hang_up(scope, receive, _close)
        else:
            await self._app(scope, receive, send)

    async def _hang_up(
        self, scope: Scope, receive: Receive, hang_up: Callable[[asyncio.Transport], None]
    ) -> None:
        client = tuple(scope["client"])
        for connection in self._live():
            if connection.client == client:
                hang_up(connection.transport)
        message = await receive()
        while message["type"] != "http.disconnect":
            message = await receive()


def _wish(scope: Scope) -> str:
    return Headers(scope=scope).get("x-fault") or QueryParams(scope["query_string"]).get("fault", "")


def _reset(transport: asyncio.Transport) -> None:
    raw = transport.get_extra_info("socket")
    # Lingering for zero seconds makes the kernel send RST instead of FIN (socket(7)).
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()


def _close(transport: asyncio.Transport) -> None:
    transport.close()


async def _swallow(_message: Message) -> None:
    """Take an answer that nobody shall hear."""


def _halved(send: Send) -> Send:
    async def send_half(message: Message) -> None:
        if message["type"] == "http.response.body":
            half = message["body"][: len(message["body"]) // 2]
            message = {"type": "http.response.body", "body": half, "more_body": True}
        await send(message)

    return send_half

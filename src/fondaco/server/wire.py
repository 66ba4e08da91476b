"""The connection itself: a request's head is bounded in size and time, as its body is.

uvicorn with httptools reads a head of any length for as long as it takes, so that whoever sends one
byte a minute, or a header of a gigabyte, would hold a connection or the memory of everybody.
"""

from __future__ import annotations

import asyncio
from http import HTTPStatus
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from fondaco.server.headers import security_headers
from fondaco.server.problem import BAD_REQUEST, TOO_SLOW, Kind, Refused, answer_of

LARGEST_HEAD_BYTES = 65_536  # request line and headers; browsers and proxies send a tenth of it
_LINGER_SECONDS = 1.0  # so long what still comes is read and thrown away
HEAD_TOO_LARGE = Kind(431, "head-too-large", "The request's head is too large")


def bounded(arrival_seconds: float) -> type[HttpToolsProtocol]:
    """Return the protocol that lets go of a head which is not there after so long."""

    class Bounded(BoundedProtocol):
        seconds = arrival_seconds

    return Bounded


class BoundedProtocol(HttpToolsProtocol):
    """uvicorn's protocol, refusing what is no head or too much of one with a problem that says so."""

    seconds = 10.0

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._head_bytes = 0
        self._fed_bytes = 0
        self._in_head, self._is_whole = True, False
        self._refusal: Refused | None = None
        self._deadline: asyncio.TimerHandle | None = None
        self._is_refused = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_waiting()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._is_refused:
            return  # and goes on sending
        self._fed_bytes = len(data)
        super().data_received(data)
        self._head_bytes += len(data)
        if self._in_head and self._head_bytes > LARGEST_HEAD_BYTES and not self._is_refused:
            self._refuse(_too_large())

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._in_head, self._is_whole = True, False
        # The rest of the message before may stand in the same piece, so the first piece is not counted.
        self._head_bytes = 1 - self._fed_bytes
        if self._deadline is None:
            self._wait()

    def on_headers_complete(self) -> None:
        self._stop_waiting()
        self._in_head = False
        told = len(self.url) + sum(len(name) + len(value) + 4 for name, value in self.headers)
        if told > LARGEST_HEAD_BYTES:
            self._refusal = _too_large()
            raise ValueError  # httptools stops reading, and uvicorn refuses
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        super().on_message_complete()
        self._is_whole = True
        self._stop_waiting()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if not self._is_whole and self._deadline is None:
            self._wait()  # for the rest of a body that nobody reads

    def send_400_response(self, msg: str) -> None:
        # uvicorn says it in plain text, and not what to do.
        told = "This is no HTTP/1.1 request; send one whose request line, headers and length are well-formed."
        self._refuse(self._refusal or Refused(BAD_REQUEST, told))

    def _unsupported_upgrade_warning(self) -> None:
        """Serve the request without the upgrade (RFC 9110, 7.8); uvicorn would advise to install things."""

    def _wait(self) -> None:
        self._deadline = self.loop.call_later(self.seconds, self._give_up)

    def _stop_waiting(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _give_up(self) -> None:
        self._deadline = None
        if self.transport.is_closing():
            return
        if self._is_refused or not self._in_head or self._head_bytes == 0:
            self.transport.close()  # it has its answer, or has not asked for one
            return
        told = f"The request's head was not complete after {self.seconds:g} s; send it again."
        self._refuse(Refused(TOO_SLOW, told))

    def _refuse(self, refusal: Refused) -> None:
        """Answer, and take no more; who closed at once would lose an answer that was not read yet."""
        self._is_refused = True
        self._stop_waiting()
        if self.transport.is_closing():
            return
        answer = answer_of(refusal, "")
        headers = (
            (b"content-type", answer.media_type.encode()),
            (b"content-length", b"%d" % len(answer.body)),
            (b"connection", b"close"),
            *security_headers(secure=False),
        )
        lines = b"".join(b"%s: %s\r\n" % header for header in headers)
        status = HTTPStatus(answer.status)
        line = f"HTTP/1.1 {status.value} {status.phrase}\r\n".encode()
        self.transport.write(line + lines + b"\r\n" + answer.body)
        self.transport.write_eof()
        self._deadline = self.loop.call_later(_LINGER_SECONDS, self.transport.close)


def _too_large() -> Refused:
    told = f"Request line and headers may have at most {LARGEST_HEAD_BYTES} bytes together; send less."
    return Refused(HEAD_TOO_LARGE, told)

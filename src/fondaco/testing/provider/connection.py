"""One connection to the simulator: bytes in, the steps of a performance out."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, cast
from urllib.parse import parse_qsl, unquote

import httptools

from fondaco.testing.provider.acts import End, Step, Write
from fondaco.testing.provider.messages import JSON, head
from fondaco.testing.provider.provider import Performance
from fondaco.testing.provider.wire.dialect import Received

_NO_LINGER = struct.pack("ii", 1, 0)
_MOST_BODY_BYTES = 64_000_000
_BATCH_BYTES = 262_144


class Service(Protocol):
    """What a connection needs of the simulator."""

    connections: set[Connection]

    def receive(self, method: str, received: Received) -> Performance | bytes:
        """Return what to do with a request, or the whole answer."""
        ...

    def end(self, performance: Performance) -> None:
        """Settle a performance that is over."""
        ...

    def now_ms(self) -> float:
        """Return a clock that never goes back."""
        ...


class Connection(asyncio.Protocol):
    """Reads requests one after the other and performs the answers."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._loop = asyncio.get_running_loop()
        self._transport = cast("asyncio.Transport", None)
        self._parser = httptools.HttpRequestParser(self)
        self._waiting: list[_Request] = []  # requests behind the one that is being answered
        self._playing: _Playing | None = None
        self._paused = False
        self._last = False  # the connection closes after the answer under way
        self._timer: asyncio.TimerHandle | None = None
        self._url, self._headers, self._body = b"", dict[str, str](), list[bytes]()
        self._length = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._service.connections.add(self)

    def connection_lost(self, exc: Exception | None) -> None:
        self._service.connections.discard(self)
        self._over(left=True)

    def data_received(self, data: bytes) -> None:
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError:
            self._transport.write(head(400, JSON, {"connection": "close"}, 0))
            self._transport.close()

    def pause_writing(self) -> None:
        self._paused = True

    def resume_writing(self) -> None:
        self._paused = False
        if self._playing and not self._timer:
            self._play()

    def on_message_begin(self) -> None:
        """The parser's word for a new request."""
        self._url, self._headers, self._body, self._length = b"", {}, [], 0

    def on_url(self, url: bytes) -> None:
        """Take a piece of the path."""
        self._url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a header."""
        self._headers[name.lower().decode("latin-1")] = value.decode("latin-1")

    def on_body(self, body: bytes) -> None:
        """Take a piece of the body."""
        self._length += len(body)
        self._body.append(body)
        if self._length > _MOST_BODY_BYTES:
            self._transport.write(head(413, JSON, {"connection": "close"}, 0))
            self._transport.close()

    def on_message_complete(self) -> None:
        """Answer the request, or let it wait until the one before it is answered."""
        path, _, query = self._url.decode("latin-1").partition("?")
        received = Received(unquote(path), dict(parse_qsl(query)), self._headers, b"".join(self._body))
        request = _Request(self._parser.get_method().decode(), received, self._parser.should_keep_alive())
        if self._playing:
            self._waiting.append(request)
        else:
            self._begin(request)

    def close(self) -> None:
        """Close at once."""
        self._transport.abort()

    def _begin(self, request: _Request) -> None:
        answer = self._service.receive(request.method, request.received)
        self._last = not request.keep_alive
        if isinstance(answer, bytes):
            self._transport.write(answer)
            self._next()
        else:
            self._playing = _Playing(answer, self._service.now_ms)
            self._play()

    def _play(self) -> None:
        """Go on until a wait, an end, or until the other side must read first."""
        self._timer = None
        playing = self._playing
        while playing and not self._paused:
            data = playing.next_bytes()
            if data:
                self._transport.write(data)
            elif (step := playing.next_pause()) is None:
                self._over(left=False)
                playing = self._playing
            elif isinstance(step, End):
                self._end(step)
                return
            elif step > 0:
                self._timer = self._loop.call_later(step, self._play)
                return

    def _end(self, end: End) -> None:
        if end is End.RESET:
            connection = self._transport.get_extra_info("socket")
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGER)
            self._transport.abort()
        else:
            self._transport.close()
        self._last = True
        self._over(left=False)

    def _over(self, *, left: bool) -> None:
        """Settle what was being answered, and turn to the next request."""
        if self._timer:
            self._timer.cancel()
            self._timer = None
        playing, self._playing = self._playing, None
        if playing:
            playing.over(left=left)
            self._service.end(playing.performance)
        if not left:
            self._next()

    def _next(self) -> None:
        if self._last:
            self._transport.close()
        elif self._waiting and not self._transport.is_closing():
            self._begin(self._waiting.pop(0))


@dataclass(frozen=True, slots=True)
class _Request:
    """One request that is whole."""

    method: str
    received: Received
    keep_alive: bool


class _Playing:
    """A performance under way, and how far it has come."""

    def __init__(self, performance: Performance, now_ms: Callable[[], float]) -> None:
        self.performance = performance
        self._steps = performance.steps
        self._at = 0
        self._now_ms = now_ms
        self._began_ms = now_ms()

    def next_bytes(self) -> bytes:
        """Return everything that is written before the next wait, up to a limit, and charge for it."""
        pieces, size = [], 0
        while self._at < len(self._steps) and size < _BATCH_BYTES:
            step = self._steps[self._at]
            if isinstance(step, float):
                if step > 0:
                    break
            elif isinstance(step, Write):
                pieces.append(step.data)
                size += len(step.data)
                self._charge(step)
            else:
                break
            self._at += 1
        self._count(size)
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    def next_pause(self) -> float | End | None:
        """Return the wait or the end that comes now; None after the last step."""
        if self._at >= len(self._steps):
            return None
        step: Step = self._steps[self._at]
        self._at += 1
        return 0.0 if isinstance(step, Write) else step

    def over(self, *, left: bool) -> None:
        """Note the end.  A plain answer is made, and charged, whether or not somebody still listens."""
        entry = self.performance.entry
        entry.client_left = left
        entry.ended_ms = self._now_ms() - self._began_ms
        entry.status = entry.status if entry.bytes_sent else 0
        if left and not entry.stream:
            for step in self._steps[self._at :]:
                if isinstance(step, Write):
                    self._charge(step)

    def _charge(self, step: Write) -> None:
        if step.bills:
            self.performance.entry.charge(self.performance.spent, step.tokens)

    def _count(self, size: int) -> None:
        entry = self.performance.entry
        entry.bytes_sent += size
        if size and entry.first_byte_ms is None:
            entry.first_byte_ms = self._now_ms() - self._began_ms

"""``python -m fondaco.lab.transports_server [FOLDER]``: a server that fails to the byte.

It prints its ports as JSON and serves until told to stop.  FOLDER holds certificates for its TLS ports.
"""

from __future__ import annotations

import asyncio
import json
import socket
import ssl
import struct
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import cast

import uvloop

from fondaco.lab.transports_faults import SCRIPTS, End, Script

_FLOOD = b"10000\r\n" + b"x" * 0x10000 + b"\r\n"
_NO_LINGER = struct.pack("ii", 1, 0)
_TLS_HANDSHAKE = b"\x16\x03"  # RFC 8446, section 5.1: content type 22, legacy version
_CERTIFICATES = ("trusted", "self_signed", "expired")


class Counts:
    """What the server has seen: connections, open and ever, requests for each script, and flooded bytes."""

    def __init__(self) -> None:
        self.open = 0
        self.connections = 0
        self.requests: dict[str, int] = {}
        self.flooded_bytes = 0

    def told(self) -> bytes:
        """Return everything as an answer, after which the connection closes."""
        body = json.dumps(vars(self)).encode()
        return b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body)


class Connection(asyncio.Protocol):
    """One connection, which plays the script that the path of each request names."""

    def __init__(self, counts: Counts) -> None:
        self._counts = counts
        self._read = b""
        self._script: Script = ()
        self._paused = False
        self._drops_next = False
        self._counted = False
        self._transport = cast("asyncio.Transport", None)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Count the connection."""
        self._transport = cast("asyncio.Transport", transport)
        self._counts.open += 1
        self._counts.connections += 1
        self._counted = True

    def connection_lost(self, exc: Exception | None) -> None:
        """Count it out, and play nothing more."""
        self._counts.open -= self._counted
        self._counted, self._script = False, ()

    def pause_writing(self) -> None:
        """Stop flooding: the other side does not read."""
        self._paused = True

    def resume_writing(self) -> None:
        """Flood on."""
        self._paused = False

    def data_received(self, data: bytes) -> None:
        """Take a request that is whole and play its script."""
        self._read += data
        if self._read.startswith(_TLS_HANDSHAKE):
            self._transport.write(b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n")
            self._transport.close()
            return
        head, found, body = self._read.partition(b"\r\n\r\n")
        if not found or len(body) < _length(head):
            return
        self._read = b""
        name = head.split(b" ", 2)[1].strip(b"/").decode()
        if name == "counts":
            self._counts.open -= self._counted
            self._counted = False
            self._transport.write(self._counts.told())
            self._transport.close()
            return
        self._counts.requests[name] = self._counts.requests.get(name, 0) + 1
        self._script = (End.CLOSE,) if self._drops_next else SCRIPTS[name]
        self._play(0)

    def _play(self, at: int) -> None:
        while at < len(self._script):
            step = self._script[at]
            at += 1
            if isinstance(step, bytes):
                self._transport.write(step)
            elif isinstance(step, float):
                asyncio.get_running_loop().call_later(step, self._play, at)
                return
            else:
                self._end(step)

    def _end(self, end: End) -> None:
        if end is End.CLOSE:
            self._transport.close()
        elif end is End.RESET:
            connection = self._transport.get_extra_info("socket")
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGER)
            self._transport.abort()
        elif end is End.DROP_NEXT:
            self._drops_next = True
        elif end is End.FLOOD:
            self._flood()

    def _flood(self) -> None:
        if self._transport.is_closing():
            return
        if not self._paused:
            self._transport.write(_FLOOD)
            self._counts.flooded_bytes += len(_FLOOD)
        asyncio.get_running_loop().call_later(0.001, self._flood)


def _length(head: bytes) -> int:
    _, found, rest = head.lower().partition(b"content-length:")
    return int(rest.split(b"\r\n", 1)[0]) if found else 0


@asynccontextmanager
async def faulty_server(folder: Path | None = None) -> AsyncIterator[tuple[dict[str, int], Counts]]:
    """Listen while the block runs; give the ports by name and what the server counts."""
    loop, counts = asyncio.get_running_loop(), Counts()
    listening = {
        "plain": await loop.create_server(lambda: Connection(counts), "127.0.0.1", backlog=4_096),
        "silent": await loop.create_server(asyncio.Protocol, "127.0.0.1"),
    }
    for name in _CERTIFICATES if folder else ():
        listening[name] = await loop.create_server(
            lambda: Connection(counts), "127.0.0.1", ssl=_context(cast("Path", folder), name)
        )
    ports = {name: int(server.sockets[0].getsockname()[1]) for name, server in listening.items()}
    with _bound() as refused, _bound() as full, _bound() as first, _bound() as second:
        full.listen(0)  # one connection waits for an accept that never comes, and the next ones get no answer
        for filling in (first, second):
            filling.setblocking(False)  # noqa: FBT003 - the socket module's own word
            filling.connect_ex(full.getsockname())
        yield ports | {"refused": refused.getsockname()[1], "full": full.getsockname()[1]}, counts
    for server in listening.values():
        server.close()


async def serve(folder: Path | None) -> None:
    """Say which ports there are, and go on until the process is stopped."""
    async with faulty_server(folder) as (ports, _):
        print(json.dumps(ports), flush=True)
        await asyncio.Event().wait()


def _bound() -> socket.socket:
    made = socket.socket()
    made.bind(("127.0.0.1", 0))
    return made


def _context(folder: Path, name: str) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(folder / f"{name}.pem")
    return context


if __name__ == "__main__":
    uvloop.run(serve(Path(sys.argv[1]) if len(sys.argv) > 1 else None))

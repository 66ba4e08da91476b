"""What a server can do to a request, byte by byte, and what a caller may then believe of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, StrEnum

ANSWER = b'{"id":"cmpl_1","choices":[{"index":0,"message":{"role":"assistant","content":"' + b"x" * 1_080
ANSWER += b'"},"finish_reason":"stop"}],"usage":{"prompt_tokens":512,"completion_tokens":30}}'
EVENTS = 30
EVENT_SECONDS = 0.05
EVENT = b'data: {"id":"cmpl_1","choices":[{"index":0,"delta":{"content":"' + b"x" * 24 + b'"}}]}\n\n'


class End(Enum):
    """How a script goes on after its last byte."""

    CLOSE = "close"  #: the connection is closed in good order (FIN)
    RESET = "reset"  #: the connection is torn down (RST)
    FLOOD = "flood"  #: bytes without end
    DROP_NEXT = "drop next"  #: the next request on this connection meets its closing instead of an answer
    HANG = "hang"  #: nothing more happens


#: What a server does with a request: bytes it writes, seconds it waits, and an end; without one it goes on.
Script = tuple[bytes | float | End, ...]


class Truth(StrEnum):
    """What became of a request, seen from the server."""

    NOT_SENT = "not sent"  #: no server has seen it
    UNKNOWN = "may have been processed"  #: a server has seen it
    ANSWERED = "answered"  #: its answer is whole


@dataclass(frozen=True, slots=True)
class Fault:
    """One way to fail: where to send the request, and the truth about it."""

    name: str
    truth: Truth
    port: str = "plain"  #: the name of a port of the server
    path: str = ""  #: the name of a script; empty where the request never gets there
    scheme: str = "http"
    host: str = "127.0.0.1"


def _piece(data: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(data), data)


def _head(*lines: bytes) -> bytes:
    return b"\r\n".join([b"HTTP/1.1 200 OK", b"Content-Type: application/json", *lines, b"", b""])


_SIZED = _head(b"Content-Length: %d" % len(ANSWER))
_CHUNKED = _head(b"Transfer-Encoding: chunked")
_LAST = b"0\r\n\r\n"
_WHOLE = _SIZED + ANSWER

SCRIPTS: dict[str, Script] = {
    "answer": (_WHOLE,),
    "stream": (_CHUNKED, *((_piece(EVENT), EVENT_SECONDS) * EVENTS), _LAST),
    "open": (_CHUNKED, _piece(EVENT), End.HANG),
    "reset": (End.RESET,),
    "closed": (End.CLOSE,),
    "garbage": (b"nonsense without a status line\r\n\r\n", End.CLOSE),
    "reset-in-body": (_SIZED + ANSWER[:100], 0.05, End.RESET),
    "short": (_SIZED + ANSWER[:100], End.CLOSE),
    "no-end": (_CHUNKED + _piece(ANSWER), End.CLOSE),
    "stall": (End.HANG,),
    "stall-in-body": (_SIZED + ANSWER[:100], End.HANG),
    "drip": (_SIZED, *((b"x", 0.1) * 600), End.HANG),
    "blank-lines": (_CHUNKED, *((_piece(b"\n"), 0.1) * 5), _piece(ANSWER), _LAST),
    "huge-head": (_head(b"X-Huge: " + b"x" * 4_000_000, b"Content-Length: 0"),),
    "huge-body": (_CHUNKED, End.FLOOD),
    "answer-then-drop": (_WHOLE, End.DROP_NEXT),
    "answer-then-close": (_WHOLE, 0.05, End.CLOSE),
}

FAULTS = (
    Fault("connection refused", Truth.NOT_SENT, port="refused"),
    Fault("unknown host", Truth.NOT_SENT, host="nowhere.invalid"),
    Fault("connection never accepted", Truth.NOT_SENT, port="full"),
    Fault("certificate signed by itself", Truth.NOT_SENT, port="self_signed", scheme="https"),
    Fault("certificate expired", Truth.NOT_SENT, port="expired", scheme="https"),
    Fault("TLS spoken to a plain server", Truth.NOT_SENT, scheme="https"),
    Fault("TLS handshake never answered", Truth.NOT_SENT, port="silent", scheme="https"),
    Fault("reset before the head", Truth.UNKNOWN, path="reset"),
    Fault("closed before the head", Truth.UNKNOWN, path="closed"),
    Fault("no HTTP at all", Truth.UNKNOWN, path="garbage"),
    Fault("reset in the body", Truth.UNKNOWN, path="reset-in-body"),
    Fault("body shorter than Content-Length", Truth.UNKNOWN, path="short"),
    Fault("chunked body without its end", Truth.UNKNOWN, path="no-end"),
    Fault("stall before the head", Truth.UNKNOWN, path="stall"),
    Fault("stall in the body", Truth.UNKNOWN, path="stall-in-body"),
    Fault("slow drip", Truth.UNKNOWN, path="drip"),
    Fault("blank lines before the body", Truth.ANSWERED, path="blank-lines"),
    Fault("head of 4 MB", Truth.UNKNOWN, path="huge-head"),
    Fault("body without end", Truth.UNKNOWN, path="huge-body"),
    Fault("good TLS", Truth.ANSWERED, port="trusted", scheme="https", path="answer"),
)

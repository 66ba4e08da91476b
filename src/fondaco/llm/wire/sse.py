"""Turns the bytes of a server-sent event stream into events, however the bytes are cut.

Source: WHATWG HTML Living Standard, 9.2.6 "Interpreting an event stream".  One rule is relaxed: an event
whose final blank line never came is handed out at the end, since several providers close without it.
"""

from __future__ import annotations

from fondaco.llm.failures import Failure, FailureClass, ModelFailed

_BOM = b"\xef\xbb\xbf"
_LONGEST_PLAIN = 8  # in events: what is no stream has to be kept as a whole

#: An event's name, empty where it has none, and its data.
Event = tuple[str, bytes]


class EventStream:
    """Collects bytes and hands out whole events; comments and blank lines are no events."""

    def __init__(self, *, max_event_bytes: int = 1_048_576, max_stream_bytes: int = 67_108_864) -> None:
        self._max_event_bytes = max_event_bytes
        self._bytes_left = max_stream_bytes
        self._rest = bytearray()  # of the event that is still coming
        self._after_cr = False  # the last byte was CR, so LF would belong to the same line end
        self._begun = False  # the first byte that is no blank has come
        self._plain = False  # what comes is one JSON text or a page, and no event stream at all

    def feed(self, piece: bytes) -> list[Event]:
        """Return the events that these bytes complete.  Raises ModelFailed (BROKEN) for too many bytes."""
        self._bytes_left -= len(piece)
        if self._bytes_left < 0:
            raise _too_large("stream")
        if not self._begun:
            piece = self._begin(piece)
        if self._plain:
            self._rest += piece
            if len(self._rest) > _LONGEST_PLAIN * self._max_event_bytes:
                raise _too_large("answer")
            return []
        if self._after_cr or b"\r" in piece:
            piece = self._with_lf_only(piece)
        if not self._rest and self._is_one_event(piece):
            return [("", piece[6:-2])]
        return self._split(piece)

    def end(self) -> list[Event]:
        """Return the event that only lacked its final blank line, if there is one."""
        if self._plain:
            return []
        last = bytes(self._rest)
        self._rest.clear()
        return _events([last])

    def plain_body(self) -> bytes | None:
        """Return the whole body where it is JSON or a page instead of an event stream, else None."""
        return bytes(self._rest) if self._plain else None

    def _begin(self, piece: bytes) -> bytes:
        """Skip a byte order mark, and find out whether an event stream begins at all."""
        self._rest += piece
        start = bytes(self._rest).removeprefix(_BOM).lstrip(b" \t\r\n")
        self._rest.clear()
        if start in (b"", b"\xef", b"\xef\xbb"):
            self._rest += start  # perhaps a mark that was cut
            return b""
        self._begun = True
        self._plain = start[:1] in (b"{", b"[", b"<")
        return start

    def _is_one_event(self, piece: bytes) -> bool:
        """Return whether the piece is exactly one event of one line, as most pieces are."""
        size = len(piece)
        return (
            piece[:6] == b"data: "
            and piece.find(b"\n") == size - 2
            and piece[-1:] == b"\n"
            and size <= self._max_event_bytes
        )

    def _with_lf_only(self, piece: bytes) -> bytes:
        if self._after_cr and piece[:1] == b"\n":
            piece = piece[1:]
        if piece:
            self._after_cr = piece.endswith(b"\r")
        return piece.replace(b"\r\n", b"\n").replace(b"\r", b"\n")

    def _split(self, piece: bytes) -> list[Event]:
        if self._rest:
            seen = len(self._rest)
            self._rest += piece
            if self._rest.find(b"\n\n", seen - 1) < 0:
                self._check_rest()
                return []
            piece = bytes(self._rest)
            self._rest.clear()
        blocks = piece.split(b"\n\n")
        rest = blocks.pop()
        if rest:
            self._rest += rest
            self._check_rest()
        return _events(blocks, self._max_event_bytes)

    def _check_rest(self) -> None:
        if len(self._rest) > self._max_event_bytes:
            raise _too_large("event")


def _events(blocks: list[bytes], max_bytes: int = 0) -> list[Event]:
    events: list[Event] = []
    for block in blocks:
        if max_bytes and len(block) > max_bytes:
            raise _too_large("event")
        if block[:6] == b"data: " and b"\n" not in block:  # nearly every event of every provider
            events.append(("", block[6:]))
        elif event := _event(block):
            events.append(event)
    return events


def _event(block: bytes) -> Event | None:
    """Read an event with several lines; None where it has no data, such as a comment."""
    name, data = b"", []
    for line in block.split(b"\n"):
        field, colon, value = line.partition(b":")
        value = value.removeprefix(b" ")
        if field == b"data":
            data.append(value)
        elif field == b"event":
            name = value
        elif field == b"error" and colon:  # llama.cpp before 2025 sent its errors in a field of this name
            name = b"error"
            data.append(value)
    return (name.decode("utf-8", "replace"), b"\n".join(data)) if data else None


def _too_large(what: str) -> ModelFailed:
    return ModelFailed(
        Failure(
            kind=FailureClass.BROKEN,
            message=f"The provider's {what} is larger than any answer; look at what the address serves.",
            status=200,
            possibly_billed=True,
        )
    )

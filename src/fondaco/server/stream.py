"""Server-sent events (WHATWG HTML, 9.2): a conversation's log as it grows, from any place on.

The log is the truth.  A ring only makes us look sooner, so a lost one costs a second and a
doubled one nothing; every event is sent once and in order because it is read by its number.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

import msgspec
from starlette.types import Receive, Scope, Send

from fondaco.domain.conversation import Conversation
from fondaco.domain.errors import FondacoError, InvalidInput
from fondaco.domain.events import Recorded, kind_of
from fondaco.domain.ports import Reader
from fondaco.inbox.voice import Drafts
from fondaco.kit.clock import Clock
from fondaco.kit.signals import Bell, SignalHub
from fondaco.server.drafting import DraftInView, ShownDraft
from fondaco.server.options import StreamOptions
from fondaco.server.projection import Typing, for_contact
from fondaco.server.streams import Streams

_PAGE = 100
_HIGHEST_SEQ = 2**53 - 1  # the largest integer that every JSON reader keeps exact
_HEADERS = (
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"x-accel-buffering", b"no"),  # nginx would wait for a full buffer
)
_RETRY = b"retry: 2000\n\n"
_HEARTBEAT = b":\n\n"


class Source(Protocol):
    """Where a stream's events come from."""

    topics: tuple[str, ...]  #: rung when there may be something new

    async def read(self) -> list[bytes]:
        """Return what is new since the last time as frames; nothing if nothing is."""
        ...


def frame(event: str, data: bytes, seq: int | None = None) -> bytes:
    """Write one event; without a number it is forgotten when the reader resumes."""
    number = b"" if seq is None else b"id: %d\n" % seq
    return b"%sevent: %s\ndata: %s\n\n" % (number, event.encode(), data)


def resume_after(headers: Mapping[bytes, bytes], after: int) -> int:
    """Return the number after which to go on: ``Last-Event-ID`` or else ``after``.  Raises InvalidInput."""
    last = headers.get(b"last-event-id", b"").strip()
    if not last:
        return after
    if not last.isdigit() or len(last) > len(str(_HIGHEST_SEQ)) or int(last) > _HIGHEST_SEQ:
        raise InvalidInput("Last-Event-ID must be the id of an event, a whole number.", field="Last-Event-ID")
    return int(last)


class WholeLog:
    """Every event as it was recorded, for programs of the shop."""

    def __init__(self, reader: Reader, conversation: Conversation, after_seq: int) -> None:
        self.topics: tuple[str, ...] = (f"conversation:{conversation.id}",)
        self._reader = reader
        self._conversation = conversation
        self._after_seq = after_seq

    async def read(self) -> list[bytes]:
        records = await self.records()
        return [frame(kind_of(one.event), msgspec.json.encode(one), one.seq) for one in records]

    async def records(self) -> list[Recorded]:
        """Return the next events and move on behind them."""
        where = self._conversation
        records = await self._reader.records(where.workspace_id, where.id, self._after_seq, _PAGE)
        self._after_seq = records[-1].seq if records else self._after_seq
        return records


class ContactsView:
    """What the contact may see, the answer that is being given, and whether the assistant is typing."""

    def __init__(self, log: WholeLog, conversation: Conversation, clock: Clock, drafts: Drafts) -> None:
        self.topics: tuple[str, ...] = log.topics
        self._log = log
        self._clock = clock
        self._typing = Typing.at(conversation)
        self._told = False
        self._draft = DraftInView(drafts, conversation)

    async def read(self) -> list[bytes]:
        frames: list[bytes] = []
        while records := await self._log.records():
            for record in records:
                self._typing = self._typing.after(record)
                frames += _draft_frame(self._draft.after(record.event))
                frames += _shown_frame(record)
            if frames:
                return frames
        # The log was read first: who has taken over by now is not talked over.
        return _draft_frame(self._draft.news()) or self._typing_frame()

    def _typing_frame(self) -> list[bytes]:
        on = self._typing.is_on(self._clock.now_ms())
        if on == self._told:
            return []
        self._told = on
        return [frame("typing", msgspec.json.encode({"by": "assistant", "on": on}))]


def _draft_frame(shown: ShownDraft | None) -> list[bytes]:
    """Write it without a number: it is forgotten when the reader resumes."""
    if shown is None:
        return []
    return [frame(str(shown.__struct_config__.tag), msgspec.json.encode(shown))]


def _shown_frame(record: Recorded) -> list[bytes]:
    shown = for_contact(record)
    if shown is None:
        return []
    return [frame(str(shown.__struct_config__.tag), msgspec.json.encode(shown), record.seq)]


@dataclass(frozen=True, slots=True, kw_only=True)
class EventStream:
    """An answer that lasts until its reader leaves, its permission ends or the server stops."""

    source: Source
    signals: SignalHub
    streams: Streams
    clock: Clock
    options: StreamOptions
    owner: str  #: whose stream this is, for the limit
    limit: int  #: how many this owner may hold open
    still_allowed: Callable[[], Awaitable[bool]]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send events as they come.  Raises Refused if there are too many streams."""
        with (
            self.signals.listen(*self.source.topics) as bell,
            self.streams.one(self.owner, self.limit, bell),
        ):
            gone = asyncio.create_task(_wait_until_gone(receive, bell))
            try:
                await send({"type": "http.response.start", "status": 200, "headers": list(_HEADERS)})
                if scope["method"] != "HEAD":
                    await self._flow(send, bell, gone)
                await send({"type": "http.response.body", "body": b""})
            except (OSError, TimeoutError):
                return  # the reader is gone, or takes nothing any more
            finally:
                gone.cancel()
                await asyncio.wait([gone])

    async def _flow(self, send: Send, bell: Bell, gone: asyncio.Task[None]) -> None:
        await self._write(send, _RETRY)
        written_ms = self.clock.monotonic_ms()
        while not gone.done() and not self.streams.closing:
            frames = await self._read()
            if frames is None:
                return
            silent_ms = self.clock.monotonic_ms() - written_ms
            if not frames and silent_ms >= self.options.heartbeat_seconds * 1000:
                frames = [_HEARTBEAT]
            if frames:
                await self._write(send, b"".join(frames))
                written_ms = self.clock.monotonic_ms()
            else:
                await bell.wait(self.options.poll_seconds)

    async def _read(self) -> list[bytes] | None:
        """Return what is new, or None if the stream has to end; its reader comes back and is told why."""
        try:
            return await self.source.read() if await self.still_allowed() else None
        except FondacoError:
            return None

    async def _write(self, send: Send, data: bytes) -> None:
        async with asyncio.timeout(self.options.stalled_seconds):
            await send({"type": "http.response.body", "body": data, "more_body": True})


async def _wait_until_gone(receive: Receive, bell: Bell) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    bell.ring()

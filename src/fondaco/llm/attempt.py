"""One attempt: one POST to one target, read under its deadlines to the proof of its end."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import msgspec

from fondaco.kit.clock import Clock
from fondaco.kit.http import HttpClient, HttpStream, NoAnswer, NotSent
from fondaco.kit.lateness import LoopLateness
from fondaco.llm.asking import Progress, Prompt, Reply
from fondaco.llm.failures import Failure, FailureClass, ModelFailed
from fondaco.llm.patience import Patience
from fondaco.llm.targets import Target
from fondaco.llm.wire.dialect import Dialect, StreamReader, WireRequest

_MOST_ERROR_BYTES = 65_536  # an error says what it has to say in less
_MOST_REPLY_BYTES = 8_000_000
_CHARACTERS_A_TOKEN = 16  # what has more for each token of its limit does not keep to the limit
_SPARE_CHARACTERS = 4_000
_TAIL_SECONDS = 0.25  # for the connection's last bytes after the proven end, so that it can be used again
_FLOW_SECONDS = 5.0  # a stream is given so long before its pace is judged

Hear = Callable[[Progress], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadlines:
    """When an attempt is given up; times are of ``Clock.monotonic_ms``."""

    first_token_ms: float  #: without progress until then
    whole_ms: float  #: without the end until then
    event_ms: float  #: longest silence between two events; comments and blank lines are silence
    connect_seconds: float = 3.0  #: longest wait for a connection
    characters_a_second: float = 0.0  #: a stream that stays below this pace is given up; 0: any pace


@dataclass(slots=True)
class Attempt:
    """Asks once.  What has come is kept, so that a broken-off answer can be accounted for."""

    http: HttpClient
    dialect: Dialect
    target: Target
    clock: Clock
    lateness: LoopLateness
    began_ms: float = 0.0
    first_token_ms: float | None = None  #: after the beginning
    silence_ms: float | None = None  #: before the first token, less the time in which nobody listened
    sent: bool = False  #: the request went out, so the provider may work on it
    headers: dict[str, str] = field(default_factory=dict)  #: of the answer, names in lower case
    _reader: StreamReader | None = None
    _most_characters: int = 0

    async def run(self, prompt: Prompt, secret: str, deadlines: Deadlines, hear: Hear) -> Reply:
        """Return the whole answer; ``hear`` is told of progress as it comes.  Raises ModelFailed."""
        self.began_ms = self.clock.monotonic_ms()
        stream = self.target.profile.streams
        self.sent = True  # unless the transport says otherwise
        self._most_characters = _SPARE_CHARACTERS + _CHARACTERS_A_TOKEN * prompt.max_output_tokens
        request = self.dialect.request(prompt, self.target, secret, stream=stream)
        patience = Patience(self.lateness)
        try:
            return await self._within(request, deadlines, hear, patience, stream=stream)
        except NotSent as error:
            self.sent = False
            ours = patience.lost_all_of(1000 * deadlines.connect_seconds)
            raise self._failed(FailureClass.NOT_SENT, str(error), ours=ours) from error
        except NoAnswer as error:
            if (reply := self._proved()) is not None:
                return reply
            raise self._failed(FailureClass.BROKEN, str(error)) from error
        finally:
            patience.end()

    def so_far(self) -> Reply | None:
        """Return what has come of an answer that was not finished; None where nothing has."""
        return None if self._reader is None else self._reader.so_far()

    async def _within(
        self, request: WireRequest, deadlines: Deadlines, hear: Hear, patience: Patience, *, stream: bool
    ) -> Reply:
        first_ms = deadlines.first_token_ms if stream else deadlines.whole_ms
        opened = self.http.stream(
            "POST",
            request.url,
            headers=request.headers,
            body=request.body,
            connect_seconds=deadlines.connect_seconds,
        )
        seconds = self._seconds_until(min(first_ms, deadlines.whole_ms))
        patience.give(1000 * seconds)
        timer = asyncio.timeout(seconds)
        try:
            async with timer, opened as answer:
                self.headers = {name.lower(): value for name, value in answer.headers.items()}
                if answer.status != 200:
                    raise ModelFailed(await self._refusal(answer))
                if not stream:
                    return self._bounded(self.dialect.reply(await self._whole(answer), self.target))
                self._reader = self.dialect.stream(self.target)
                return await self._read(answer, self._reader, _Watch(self, timer, deadlines, patience), hear)
        except TimeoutError as error:
            if (reply := self._proved()) is not None:
                return reply
            ours = patience.was_lost()
            raise self._failed(FailureClass.TOO_SLOW, self._what_was_slow(), ours=ours) from error

    async def _read(self, answer: HttpStream, reader: StreamReader, watch: _Watch, hear: Hear) -> Reply:
        size = 0
        async for piece in answer.pieces():
            size += len(piece)
            if size > _MOST_REPLY_BYTES:
                raise self._too_much()
            for progress in reader.feed(piece):
                if self.first_token_ms is None:
                    self.first_token_ms = self.clock.monotonic_ms() - self.began_ms
                    self.silence_ms = self.first_token_ms - watch.patience.heard_first()
                if watch.saw(progress) > self._most_characters:
                    raise self._too_much()
                await hear(progress)
            if reader.finished:
                watch.tail()
        return reader.end()

    async def _whole(self, answer: HttpStream) -> bytes:
        body = await _beginning(answer, _MOST_REPLY_BYTES + 1)
        if len(body) > _MOST_REPLY_BYTES:
            raise self._too_much()
        return body

    def _bounded(self, reply: Reply) -> Reply:
        if len(reply.text) > self._most_characters:
            raise self._too_much()
        return reply

    def _proved(self) -> Reply | None:
        """Return the answer where its end had been proved before the connection broke or fell silent."""
        if self._reader is None:
            return None
        try:
            return self._bounded(self._reader.end())
        except ModelFailed:
            return None

    async def _refusal(self, answer: HttpStream) -> Failure:
        body = await _beginning(answer, _MOST_ERROR_BYTES)
        return self.dialect.failure(answer.status, self.headers, body, self.clock.now_ms())

    def _seconds_until(self, at_ms: float) -> float:
        return max(0.0, (at_ms - self.clock.monotonic_ms()) / 1000)

    def _what_was_slow(self) -> str:
        spent = round(self.clock.monotonic_ms() - self.began_ms)
        if not self.target.profile.streams:
            return f"no answer within {spent} ms"
        what = "no first token" if self.first_token_ms is None else "no end, or no further event,"
        return f"{what} within {spent} ms"

    def _too_much(self) -> ModelFailed:
        failed = self._failed(FailureClass.BROKEN, "the answer is far longer than its limit allows")
        # It would do so again, and be paid for again.
        return ModelFailed(msgspec.structs.replace(failed.failure, retry_forbidden=True))

    def _failed(self, kind: FailureClass, what: str, *, ours: bool = False) -> ModelFailed:
        possibly = kind is not FailureClass.NOT_SENT
        message = f"{self.target.name} ({self.target.provider}): {what}"
        if ours:
            message += "; this process itself was too busy to listen for most of that time"
        return ModelFailed(Failure(kind=kind, message=message, possibly_billed=possibly, ours=ours))


async def _beginning(answer: HttpStream, most: int) -> bytes:
    """Return the body, cut off at about ``most`` bytes."""
    body = b""
    async for piece in answer.pieces():
        body = body + piece if body else piece
        if len(body) >= most:
            break
    return body[:most]


class _Watch:
    """Moves an attempt's deadline with its events, and judges their pace."""

    def __init__(
        self, attempt: Attempt, timer: asyncio.Timeout, deadlines: Deadlines, patience: Patience
    ) -> None:
        self.patience = patience
        self._attempt = attempt
        self._timer = timer
        self._deadlines = deadlines
        self._moved_ms = -math.inf
        self._characters = 0

    def saw(self, progress: Progress) -> int:
        """Note an event down; return how many characters have come.

        Raises ModelFailed (TOO_SLOW) when the stream only trickles.
        """
        now_ms = self._attempt.clock.monotonic_ms()
        self._characters += len(getattr(progress, "text", "")) or 1
        self._judge_pace(now_ms)
        # Moving the timer costs more than reading an event, so it is moved four times a span at most.
        if now_ms - self._moved_ms >= self._deadlines.event_ms / 4:
            self._moved_ms = now_ms
            self.patience.next_event(self._deadlines.event_ms, self._deadlines.whole_ms - now_ms)
            self._end_at(min(now_ms + self._deadlines.event_ms, self._deadlines.whole_ms))
        return self._characters

    def tail(self) -> None:
        """The end is proven: wait for the rest of the connection only briefly."""
        now_ms = self._attempt.clock.monotonic_ms()
        self._end_at(min(now_ms + 1000 * _TAIL_SECONDS, self._deadlines.whole_ms))

    def _judge_pace(self, now_ms: float) -> None:
        attempt, slowest = self._attempt, self._deadlines.characters_a_second
        flowing_ms = now_ms - attempt.began_ms - (attempt.first_token_ms or 0.0)
        if self._trickles(flowing_ms) and self._trickles(flowing_ms - self.patience.lost_since_first_ms()):
            raise ModelFailed(
                Failure(
                    kind=FailureClass.TOO_SLOW,
                    message=f"{attempt.target.name}: fewer than {slowest:g} characters a second",
                    possibly_billed=True,
                )
            )

    def _trickles(self, flowing_ms: float) -> bool:
        least = self._deadlines.characters_a_second * flowing_ms / 1000
        return flowing_ms > 1000 * _FLOW_SECONDS and self._characters < least

    def _end_at(self, at_ms: float) -> None:
        loop = asyncio.get_running_loop()
        self._timer.reschedule(loop.time() + (at_ms - self._attempt.clock.monotonic_ms()) / 1000)

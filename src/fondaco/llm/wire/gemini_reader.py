"""Reads answers of Gemini, plain and streamed."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from fondaco.llm.asking import Finish, Progress, Reply, TextCame, ToolWish, WorkCame
from fondaco.llm.failures import FailureClass, ModelFailed
from fondaco.llm.wire.complaints import UNREADABLE, read_complaint
from fondaco.llm.wire.gemini_words import ABSENT, Answer, FunctionCall, Part, failure_of, finish_of, usage_of
from fondaco.llm.wire.history import WishIds, whole_wishes
from fondaco.llm.wire.judging import broken, ended_badly, incomplete, judge_inside
from fondaco.llm.wire.sse import EventStream

_decode = msgspec.json.Decoder(Answer).decode
_decode_many = msgspec.json.Decoder(list[Answer]).decode
_WORK = WorkCame()


def read_reply(body: bytes) -> Reply:
    """Read a plain answer.  Raises ModelFailed (BROKEN, or an error inside a 200)."""
    gathered = Gathered()
    for answer in _decoded_many(body) if body.lstrip()[:1] == b"[" else [_decoded(body)]:
        _refuse_error(answer, body, answering=gathered.answering())
        for _ in gathered.take(answer):
            pass  # a plain answer has no one who watches it come
    if not gathered.raw_finish:
        raise broken("The answer has no finished candidate in it")
    return gathered.reply()


class Reader:
    """Reads one streamed answer."""

    def __init__(self) -> None:
        self._events = EventStream()
        self._gathered = Gathered()

    @property
    def finished(self) -> bool:
        # There is no last event; the figures come with the finish reason, or after it.
        return bool(self._gathered.raw_finish) and self._gathered.has_usage()

    def feed(self, piece: bytes) -> Iterator[Progress]:
        for _, data in self._events.feed(piece):
            yield from self._take(data)

    def end(self) -> Reply:
        if (body := self._events.plain_body()) is not None:  # a JSON array: ``alt=sse`` was lost on the way
            return read_reply(body)
        for _, data in self._events.end():
            try:
                list(self._take(data))
            except ModelFailed as error:
                if error.failure.kind is not FailureClass.BROKEN:
                    raise
                # Cut in the middle of the event: what lacks is judged below.
        if not self._gathered.raw_finish:
            raise incomplete("without a finish reason")
        return self._gathered.reply()

    def so_far(self) -> Reply:
        return self._gathered.so_far()

    def _take(self, data: bytes) -> Iterator[Progress]:
        answer = _decoded(data)
        _refuse_error(answer, data, answering=self._gathered.answering())
        return self._gathered.take(answer)


class Gathered:
    """What has come of one answer."""

    def __init__(self) -> None:
        self.raw_finish = ""
        self._blocked = False
        self._texts: list[str] = []
        self._reasoning: list[str] = []
        self._calls: list[tuple[FunctionCall, str]] = []  # with the signature
        self._usage = ABSENT
        self._id = ""
        self._model = ""

    def answering(self) -> bool:
        """Return whether anything of the answer itself has come."""
        return bool(self._texts or self._reasoning or self._calls)

    def has_usage(self) -> bool:
        """Return whether any figures have come."""
        return self._usage is not ABSENT

    def take(self, answer: Answer) -> Iterator[Progress]:
        """Add a plain answer or an event; return the progress that it makes."""
        if answer.usage_metadata is not ABSENT and bytes(answer.usage_metadata) != b"null":
            self._usage = answer.usage_metadata  # counts upwards: the last one is whole
        self._model = answer.model_version or self._model
        self._id = self._id or answer.response_id or ""
        feedback = answer.prompt_feedback
        if feedback is not None and feedback.block_reason:
            self._blocked = True
            self.raw_finish = feedback.block_reason
        if not answer.candidates:
            return iter(())
        candidate = answer.candidates[0]
        if candidate.finish_reason and candidate.finish_reason != "FINISH_REASON_UNSPECIFIED":
            self.raw_finish = candidate.finish_reason
        parts = candidate.content.parts if candidate.content else None
        return iter([came for part in parts or () if (came := self._add(part)) is not None])

    def reply(self) -> Reply:
        """Return the whole answer.  Raises ModelFailed where its finish reason says that it is none."""
        if not self._blocked and finish_of(self.raw_finish) is None:
            raise ended_badly(failure_of(self.raw_finish), self.raw_finish)
        if any(not call.name for call, _ in self._calls):
            raise broken("The answer holds a function call without a name")
        return self.so_far()

    def so_far(self) -> Reply:
        """Return what has come, whether or not it is whole."""
        ended = Finish.REFUSED if self._blocked else finish_of(self.raw_finish) or Finish.STOP
        finish, wishes = whole_wishes(ended, self._wishes())
        return Reply(
            text="".join(self._texts),
            wishes=wishes,
            finish=finish,
            raw_finish=self.raw_finish,
            usage=usage_of(self._usage),
            served_model=self._model,
            reasoning="".join(self._reasoning),
        )

    def _add(self, part: Part) -> Progress | None:
        if part.function_call is not None:
            self._calls.append((part.function_call, part.thought_signature or ""))
            return _WORK
        if part.text and part.thought:
            self._reasoning.append(part.text)
            return _WORK
        if part.text:
            self._texts.append(part.text)
            return TextCame(part.text)
        if part.thought_signature and self._calls and not self._calls[-1][1]:
            self._calls[-1] = (self._calls[-1][0], part.thought_signature)  # it came in a part of its own
        return None

    def _wishes(self) -> tuple[ToolWish, ...]:
        ids = WishIds(self._id)
        wishes = []
        for call, signature in self._calls:
            name, arguments = call.name or "", _arguments(call)
            id_ = ids.neutral(call.id or "", name, arguments)
            wishes.append(ToolWish(id=id_, name=name, arguments=arguments, signature=signature))
        return tuple(wish for wish in wishes if wish.name)


def _arguments(call: FunctionCall) -> str:
    given = bytes(call.args)
    return "{}" if given in (b"", b"null") else given.decode("utf-8", "replace")


def _decoded(data: bytes) -> Answer:
    try:
        return _decode(data)
    except UNREADABLE as error:
        raise broken(f"The answer is not understood ({type(error).__name__})") from error


def _decoded_many(body: bytes) -> list[Answer]:
    try:
        return _decode_many(body)
    except UNREADABLE as error:
        raise broken(f"The answer is not understood ({type(error).__name__})") from error


def _refuse_error(answer: Answer, data: bytes, *, answering: bool) -> None:
    if answer.error is not ABSENT and bytes(answer.error) != b"null":
        raise judge_inside(read_complaint(data), answering=answering)

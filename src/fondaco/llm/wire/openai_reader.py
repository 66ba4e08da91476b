"""Reads answers of OpenAI's chat completions, plain and streamed."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from fondaco.llm.asking import Finish, Progress, Reply, TextCame, WorkCame
from fondaco.llm.failures import FailureClass, ModelFailed
from fondaco.llm.targets import EndMarker, Target
from fondaco.llm.wire.complaints import UNREADABLE, read_complaint
from fondaco.llm.wire.history import whole_wishes
from fondaco.llm.wire.judging import broken, ended_badly, incomplete, judge_inside
from fondaco.llm.wire.openai_calls import OpenCalls
from fondaco.llm.wire.openai_words import (
    ABSENT,
    BAD_FINISH,
    Answer,
    Message,
    finish_of,
    is_there,
    signature_of,
    text_of,
    usage_of,
)
from fondaco.llm.wire.sse import EventStream

_decode = msgspec.json.Decoder(Answer).decode
_WORK = WorkCame()


def read_reply(body: bytes) -> Reply:
    """Read a plain answer.  Raises ModelFailed (BROKEN, or an error inside a 200)."""
    gathered = Gathered()
    gathered.take(_decoded(body))
    if not gathered.chosen:
        raise broken("The answer has no choice in it")
    return gathered.reply()


class Reader:
    """Reads one streamed answer."""

    def __init__(self, target: Target) -> None:
        self._marker = target.profile.end_marker
        self._events = EventStream()
        self._gathered = Gathered()
        self._done = False

    @property
    def finished(self) -> bool:
        return self._done

    def feed(self, piece: bytes) -> Iterator[Progress]:
        take = self._take
        for name, data in self._events.feed(piece):
            progress = take(name, data)
            if progress is not None:
                yield progress

    def end(self) -> Reply:
        if (body := self._events.plain_body()) is not None:  # it ignored that a stream was asked for
            return read_reply(body)
        for name, data in self._events.end():
            try:
                self._take(name, data)
            except ModelFailed as error:
                if error.failure.kind is not FailureClass.BROKEN:
                    raise
                # Cut in the middle of the event: what lacks is judged below.
        if not self._is_proved():
            raise incomplete(self._lacking())
        return self._gathered.reply()

    def so_far(self) -> Reply:
        return self._gathered.so_far()

    def _take(self, name: str, data: bytes) -> Progress | None:
        if self._done:
            return None
        if len(data) < 16 and data.strip() == b"[DONE]":
            self._done = True
            return None
        if name == "error":
            raise judge_inside(read_complaint(data), answering=self._gathered.answering())
        return self._gathered.take(_decoded(data, answering=self._gathered.answering()))

    def _is_proved(self) -> bool:
        finished = bool(self._gathered.raw_finish)
        match self._marker:
            case EndMarker.DONE:
                return self._done and finished
            case EndMarker.DONE_ONLY:
                return self._done
            case EndMarker.FINISH_REASON | EndMarker.MESSAGE_STOP:
                return finished

    def _lacking(self) -> str:
        return "without a finish reason" if not self._gathered.raw_finish else "without [DONE]"


class Gathered:
    """What has come of one answer."""

    def __init__(self) -> None:
        self.raw_finish = ""
        self.chosen = False  # a choice came, even if there is nothing in it
        self._texts: list[str] = []
        self._reasoning: list[str] = []
        self._calls = OpenCalls()
        self._refused = False
        self._usage = ABSENT
        self._model = ""
        self._id = ""

    def answering(self) -> bool:
        """Return whether anything of the answer itself has come."""
        return bool(self._texts or self._reasoning or self._calls)

    def take(self, answer: Answer) -> Progress | None:
        """Add a plain answer or an event; return the progress that it makes."""
        usage = answer.usage
        if usage is not ABSENT and bytes(usage) != b"null":
            self._usage = usage  # the last one counts: providers repeat it, and count upwards
        if answer.model:
            self._model = answer.model
        if not self._id and answer.id:
            self._id = answer.id
        if not answer.choices:
            return None
        choice = answer.choices[0]
        self.chosen = True
        if choice.finish_reason:
            self.raw_finish = choice.finish_reason
        message = choice.delta or choice.message
        return self._add(message) if message is not None else None

    def reply(self) -> Reply:
        """Return the whole answer.  Raises ModelFailed where its finish reason says that it is none."""
        if kind := BAD_FINISH.get(self.raw_finish):
            raise ended_badly(kind, self.raw_finish)
        if self._calls.nameless():
            raise broken("The answer holds a tool call without a name")
        return self.so_far()

    def so_far(self) -> Reply:
        """Return what has come, whether or not it is whole."""
        finish, wishes = whole_wishes(
            Finish.REFUSED if self._refused else finish_of(self.raw_finish), self._calls.wishes(self._id)
        )
        return Reply(
            text="".join(self._texts),
            wishes=wishes,
            finish=finish,
            raw_finish=self.raw_finish,
            usage=usage_of(self._usage),
            served_model=self._model,
            reasoning="".join(self._reasoning),
        )

    def _add(self, message: Message) -> Progress | None:
        worked = False
        if message.tool_calls or message.reasoning_content or message.reasoning or message.refusal:
            self._add_work(message)
            worked = True
        if message.extra_content is not None:
            self._calls.sign(signature_of(message.extra_content))
        content = message.content
        text = content if isinstance(content, str) else text_of(content)
        if text:
            self._texts.append(text)
            return TextCame(text)
        return _WORK if worked else None

    def _add_work(self, message: Message) -> None:
        reasoning = message.reasoning_content or message.reasoning
        if isinstance(reasoning, str) and reasoning:
            self._reasoning.append(reasoning)
        for call in message.tool_calls or ():
            self._calls.add(call)
        if message.refusal:
            self._refused = True  # its words are the model's excuse and no answer


def _decoded(data: bytes, *, answering: bool = False) -> Answer:
    """Decode an answer.  Raises ModelFailed for an error in it, or where it is none."""
    try:
        answer = _decode(data)
    except UNREADABLE as error:
        raise broken(f"The answer is not understood ({type(error).__name__})") from error
    if answer.error is ABSENT and answer.choices is not None:
        return answer
    if is_there(answer.error) or answer.object == "error":
        raise judge_inside(read_complaint(data), answering=answering)
    return answer

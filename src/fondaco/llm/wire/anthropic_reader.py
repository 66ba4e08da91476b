"""Reads answers of Anthropic's Messages protocol, plain and streamed."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from fondaco.llm.asking import Progress, Reply, TextCame, ToolWish, WorkCame
from fondaco.llm.failures import FailureClass, ModelFailed
from fondaco.llm.targets import Target
from fondaco.llm.wire.anthropic_words import ABSENT, Block, Delta, Event, Figures, Message, finish_of
from fondaco.llm.wire.complaints import UNREADABLE, read_complaint
from fondaco.llm.wire.history import WishIds, whole_wishes
from fondaco.llm.wire.judging import broken, incomplete, judge_inside
from fondaco.llm.wire.sse import EventStream

_decode_event = msgspec.json.Decoder(Event).decode
_decode_message = msgspec.json.Decoder(Message).decode
_WORK = WorkCame()


def read_reply(body: bytes) -> Reply:
    """Read a plain answer.  Raises ModelFailed (BROKEN, or an error inside a 200)."""
    try:
        message = _decode_message(body)
    except UNREADABLE as error:
        raise broken(f"The answer is not understood ({type(error).__name__})") from error
    if message.type == "error":
        raise judge_inside(read_complaint(body), answering=False)
    if message.content is None:
        raise broken("The answer has no content in it")
    gathered = Gathered()
    gathered.begin(message)
    for block in message.content:
        gathered.open(None, block)
    return gathered.reply()


class Reader:
    """Reads one streamed answer."""

    def __init__(self, target: Target) -> None:
        self._events = EventStream()
        self._gathered = Gathered()
        self._stopped = False

    @property
    def finished(self) -> bool:
        return self._stopped

    def feed(self, piece: bytes) -> Iterator[Progress]:
        for _, data in self._events.feed(piece):
            progress = self._take(data)
            if progress is not None:
                yield progress

    def end(self) -> Reply:
        if (body := self._events.plain_body()) is not None:  # it ignored that a stream was asked for
            return read_reply(body)
        for _, data in self._events.end():
            try:
                self._take(data)
            except ModelFailed as error:
                if error.failure.kind is not FailureClass.BROKEN:
                    raise
                # Cut in the middle of the event: what lacks is judged below.
        if not self._stopped:
            raise incomplete("without message_stop")
        if not self._gathered.raw_finish:
            raise incomplete("without a stop reason")
        return self._gathered.reply()

    def so_far(self) -> Reply:
        return self._gathered.so_far()

    def _take(self, data: bytes) -> Progress | None:
        try:
            event = _decode_event(data)
        except UNREADABLE as error:
            raise broken(f"An event is not understood ({type(error).__name__})") from error
        gathered = self._gathered
        match event.type:
            case "content_block_delta":
                return gathered.add(event.index, event.delta) if event.delta else None
            case "content_block_start":
                return gathered.open(event.index, event.content_block) if event.content_block else None
            case "message_start":
                gathered.begin(event.message or Message())
            case "message_delta":
                gathered.close(event.delta, event.usage)
            case "message_stop":
                self._stopped = True
            case "error":
                raise judge_inside(read_complaint(data), answering=gathered.answering())
            case _:  # ``ping``, and whatever is invented next
                pass
        return None


class Gathered:
    """What has come of one answer."""

    def __init__(self) -> None:
        self.raw_finish = ""
        self._texts: list[str] = []
        self._reasoning: list[str] = []
        self._calls: dict[int, tuple[Block, list[str]]] = {}  # by the index of the block
        self._figures = Figures()
        self._id = ""
        self._model = ""

    def answering(self) -> bool:
        """Return whether anything of the answer itself has come."""
        return bool(self._texts or self._reasoning or self._calls)

    def begin(self, message: Message) -> None:
        """Take the head of an answer."""
        self._id = message.id or ""
        self._model = message.model or ""
        self.raw_finish = message.stop_reason or ""
        self._figures.take(message.usage)

    def open(self, index: int | None, block: Block) -> Progress | None:
        """Take the beginning of a block, or a whole one."""
        if block.type == "tool_use":
            given = bytes(block.input) if block.input is not ABSENT else b"{}"
            place = len(self._calls) if index is None else index
            self._calls[place] = (
                block,
                [] if given.strip() in (b"{}", b"null") else [given.decode("utf-8", "replace")],
            )
            return _WORK
        return self._came(block.text, block.thinking)

    def add(self, index: int | None, delta: Delta) -> Progress | None:
        """Take what is new in a block."""
        if delta.partial_json is not None:
            call = self._calls.get(index) if index is not None else None
            if call is not None:
                call[1].append(delta.partial_json)
            return _WORK
        return self._came(delta.text, delta.thinking)

    def close(self, delta: Delta | None, usage: msgspec.Raw) -> None:
        """Take the end of the message."""
        if delta is not None and delta.stop_reason:
            self.raw_finish = delta.stop_reason
        self._figures.take(usage)

    def reply(self) -> Reply:
        """Return the whole answer.  Raises ModelFailed where a call of it cannot be made."""
        if any(not block.name for block, _ in self._calls.values()):
            raise broken("The answer holds a tool call without a name")
        return self.so_far()

    def so_far(self) -> Reply:
        """Return what has come, whether or not it is whole."""
        finish, wishes = whole_wishes(finish_of(self.raw_finish), self._wishes())
        return Reply(
            text="".join(self._texts),
            wishes=wishes,
            finish=finish,
            raw_finish=self.raw_finish,
            usage=self._figures.usage(),
            served_model=self._model,
            reasoning="".join(self._reasoning),
        )

    def _wishes(self) -> tuple[ToolWish, ...]:
        ids = WishIds(self._id)
        wishes = []
        for block, pieces in self._calls.values():
            arguments = "".join(pieces) or "{}"  # an empty text stands for no arguments
            name = block.name or ""
            id_ = ids.neutral(block.id or "", name, arguments)
            wishes.append(ToolWish(id=id_, name=name, arguments=arguments))
        return tuple(wish for wish in wishes if wish.name)

    def _came(self, text: str | None, thinking: str | None) -> Progress | None:
        if text:
            self._texts.append(text)
            return TextCame(text)
        if thinking:
            self._reasoning.append(thinking)
            return _WORK
        return None

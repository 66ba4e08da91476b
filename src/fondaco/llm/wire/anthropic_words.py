"""The answers of Anthropic's Messages protocol as they are decoded; what is unknown is ignored."""

from __future__ import annotations

import msgspec

from fondaco.domain.usage import Usage
from fondaco.llm.asking import Finish
from fondaco.llm.wire.complaints import UNREADABLE
from fondaco.llm.wire.usage import sound

ABSENT = msgspec.Raw()


class Block(msgspec.Struct, gc=False):
    """A block of content, or what is new in one."""

    type: str = ""
    text: str | None = None
    thinking: str | None = None
    partial_json: str | None = None
    id: str | None = None
    name: str | None = None
    input: msgspec.Raw = ABSENT


class Delta(msgspec.Struct, gc=False):
    """What is new in a block, or in the message."""

    type: str = ""
    text: str | None = None
    thinking: str | None = None
    partial_json: str | None = None
    stop_reason: str | None = None


class Message(msgspec.Struct, gc=False):
    """A whole message, or its beginning."""

    id: str | None = None
    model: str | None = None
    content: list[Block] | None = None
    stop_reason: str | None = None
    usage: msgspec.Raw = ABSENT
    type: str = ""


class Event(msgspec.Struct, gc=False):
    """One event of a stream."""

    type: str = ""
    index: int | None = None
    message: Message | None = None
    content_block: Block | None = None
    delta: Delta | None = None
    usage: msgspec.Raw = ABSENT


class _Written(msgspec.Struct):
    ephemeral_5m_input_tokens: int | None = None
    ephemeral_1h_input_tokens: int | None = None


class _Usage(msgspec.Struct):
    input_tokens: int | None = None
    output_tokens: int | None = None
    cache_read_input_tokens: int | None = None
    cache_creation_input_tokens: int | None = None
    cache_creation: _Written | None = None


_decode_usage = msgspec.json.Decoder(_Usage).decode

_FINISH = {
    "end_turn": Finish.STOP,
    "stop_sequence": Finish.STOP,
    "tool_use": Finish.STOP,  # without calls it only means that the model is done
    "max_tokens": Finish.LENGTH,
    "model_context_window_exceeded": Finish.LENGTH,
    "pause_turn": Finish.LENGTH,  # the provider paused: there would be more
    "refusal": Finish.REFUSED,
}


def finish_of(raw: str) -> Finish:
    """Return our word for a stop reason; an unknown one is an end like any other."""
    return _FINISH.get(raw, Finish.STOP)


class Figures:
    """The usage of one answer, of which every report is cumulative: of each field the last value counts."""

    def __init__(self) -> None:
        self._latest = _Usage()
        self._spoilt = False

    def take(self, raw: msgspec.Raw) -> None:
        """Take a report; one that cannot be read spoils all of them."""
        if raw is ABSENT or bytes(raw) == b"null":
            return
        try:
            report = _decode_usage(raw)
        except UNREADABLE:
            self._spoilt = True
            return
        for name in _Usage.__struct_fields__:
            value = getattr(report, name)
            if value is not None:
                setattr(self._latest, name, value)

    def usage(self) -> Usage | None:
        """Return the usage in our meaning: Anthropic's ``input_tokens`` excludes its cache, ours does not."""
        found = self._latest
        if self._spoilt or found.input_tokens is None or found.output_tokens is None:
            return None
        read = found.cache_read_input_tokens or 0
        short, long = _written(found)
        return sound(
            Usage(
                input=found.input_tokens + read + short + long,
                output=found.output_tokens,
                cache_read=read,
                cache_write_5m=short,
                cache_write_1h=long,
            )
        )


def _written(found: _Usage) -> tuple[int, int]:
    """Return what was written to the cache for five minutes and for an hour."""
    whole = found.cache_creation_input_tokens
    parts = found.cache_creation or _Written()
    long = parts.ephemeral_1h_input_tokens or 0
    short = parts.ephemeral_5m_input_tokens
    if short is None:
        short = (whole or 0) - long
    if whole is not None and whole != short + long:  # revised without its parts: the later total counts
        long = min(long, whole)
        short = whole - long
    return short, long

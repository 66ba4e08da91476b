"""What a simulated protocol must be able to do; none of it does I/O or knows the time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import Enum, StrEnum
from typing import Protocol

import msgspec

from fondaco.testing.provider.script import Answer, Ask, Call
from fondaco.testing.provider.tokens import count, pieces_of
from fondaco.testing.provider.trouble import Trouble

GOOGLE_TYPES = "type.googleapis.com/google.rpc."


class UsageFields(StrEnum):
    """Which words an OpenAI-compatible provider has for its cache."""

    OPENAI = "openai"  #: ``prompt_tokens_details.cached_tokens``
    DEEPSEEK = "deepseek"  #: ``prompt_cache_hit_tokens`` and ``prompt_cache_miss_tokens``
    BOTH = "both"
    NEITHER = "neither"


class UsageTold(Enum):
    """How often a stream reports its usage."""

    ONCE = "once"
    NEVER = "never"
    TWICE = "twice"
    ALWAYS = "always"


class Habits(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """In what a simulated provider differs from others that speak the same protocol."""

    usage_fields: UsageFields = UsageFields.OPENAI
    pads: bool = False  #: OpenAI: pads its events unless told not to
    knows_stream_options: bool = True  #: OpenAI: False refuses ``stream_options`` with 400
    tells_usage_unasked: bool = False  #: OpenAI: a stream ends with its usage in any case
    served_model: str = ""  #: the name it answers with; empty: as asked
    demands_reasoning: bool = False  #: OpenAI: tool calls must come back with ``reasoning_content``
    demands_signatures: bool = False  #: Gemini: function calls must come back with their signature
    event_tokens: int = 4  #: tokens in one event of a stream


class Spent(msgspec.Struct, frozen=True, kw_only=True):
    """Tokens of one answer.  ``input`` includes those read from and written to the cache."""

    input: int
    output: int
    cache_read: int = 0
    cache_write_5m: int = 0
    cache_write_1h: int = 0
    reasoning: int = 0  #: a part of ``output``

    def with_output(self, output: int) -> Spent:
        """Return the same with another number of output tokens."""
        return msgspec.structs.replace(self, output=output, reasoning=min(output, self.reasoning))


class Telling(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that a protocol needs to put an answer into its words."""

    ask: Ask
    answer: Answer
    spent: Spent
    habits: Habits
    number: int  #: of the request; ids are made of it
    at_seconds: int  #: since 1970
    usage: UsageTold = UsageTold.ONCE
    mixed: bool = False  #: pieces of several tool calls alternate
    whole: bool = False  #: a tool call comes in one event without index and id

    @property
    def model(self) -> str:
        """The name that the provider gives the model in its answer."""
        return self.habits.served_model or self.ask.model

    def text_pieces(self, text: str) -> tuple[str, ...]:
        """Return how a stream cuts a text."""
        if text == self.answer.text and self.answer.pieces:
            return self.answer.pieces
        return pieces_of(text, self.habits.event_tokens)

    def call_pieces(self, call: Call) -> tuple[str, ...]:
        """Return how a stream cuts a call's arguments."""
        return call.pieces or pieces_of(call.arguments, self.habits.event_tokens)

    def call_id(self, index: int, prefix: str) -> str:
        """Return the id of a call: its own, or one that is made of the request's number."""
        return self.answer.calls[index].id or f"{prefix}{self.number:08d}{index:02d}"


class EventKind(Enum):
    """What an event of a stream is for."""

    START = "start"  #: says nothing yet; the model has not begun to cost anything
    TEXT = "text"
    TOOL = "tool"
    FINISH = "finish"  #: says why the model stopped
    USAGE = "usage"
    END = "end"  #: proves that the stream is whole


class Event(msgspec.Struct, frozen=True):
    """One event of a stream."""

    kind: EventKind
    data: bytes  #: JSON, or OpenAI's ``[DONE]``
    tokens: int = 0  #: output tokens that it carries
    name: bytes = b""  #: Anthropic names its events


class Received(msgspec.Struct, frozen=True):
    """One request as it came."""

    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]  #: names in lower case
    body: bytes


class Dialect(Protocol):
    """One protocol."""

    def read(self, received: Received, habits: Habits) -> Ask:
        """Return what is asked.  Raises Trouble where the protocol's owner would refuse it."""
        ...

    def plain(self, telling: Telling) -> bytes:
        """Return the body of a plain answer."""
        ...

    def events(self, telling: Telling) -> list[Event]:
        """Return the events of a streamed answer."""
        ...

    def status(self, trouble: Trouble) -> int:
        """Return the status of an answer that is an error."""
        ...

    def error(self, trouble: Trouble, number: int) -> bytes:
        """Return the body of an error."""
        ...

    def error_event(self, trouble: Trouble, number: int) -> Event:
        """Return an error inside a stream."""
        ...

    def frame(self, event: Event) -> bytes:
        """Return an event as its bytes on the wire."""
        ...


def output_tokens(answer: Answer) -> int:
    """Return what an answer counts."""
    calls = sum(count(call.name + call.arguments) for call in answer.calls)
    return count(answer.reasoning) + count(answer.text) + calls


def call_shares(name: str, pieces: Sequence[str]) -> list[int]:
    """Return how many tokens each piece of a call's arguments adds; its name counts with the first."""
    length, told, added = len(name.encode()), 0, []
    for piece in pieces or ("",):
        length += len(piece.encode())
        now = -(-length // 4)
        added.append(now - told)
        told = now
    return added


def retry_info(wait_ms: float) -> dict[str, str]:
    """Return Google's way to say in the body how long to wait (``google.rpc.RetryInfo``)."""
    delay = f"{wait_ms / 1000:.3f}".rstrip("0").rstrip(".")
    return {"@type": GOOGLE_TYPES + "RetryInfo", "retryDelay": f"{delay}s"}

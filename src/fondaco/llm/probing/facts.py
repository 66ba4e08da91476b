"""What one probe of a provider has shown, in words that can be compared with those of another day."""

from __future__ import annotations

from enum import StrEnum

import msgspec


class ProbeName(StrEnum):
    """What is tried."""

    PLAIN = "plain"  #: a whole answer at once
    STREAMED = "streamed"
    STREAMED_AGAIN = "streamed again"  #: one odd stream may be chance, two are a habit
    TOOL = "tool"  #: with a tool to call, streamed
    WRONG_KEY = "wrong key"  #: only when asked for


class Indices(StrEnum):
    """How the pieces of tool calls are numbered in a stream."""

    NUMBERED = "numbered"  #: every piece says to which call it belongs
    SAME = "all the same"  #: several calls have one number
    MISSING = "missing"


class Ids(StrEnum):
    """How tool calls are named."""

    ONCE = "once"  #: each call has one
    REPEATED = "in every piece"
    MISSING = "missing"


class ToolFacts(msgspec.Struct, frozen=True, kw_only=True):
    """How tool calls came."""

    calls: int
    indices: Indices
    ids: Ids
    whole: bool  #: each call in one piece


class WireFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What the bytes of one answer show, whatever a reader makes of them."""

    is_stream: bool
    events: int = 0
    ends: tuple[str, ...] = ()  #: markers of the end, in order, such as ``finish_reason`` and ``[DONE]``
    usage_on: str = ""  #: where the figures were; empty: nowhere
    cached_field: str = ""  #: what tells of cached tokens; empty: nothing does
    tools: ToolFacts | None = None


class ProbeFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What one probe has shown."""

    name: ProbeName
    outcome: str  #: ``answered`` or the class of the failure
    status: int  #: 0: no answer came
    message: str = ""  #: of the failure; holds no secret
    refused_before: tuple[str, ...] = ()  #: what the request had to leave out first, in the provider's words
    served_model: str = ""
    finish: str = ""  #: the provider's own word
    wire: WireFacts | None = None  #: None: nothing came to look at
    first_token_ms: float | None = None
    duration_ms: float = 0.0
    limit_headers: tuple[str, ...] = ()
    retry_told: str = ""  #: in which way a refusal said how long to wait
    cost_pico: int = 0
    currency: str = ""

    @property
    def answered(self) -> bool:
        """Whether the answer was whole, by the profile that was in force."""
        return self.outcome == "answered"

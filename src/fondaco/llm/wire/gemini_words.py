"""The answers of Gemini as they are decoded; what is unknown is ignored."""

from __future__ import annotations

import msgspec

from fondaco.domain.usage import Usage
from fondaco.llm.asking import Finish
from fondaco.llm.failures import FailureClass
from fondaco.llm.wire.complaints import UNREADABLE
from fondaco.llm.wire.usage import sound

ABSENT = msgspec.Raw()


class FunctionCall(msgspec.Struct):
    """A whole call; its id is often missing."""

    id: str | None = None
    name: str | None = None
    args: msgspec.Raw = ABSENT


class Part(msgspec.Struct, rename="camel", gc=False):
    """A part of the content."""

    text: str | None = None
    thought: bool | None = None  #: its text is reasoning
    function_call: FunctionCall | None = None
    thought_signature: str | None = None


class Content(msgspec.Struct):
    """What the model says."""

    parts: list[Part] | None = None


class Candidate(msgspec.Struct, rename="camel", gc=False):
    """The only candidate that we ask for."""

    content: Content | None = None
    finish_reason: str | None = None


class Feedback(msgspec.Struct, rename="camel"):
    """What the provider says about the prompt."""

    block_reason: str | None = None


class Answer(msgspec.Struct, rename="camel", gc=False):
    """A plain answer, or one event of a stream."""

    candidates: list[Candidate] | None = None
    prompt_feedback: Feedback | None = None
    usage_metadata: msgspec.Raw = ABSENT
    model_version: str | None = None
    response_id: str | None = None
    error: msgspec.Raw = ABSENT


class _Usage(msgspec.Struct, rename="camel"):
    prompt_token_count: int | None = None
    candidates_token_count: int | None = None
    thoughts_token_count: int | None = None
    cached_content_token_count: int | None = None
    tool_use_prompt_token_count: int | None = None


_decode_usage = msgspec.json.Decoder(_Usage).decode

_FINISH = {
    "STOP": Finish.STOP,
    "MAX_TOKENS": Finish.LENGTH,
    "SAFETY": Finish.REFUSED,
    "RECITATION": Finish.REFUSED,
    "LANGUAGE": Finish.REFUSED,
    "BLOCKLIST": Finish.REFUSED,
    "PROHIBITED_CONTENT": Finish.REFUSED,
    "SPII": Finish.REFUSED,
    "IMAGE_SAFETY": Finish.REFUSED,
    "IMAGE_PROHIBITED_CONTENT": Finish.REFUSED,
}


def finish_of(raw: str) -> Finish | None:
    """Return our word for a finish reason; None for the many that say that there is no proper answer."""
    return _FINISH.get(raw)


def failure_of(raw: str) -> FailureClass:
    """Return what a finish reason means that ended no proper answer, such as MALFORMED_FUNCTION_CALL."""
    return FailureClass.OUR_FAULT if raw == "MISSING_THOUGHT_SIGNATURE" else FailureClass.BROKEN


def usage_of(raw: msgspec.Raw) -> Usage | None:
    """Return the usage in our meaning; None where it is missing or cannot be true.

    The output of the candidates excludes thoughts, which are billed too; the prompt includes what came from
    the cache and excludes what tools added.  A count of zero is left out by the protocol (proto3's JSON).
    """
    if raw is ABSENT or bytes(raw) == b"null":
        return None
    try:
        found = _decode_usage(raw)
    except UNREADABLE:
        return None
    if found.prompt_token_count is None:
        return None
    given = (found.prompt_token_count, found.tool_use_prompt_token_count or 0)
    made = (found.candidates_token_count or 0, found.thoughts_token_count or 0)
    if min(*given, *made) < 0:  # a sum could hide it
        return None
    return sound(
        Usage(
            input=sum(given),
            output=sum(made),
            cache_read=found.cached_content_token_count or 0,
            reasoning=made[1],
        )
    )

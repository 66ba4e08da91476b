"""The answers of OpenAI's chat completions as they are decoded, in all their compatible variants."""

from __future__ import annotations

from typing import Any

import msgspec

from fondaco.domain.usage import Usage
from fondaco.llm.asking import Finish
from fondaco.llm.failures import FailureClass
from fondaco.llm.wire.complaints import UNREADABLE
from fondaco.llm.wire.usage import sound

#: Stands for a field that did not come; compared by identity.
ABSENT = msgspec.Raw()


class Function(msgspec.Struct, gc=False):
    """Name and arguments of a call, or pieces of them."""

    name: str | None = None
    arguments: str | dict[str, Any] | None = None  #: some relays send the object itself


class Call(msgspec.Struct, gc=False):
    """A tool call or a piece of one; nothing of it is certain to be there."""

    index: int | None = None
    id: str | None = None
    function: Function | None = None
    extra_content: Any = None  #: Gemini's compatible endpoint keeps the thought signature here


class Message(msgspec.Struct, gc=False):
    """A whole message, or what is new in a stream's event."""

    content: str | list[Any] | None = None
    tool_calls: list[Call] | None = None
    refusal: str | None = None
    reasoning_content: str | None = None  #: DeepSeek, vLLM, llama.cpp
    reasoning: Any = None  #: Ollama, newer vLLM: text; others put objects here
    extra_content: Any = None


class Choice(msgspec.Struct, gc=False):
    """The only choice that we ask for."""

    delta: Message | None = None
    message: Message | None = None
    finish_reason: str | None = None


class Answer(msgspec.Struct, gc=False):
    """A plain answer, or one event of a stream."""

    choices: list[Choice] | None = None
    usage: msgspec.Raw = ABSENT
    error: msgspec.Raw = ABSENT
    model: str | None = None
    id: str | None = None
    object: str | None = None


class _InputDetails(msgspec.Struct):
    cached_tokens: int | None = None
    cache_write_tokens: int | None = None


class _OutputDetails(msgspec.Struct):
    reasoning_tokens: int | None = None


class _Usage(msgspec.Struct):
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    total_tokens: int | None = None
    prompt_tokens_details: _InputDetails | None = None
    completion_tokens_details: _OutputDetails | None = None
    prompt_cache_hit_tokens: int | None = None  #: DeepSeek
    prompt_cache_miss_tokens: int | None = None  #: DeepSeek: hit and miss are the whole prompt


_decode_usage = msgspec.json.Decoder(_Usage).decode

_FINISH = {
    "stop": Finish.STOP,
    "tool_calls": Finish.STOP,  # without calls it only means that the model is done
    "function_call": Finish.STOP,
    "length": Finish.LENGTH,
    "max_tokens": Finish.LENGTH,
    "model_length": Finish.LENGTH,
    "content_filter": Finish.REFUSED,
    "safety": Finish.REFUSED,
    "sensitive": Finish.REFUSED,
    "refusal": Finish.REFUSED,
}
#: Reasons that say that there is no answer: DeepSeek; relays; vLLM.
BAD_FINISH = {
    "insufficient_system_resource": FailureClass.OVERLOADED,
    "error": FailureClass.BROKEN,
    "abort": FailureClass.BROKEN,
}


def finish_of(raw: str) -> Finish:
    """Return our word for the provider's; an unknown one is an end like any other."""
    return _FINISH.get(raw, Finish.STOP)


def is_there(raw: msgspec.Raw) -> bool:
    """Return whether the field came with a value."""
    return raw is not ABSENT and bytes(raw) != b"null"


def text_of(content: str | list[Any] | None) -> str:
    """Return the text of a message, which some providers send in parts."""
    if isinstance(content, str):
        return content
    parts = [part.get("text") for part in content or () if isinstance(part, dict)]
    return "".join(part for part in parts if isinstance(part, str))


def signature_of(extra: Any) -> str:
    """Return the thought signature that Gemini's compatible endpoint hides in ``extra_content``."""
    google = extra.get("google") if isinstance(extra, dict) else None
    signature = google.get("thought_signature") if isinstance(google, dict) else None
    return signature if isinstance(signature, str) else ""


def usage_of(raw: msgspec.Raw) -> Usage | None:
    """Return the usage in our meaning; None where it is missing, incomplete or cannot be true.

    ``prompt_tokens`` includes cached ones.  Cached tokens come in two places, which are never added.
    Writes to the cache have no stated lifetime here and count as those of five minutes.
    """
    if not is_there(raw):
        return None
    try:
        found = _decode_usage(raw)
    except UNREADABLE:
        return None
    hit, missed = found.prompt_cache_hit_tokens, found.prompt_cache_miss_tokens
    given = found.prompt_tokens
    if given is None and hit is not None and missed is not None:
        given = hit + missed
    if given is None or found.completion_tokens is None:
        return None
    details = found.prompt_tokens_details or _InputDetails()
    reasoning = found.completion_tokens_details and found.completion_tokens_details.reasoning_tokens
    return sound(
        Usage(
            input=given,
            output=_whole_output(found, given, found.completion_tokens, reasoning or 0),
            cache_read=max(details.cached_tokens or 0, hit or 0),
            cache_write_5m=details.cache_write_tokens or 0,
            reasoning=reasoning or 0,
        )
    )


def _whole_output(found: _Usage, given: int, completion: int, reasoning: int) -> int:
    """Return the output with its reasoning, which xAI counts beside it; the total tells."""
    beside = reasoning > 0 and found.total_tokens == given + completion + reasoning
    return completion + reasoning if beside else completion

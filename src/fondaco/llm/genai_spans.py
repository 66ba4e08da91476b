"""What a span tells of a model call, in the words of OpenTelemetry's GenAI conventions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import urlsplit

from opentelemetry.trace import Span

from fondaco.domain.errors import ModelError
from fondaco.domain.usage import AttemptNote, Usage
from fondaco.llm import genai_names as names
from fondaco.llm.answering import Answered, Ask
from fondaco.llm.targets import Target

#: The conventions' classes of tokens; input includes the cache, output includes reasoning, as ``Usage`` does.
USED: dict[str, Callable[[Usage], int]] = {
    "input_tokens": lambda usage: usage.input,
    "output_tokens": lambda usage: usage.output,
    "cache_read.input_tokens": lambda usage: usage.cache_read,
    "cache_write.input_tokens": lambda usage: usage.cache_write_5m + usage.cache_write_1h,
    "reasoning.output_tokens": lambda usage: usage.reasoning,
}


def describe(span: Span, ask: Ask) -> None:
    """Say in a span what is asked for, and who is asked first."""
    if not span.is_recording():
        return
    span.set_attribute(names.OPERATION, names.CHAT)
    span.set_attribute(names.CONVERSATION, ask.scope.conversation_id)
    span.set_attribute(names.MAX_TOKENS, ask.prompt.max_output_tokens)
    if ask.prompt.temperature is not None:
        span.set_attribute(names.TEMPERATURE, ask.prompt.temperature)
    if ask.targets:
        _describe_target(span, ask.targets[0])


def describe_answer(span: Span, answered: Answered) -> None:
    """Say in a span what came of it; its attempts are its events."""
    if not span.is_recording():
        return
    reply, usage = answered.reply, answered.reply.usage
    _describe_target(span, answered.target)
    span.set_attribute(names.RESPONSE_MODEL, reply.served_model or answered.target.model)
    span.set_attribute(names.FINISH_REASONS, (reply.raw_finish or reply.finish.value,))
    if usage is not None:
        span.set_attributes({names.USAGE + kind: count(usage) for kind, count in USED.items()})
    _describe_attempts(span, answered.attempts)


def describe_failure(span: Span, ask: Ask, error: ModelError) -> None:
    """Say in a span that nobody answered, and why.

    An answer that was cut short has the finish reason ``error``.
    """
    if not span.is_recording():
        return
    target = asked_last(ask, error.attempts)
    if target is not None:
        _describe_target(span, target)
    span.set_attribute(names.ERROR_TYPE, error_type(error))
    if error.attempts and error.attempts[-1].first_token_ms is not None:
        span.set_attribute(names.FINISH_REASONS, (names.ERROR_FINISH,))
    _describe_attempts(span, error.attempts)


def error_type(error: ModelError) -> str:
    """Return the class of the last failure, or of the error where nobody was asked."""
    return error.attempts[-1].ended_as if error.attempts else type(error).__name__


def asked_last(ask: Ask, attempts: Sequence[AttemptNote]) -> Target | None:
    """Return the target of the last attempt; the first of all where nobody was asked."""
    by_name = {target.name: target for target in reversed(ask.targets)}
    first = ask.targets[0] if ask.targets else None
    return by_name.get(attempts[-1].target, first) if attempts else first


def about(target: Target) -> dict[str, str]:
    """Return what every span and metric says of the model that is asked."""
    return {
        names.OPERATION: names.CHAT,
        names.PROVIDER: names.PROVIDERS.get(target.kind.value, target.provider),
        names.REQUEST_MODEL: target.model,
    }


def _describe_target(span: Span, target: Target) -> None:
    place = urlsplit(target.base_url)
    span.update_name(f"{names.CHAT} {target.model}")
    span.set_attributes(about(target))
    span.set_attribute(names.SERVER_ADDRESS, place.hostname or "")
    if place.port is not None:
        span.set_attribute(names.SERVER_PORT, place.port)


def _describe_attempts(span: Span, attempts: Sequence[AttemptNote]) -> None:
    for note in attempts:
        told: dict[str, Any] = {
            "fondaco.target": note.target,
            "fondaco.ended_as": note.ended_as,
            "fondaco.then": note.then,
            "fondaco.duration_ms": note.duration_ms,
        }
        span.add_event("attempt", told)

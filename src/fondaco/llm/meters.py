"""What can be seen of model calls from outside: counts, durations, tokens, cost; never a word of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from opentelemetry import metrics
from opentelemetry.trace import Span
from prometheus_client import CollectorRegistry, Counter, Histogram

from fondaco.domain.usage import AttemptNote, Usage
from fondaco.llm import genai_names as names
from fondaco.llm.answering import Answered, Ask
from fondaco.llm.targets import Target

_SECONDS = (0.05, 0.1, 0.25, 0.5, 1, 2, 4, 8, 15, 30, 60)
_PICO = 1_000_000_000_000


class ModelMeters:
    """Counts attempts and answers, for Prometheus and for OpenTelemetry."""

    def __init__(self, registry: CollectorRegistry, *, old_names: bool = False) -> None:
        self._attempts = Counter(
            "fondaco_model_attempts",
            "Attempts to ask a model, by how they ended.",
            ["target", "ended_as"],
            registry=registry,
        )
        self._tokens = Counter(
            "fondaco_model_tokens", "Tokens, as far as known.", ["target", "kind"], registry=registry
        )
        self._cost = Counter(
            "fondaco_model_cost",
            "What attempts cost, in units of the currency; for exact sums ask `fondaco cost`.",
            ["target", "currency"],
            registry=registry,
        )
        self._first = Histogram(
            "fondaco_model_first_token_seconds",
            "Time from an attempt's beginning to its first token.",
            ["target"],
            buckets=_SECONDS,
            registry=registry,
        )
        self._standard = _StandardMeters(old_names=old_names)

    def attempted(self, note: AttemptNote) -> None:
        """Count one attempt."""
        self._attempts.labels(note.target, note.ended_as).inc()
        self._cost.labels(note.target, note.currency).inc(note.cost_pico / _PICO)
        if note.first_token_ms is not None:
            self._first.labels(note.target).observe(note.first_token_ms / 1000)
        for kind, count in _classes(note.usage).items():
            self._tokens.labels(note.target, kind).inc(count)

    def answered(self, answered: Answered, duration_ms: float) -> None:
        """Record one answer under the conventions' names."""
        self._standard.answered(answered, duration_ms)


class _StandardMeters:
    """OpenTelemetry's own instruments; they cost next to nothing where no SDK collects them."""

    def __init__(self, *, old_names: bool) -> None:
        meter = metrics.get_meter("fondaco.llm")
        self._durations = [meter.create_histogram(names.DURATION, unit="s")]
        if old_names:
            self._durations.append(meter.create_histogram(names.OLD_DURATION, unit="s"))
        self._first = meter.create_histogram(names.TIME_TO_FIRST, unit="s")
        self._used = {kind: meter.create_counter(names.USED + kind, unit="{token}") for kind in _USED}

    def answered(self, answered: Answered, duration_ms: float) -> None:
        about = _about(answered.target)
        for histogram in self._durations:
            histogram.record(duration_ms / 1000, about)
        first_ms = answered.attempts[-1].first_token_ms
        if first_ms is not None:
            self._first.record(first_ms / 1000, about)
        usage = answered.reply.usage
        if usage is not None:
            for kind, count in _USED.items():
                self._used[kind].add(count(usage), about)


#: The conventions' classes of tokens; input includes the cache, output includes reasoning, as ``Usage`` does.
_USED: dict[str, Callable[[Usage], int]] = {
    "input_tokens": lambda usage: usage.input,
    "output_tokens": lambda usage: usage.output,
    "cache_read.input_tokens": lambda usage: usage.cache_read,
    "cache_write.input_tokens": lambda usage: usage.cache_write_5m + usage.cache_write_1h,
    "reasoning.output_tokens": lambda usage: usage.reasoning,
}


def describe(span: Span, ask: Ask) -> None:
    """Say in a span what is asked for."""
    if not span.is_recording():
        return
    span.set_attribute(names.OPERATION, names.CHAT)
    span.set_attribute(names.CONVERSATION, ask.scope.conversation_id)
    span.set_attribute(names.MAX_TOKENS, ask.prompt.max_output_tokens)
    if ask.prompt.temperature is not None:
        span.set_attribute(names.TEMPERATURE, ask.prompt.temperature)


def describe_answer(span: Span, answered: Answered) -> None:
    """Say in a span what came of it; its attempts are its events."""
    if not span.is_recording():
        return
    reply, usage = answered.reply, answered.reply.usage
    span.update_name(f"{names.CHAT} {answered.target.model}")
    span.set_attributes(_about(answered.target))
    span.set_attribute(names.RESPONSE_MODEL, reply.served_model or answered.target.model)
    span.set_attribute(names.FINISH_REASONS, (reply.raw_finish or reply.finish.value,))
    if usage is not None:
        span.set_attributes({names.USAGE + kind: count(usage) for kind, count in _USED.items()})
    describe_attempts(span, answered.attempts)


def describe_attempts(span: Span, attempts: tuple[AttemptNote, ...]) -> None:
    """Add one event for each attempt."""
    if not span.is_recording():
        return
    for note in attempts:
        told: dict[str, Any] = {
            "fondaco.target": note.target,
            "fondaco.ended_as": note.ended_as,
            "fondaco.then": note.then,
            "fondaco.duration_ms": note.duration_ms,
        }
        span.add_event("attempt", told)


def _about(target: Target) -> dict[str, str]:
    return {
        names.OPERATION: names.CHAT,
        names.PROVIDER: names.PROVIDERS.get(target.kind.value, target.provider),
        names.REQUEST_MODEL: target.model,
    }


def _classes(usage: Usage | None) -> dict[str, int]:
    if usage is None:
        return {}
    return {
        "input": usage.fresh_input,
        "cache_read": usage.cache_read,
        "cache_write": usage.cache_write_5m + usage.cache_write_1h,
        "output": usage.output,
    }

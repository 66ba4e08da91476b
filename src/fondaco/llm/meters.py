"""What can be seen of model calls from outside: counts, durations, tokens, cost; never a word of them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from opentelemetry import metrics
from prometheus_client import CollectorRegistry, Counter, Histogram

from fondaco.domain.usage import AttemptNote, Usage
from fondaco.llm import genai_names as names
from fondaco.llm.answering import Answered, Ask
from fondaco.llm.genai_spans import USED, about, asked_last

_SECONDS = (0.05, 0.1, 0.25, 0.5, 1, 2, 4, 8, 15, 30, 60)
_PICO = 1_000_000_000_000
_CHILDREN = 1_024


class ModelMeters:
    """Counts attempts and answers, for Prometheus and for OpenTelemetry."""

    def __init__(
        self, registry: CollectorRegistry, *, old_names: bool = False, meter: metrics.Meter | None = None
    ) -> None:
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
        self._standard = _StandardMeters(meter or metrics.get_meter("fondaco.llm"), old_names=old_names)
        # To find a labelled child again costs more than to count with it, and there are few of them.
        self._attempt = lru_cache(_CHILDREN)(self._attempts.labels)
        self._paid = lru_cache(_CHILDREN)(self._cost.labels)
        self._heard = lru_cache(_CHILDREN)(self._first.labels)
        self._used = lru_cache(_CHILDREN)(self._tokens.labels)

    def attempted(self, note: AttemptNote) -> None:
        """Count one attempt."""
        self._attempt(note.target, note.ended_as).inc()
        self._paid(note.target, note.currency).inc(note.cost_pico / _PICO)
        if note.first_token_ms is not None:
            self._heard(note.target).observe(note.first_token_ms / 1000)
        for kind, count in _classes(note.usage).items():
            self._used(note.target, kind).inc(count)

    def answered(self, answered: Answered, duration_ms: float) -> None:
        """Record one answer under the conventions' names."""
        self._standard.answered(answered, duration_ms)

    def failed(self, ask: Ask, attempts: Sequence[AttemptNote], error: str, duration_ms: float) -> None:
        """Record under the conventions' names that nobody answered, for this type of error."""
        self._standard.failed(ask, attempts, error, duration_ms)


class _StandardMeters:
    """OpenTelemetry's own instruments; they cost next to nothing where no SDK collects them."""

    def __init__(self, meter: metrics.Meter, *, old_names: bool) -> None:
        self._durations = [meter.create_histogram(names.DURATION, unit="s")]
        self._old_tokens = meter.create_histogram(names.OLD_TOKENS, unit="{token}") if old_names else None
        if old_names:
            self._durations.append(meter.create_histogram(names.OLD_DURATION, unit="s"))
        self._first = meter.create_histogram(names.TIME_TO_FIRST, unit="s")
        self._used = {kind: meter.create_counter(names.USED + kind, unit="{token}") for kind in USED}

    def answered(self, answered: Answered, duration_ms: float) -> None:
        told = about(answered.target)
        self._took(duration_ms, told)
        first_ms = answered.attempts[-1].first_token_ms
        if first_ms is not None:
            self._first.record(first_ms / 1000, told)
        usage = answered.reply.usage
        if usage is None:
            return
        for kind, count in USED.items():
            self._used[kind].add(count(usage), told)
        if self._old_tokens is not None:
            self._old_tokens.record(usage.input, told | {names.OLD_KIND: "input"})
            self._old_tokens.record(usage.output, told | {names.OLD_KIND: "output"})

    def failed(self, ask: Ask, attempts: Sequence[AttemptNote], error: str, duration_ms: float) -> None:
        target = asked_last(ask, attempts)
        told = {} if target is None else about(target)
        self._took(duration_ms, told | {names.ERROR_TYPE: error})

    def _took(self, duration_ms: float, told: dict[str, str]) -> None:
        for histogram in self._durations:
            histogram.record(duration_ms / 1000, told)


def _classes(usage: Usage | None) -> dict[str, int]:
    if usage is None:
        return {}
    return {
        "input": usage.fresh_input,
        "cache_read": usage.cache_read,
        "cache_write": usage.cache_write_5m + usage.cache_write_1h,
        "output": usage.output,
    }

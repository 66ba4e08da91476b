"""Simulated providers by name."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from fondaco.testing.provider.cache import CacheRule
from fondaco.testing.provider.latency import Latency, Spread
from fondaco.testing.provider.limits import Limits, RetryDialect
from fondaco.testing.provider.wire.dialect import Habits, UsageFields


class SimulatorOptions(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a simulated provider is like, its faults aside."""

    latency: Latency = Latency()
    limits: Limits = Limits()
    cache: CacheRule = CacheRule()
    habits: Habits = Habits()
    retry_dialect: RetryDialect | None = None  #: None: as the protocol's owner says it
    keys: tuple[str, ...] = ()  #: credentials that are accepted; empty: any
    models: tuple[str, ...] = ()  #: models that it has; empty: any
    context_tokens: int = 0  #: a longer prompt is refused; 0: none is
    journal_entries: int = 100_000  #: how many requests the journal remembers one by one
    kept_bodies: int = 0  #: how many bodies of requests are kept for a test to look at


class Preset(msgspec.Struct, frozen=True, kw_only=True):
    """A provider as it was measured somewhere."""

    options: SimulatorOptions
    availability: float  #: share of the requests that it answers
    model: str


def _preset(
    model: str, p50_ms: float, p99_ms: float, availability: float, **rest: CacheRule | Habits
) -> Preset:
    latency = Latency(first_token=Spread(p50_ms=p50_ms, p99_ms=p99_ms))
    options = msgspec.structs.replace(SimulatorOptions(latency=latency), **rest)
    return Preset(options=options, availability=availability, model=model)


#: Latency and availability: table of the guide that fondaco is built from, which gives whole answers, so
#: that tokens after the first cost no time here.  Cache: the vendors' pages on prompt caching.
PRESETS: Mapping[str, Preset] = {
    "holysheep": _preset(
        "deepseek-v3.2",
        47,
        112,
        0.9997,
        cache=CacheRule(block_tokens=64, minimum_tokens=64),
        habits=Habits(usage_fields=UsageFields.BOTH),
    ),
    "gpt-4.1": _preset("gpt-4.1", 890, 2_340, 0.9985, habits=Habits(pads=True)),
    "claude-sonnet-4.5": _preset("claude-sonnet-4-5", 1_120, 3_100, 0.9991),
    "gemini-2.5-flash": _preset("gemini-2.5-flash", 340, 890, 0.9972),
}

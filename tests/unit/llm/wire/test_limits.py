"""Rate limit headers of every provider become the same figures."""

from __future__ import annotations

import pytest

from fondaco.llm.wire.limits import SeenLimits, seen_limits

NOW_MS = 1_795_348_800_000  # 2026-11-22T12:00:00Z


def test_limits_are_read_in_openai_form() -> None:
    headers = {
        "X-RateLimit-Limit-Requests": "500",
        "x-ratelimit-remaining-requests": "499",
        "x-ratelimit-reset-requests": "120ms",
        "x-ratelimit-limit-tokens": "30000",
        "x-ratelimit-remaining-tokens": "0",
        "x-ratelimit-reset-tokens": "1m2.5s",
    }

    assert seen_limits(headers, NOW_MS) == SeenLimits(
        requests_limit=500,
        requests_left=499,
        requests_reset_ms=120,
        tokens_limit=30_000,
        tokens_left=0,
        tokens_reset_ms=62_500,
    )


@pytest.mark.parametrize("kind", ["tokens", "input-tokens"])
def test_limits_are_read_in_anthropic_form(kind: str) -> None:
    headers = {
        "anthropic-ratelimit-requests-limit": "50",
        "anthropic-ratelimit-requests-remaining": "49",
        "anthropic-ratelimit-requests-reset": "2026-11-22T12:00:01Z",
        f"anthropic-ratelimit-{kind}-limit": "40000",
        f"anthropic-ratelimit-{kind}-remaining": "39000",
        f"anthropic-ratelimit-{kind}-reset": "2026-11-22T12:00:30Z",
    }

    assert seen_limits(headers, NOW_MS) == SeenLimits(
        requests_limit=50,
        requests_left=49,
        requests_reset_ms=1_000,
        tokens_limit=40_000,
        tokens_left=39_000,
        tokens_reset_ms=30_000,
    )


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"content-type": "application/json"},
        {"x-ratelimit-limit-requests": "many"},
        {"x-ratelimit-limit-requests": "-5"},
        {"x-ratelimit-limit-requests": "0"},
    ],
)
def test_no_limits_are_made_up(headers: dict[str, str]) -> None:
    assert seen_limits(headers, NOW_MS) is None

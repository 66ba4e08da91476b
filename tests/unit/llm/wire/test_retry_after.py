"""A wait is understood in every dialect, and an absurd one is ignored."""

from __future__ import annotations

import pytest

from fondaco.llm.wire.retry_after import retry_after_ms, retry_forbidden, wait_in_words_ms

NOW_MS = 1_795_348_800_000  # 2026-11-22T12:00:00Z


@pytest.mark.parametrize(
    ("headers", "wait_ms"),
    [
        ({"retry-after": "2"}, 2_000),
        ({"retry-after": "1.5"}, 1_500),
        ({"retry-after": " 0 "}, 0),
        ({"retry-after": "20s"}, 20_000),
        ({"retry-after": "Sun, 22 Nov 2026 12:00:30 GMT"}, 30_000),
        ({"retry-after": "2026-11-22T12:00:10Z"}, 10_000),
        ({"retry-after-ms": "250"}, 250),
        ({"retry-after-ms": "250.4", "retry-after": "9"}, 251),
        ({"retry-after-ms": "soon", "retry-after": "9"}, 9_000),
        ({"x-ratelimit-remaining-tokens": "0", "x-ratelimit-reset-tokens": "1m2.5s"}, 62_500),
        ({"x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": "120ms"}, 120),
        ({"x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": "6h0m1s"}, 21_601_000),
        (
            {
                "anthropic-ratelimit-tokens-remaining": "0",
                "anthropic-ratelimit-tokens-reset": "2026-11-22T12:01:00Z",
            },
            60_000,
        ),
        (
            {
                "x-ratelimit-remaining-requests": "0",
                "x-ratelimit-reset-requests": "2s",
                "x-ratelimit-remaining-tokens": "0",
                "x-ratelimit-reset-tokens": "7s",
            },
            7_000,
        ),
    ],
)
def test_a_wait_is_read_from_the_headers(headers: dict[str, str], wait_ms: int) -> None:
    assert retry_after_ms(headers, NOW_MS) == wait_ms


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"retry-after": ""},
        {"retry-after": "-1"},
        {"retry-after": "nan"},
        {"retry-after": "inf"},
        {"retry-after": "99999999999"},
        {"retry-after": "soon"},
        {"retry-after": "Sun, 22 Nov 2026 11:00:00 GMT"},
        {"retry-after-ms": "-5"},
        {"x-ratelimit-remaining-tokens": "5", "x-ratelimit-reset-tokens": "1m2.5s"},
        {"x-ratelimit-remaining-tokens": "0", "x-ratelimit-reset-tokens": "later"},
    ],
)
def test_no_wait_is_made_of_a_missing_negative_or_absurd_value(headers: dict[str, str]) -> None:
    assert retry_after_ms(headers, NOW_MS) is None


@pytest.mark.parametrize(
    ("message", "wait_ms"),
    [
        ("Rate limit reached. Please try again in 6.4s. Visit", 6_400),
        ("Please try again in 1m2.5s.", 62_500),
        ("please try again in 20ms", 20),
        ("Please retry in 37.449s.", 37_449),
        ("try again in 12 seconds", 12_000),
        ("try again in a moment", None),
        ("", None),
    ],
)
def test_a_wait_is_found_in_the_words_of_a_message(message: str, wait_ms: int | None) -> None:
    assert wait_in_words_ms(message) == wait_ms


@pytest.mark.parametrize(
    ("value", "forbidden"), [("false", True), ("False", True), ("true", False), ("", False)]
)
def test_the_provider_may_forbid_another_attempt(value: str, forbidden: bool) -> None:
    assert retry_forbidden({"x-should-retry": value}) is forbidden

"""What a provider's headers say about its limits, in one form for all of them."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from fondaco.llm.wire.retry_after import reset_ms


class SeenLimits(msgspec.Struct, frozen=True, kw_only=True):
    """Limits as one answer told them; None where it said nothing.  Resets are milliseconds from now."""

    requests_limit: int | None = None
    requests_left: int | None = None
    requests_reset_ms: int | None = None
    tokens_limit: int | None = None
    tokens_left: int | None = None
    tokens_reset_ms: int | None = None


_NOTHING = SeenLimits()

# Anthropic's plain ``tokens`` describe whichever of its token limits is the tightest just now.
_DIALECTS = (
    ("x-ratelimit-limit-{}", "x-ratelimit-remaining-{}", "x-ratelimit-reset-{}", ("tokens",)),
    (
        "anthropic-ratelimit-{}-limit",
        "anthropic-ratelimit-{}-remaining",
        "anthropic-ratelimit-{}-reset",
        ("tokens", "input-tokens"),
    ),
)
# Rendered once: this is read with every answer.
_READ = tuple(
    tuple(tuple(form.format(what) for form in (limit, left, reset)) for what in ("requests", *tokens))
    for limit, left, reset, tokens in _DIALECTS
)


def seen_limits(headers: Mapping[str, str], now_ms: int) -> SeenLimits | None:
    """Return the limits that an answer's headers tell; None where they tell none.

    Sources: the rate limit pages of OpenAI (whose headers most compatible providers use) and Anthropic.
    """
    lowered = {name.lower(): value for name, value in headers.items() if "ratelimit" in name.lower()}
    if not lowered:
        return None
    for requests, *tokens in _READ:
        seen = _seen(lowered, requests, tokens, now_ms)
        if seen != _NOTHING:
            return seen
    return None


def _seen(
    headers: dict[str, str], requests: tuple[str, ...], tokens: list[tuple[str, ...]], now_ms: int
) -> SeenLimits:
    of_tokens = next((names for names in tokens if names[0] in headers or names[1] in headers), tokens[0])
    return SeenLimits(
        requests_limit=_count(headers.get(requests[0], "")) or None,
        requests_left=_count(headers.get(requests[1], "")),
        requests_reset_ms=reset_ms(headers.get(requests[2], ""), now_ms),
        tokens_limit=_count(headers.get(of_tokens[0], "")) or None,
        tokens_left=_count(headers.get(of_tokens[1], "")),
        tokens_reset_ms=reset_ms(headers.get(of_tokens[2], ""), now_ms),
    )


def _count(text: str) -> int | None:
    """Read a whole number; a limit of nothing, or of less, is no limit but a mistake."""
    text = text.strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 15 else None

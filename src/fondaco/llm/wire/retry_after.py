"""How long a provider asks to be left alone, in each of the dialects in which providers say so."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

_LONGEST_MS = 32 * 86_400_000  # a monthly limit; whoever asks for more has made a mistake

_UNIT_MS = {"ms": 1.0, "s": 1_000.0, "m": 60_000.0, "h": 3_600_000.0, "d": 86_400_000.0}
_PART = r"\d{1,12}(?:\.\d{1,12})?\s?(?:ms|[smhd])"
_DURATION = re.compile(rf"(?:{_PART})+")
_PARTS = re.compile(r"(\d+(?:\.\d+)?)\s?(ms|[smhd])")
_IN_WORDS = re.compile(rf"(?:try again|retry) (?:in|after) ((?:{_PART})+)(?![a-z])", re.IGNORECASE)
_SECONDS_IN_WORDS = re.compile(r"(?:try again|retry) (?:in|after) (\d{1,9}(?:\.\d{1,9})?) sec", re.IGNORECASE)


def retry_after_ms(headers: Mapping[str, str], now_ms: int) -> int | None:
    """Return the wait that the headers ask for; None where there is none, or a negative or absurd one.

    ``headers`` have lower-case names.  Milliseconds come before seconds, which come before the reset of a
    limit that is used up.  Sources: RFC 9110 10.2.3; OpenAI's and Anthropic's clients (``retry-after-ms``).
    """
    exact = _number_ms(headers.get("retry-after-ms", ""), 1.0)
    if exact is not None:
        return exact
    value = headers.get("retry-after", "").strip()
    if value:
        found = _number_ms(value, 1_000.0)
        if found is None:
            found = duration_ms(value)
        return found if found is not None else date_ms(value, now_ms)
    return _reset_ms(headers, now_ms)


def retry_forbidden(headers: Mapping[str, str]) -> bool:
    """Return whether the provider says that another attempt is in vain."""
    return headers.get("x-should-retry", "").strip().lower() == "false"


def duration_ms(text: str) -> int | None:
    """Read ``37s``, ``1.5s``, ``250ms`` or ``1m2.5s``; None for anything else."""
    text = text.strip()
    if not _DURATION.fullmatch(text):
        return None
    return _sensible(sum(float(number) * _UNIT_MS[unit] for number, unit in _PARTS.findall(text)))


def date_ms(text: str, now_ms: int) -> int | None:
    """Read the wait until an HTTP date or an RFC 3339 time; None where it is neither or has passed."""
    try:
        moment = datetime.fromisoformat(text) if text[:4].isdigit() else parsedate_to_datetime(text)
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return _sensible(moment.timestamp() * 1_000.0 - now_ms)
    except (ValueError, OverflowError, TypeError, IndexError):
        return None


def wait_in_words_ms(message: str) -> int | None:
    """Find ``try again in 6.4s`` in an error's message, which is all that some relays let through."""
    if hit := _IN_WORDS.search(message):
        return duration_ms(hit.group(1))
    if hit := _SECONDS_IN_WORDS.search(message):
        return _number_ms(hit.group(1), 1_000.0)
    return None


def _reset_ms(headers: Mapping[str, str], now_ms: int) -> int | None:
    """Return when the last limit comes back of those that are used up."""
    waits = [
        reset_ms(headers.get(reset, ""), now_ms)
        for left, reset in _RESETS
        if headers.get(left, "").strip() == "0"
    ]
    return max((wait for wait in waits if wait is not None), default=None)


def reset_ms(text: str, now_ms: int) -> int | None:
    """Read when a limit comes back: a duration, a time, or plain seconds."""
    text = text.strip()
    if not text:
        return None
    found = duration_ms(text)
    if found is None:
        found = _number_ms(text, 1_000.0)
    return found if found is not None else date_ms(text, now_ms)


def _number_ms(text: str, unit_ms: float) -> int | None:
    try:
        return _sensible(float(text) * unit_ms)
    except ValueError:
        return None


def _sensible(wait_ms: float) -> int | None:
    return math.ceil(wait_ms) if 0 <= wait_ms <= _LONGEST_MS else None


_RESETS = (
    ("x-ratelimit-remaining-requests", "x-ratelimit-reset-requests"),
    ("x-ratelimit-remaining-tokens", "x-ratelimit-reset-tokens"),
    ("anthropic-ratelimit-requests-remaining", "anthropic-ratelimit-requests-reset"),
    ("anthropic-ratelimit-tokens-remaining", "anthropic-ratelimit-tokens-reset"),
    ("anthropic-ratelimit-input-tokens-remaining", "anthropic-ratelimit-input-tokens-reset"),
    ("anthropic-ratelimit-output-tokens-remaining", "anthropic-ratelimit-output-tokens-reset"),
)

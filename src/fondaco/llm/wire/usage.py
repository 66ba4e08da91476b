"""Lets a provider's figures pass only where they can be true."""

from __future__ import annotations

from fondaco.domain.usage import Usage

_MOST_TOKENS = 1_000_000_000  # no request of any model comes near


def sound(usage: Usage) -> Usage | None:
    """Return the usage, or None where its parts do not fit its wholes: nothing is put right or invented."""
    return usage if usage.is_sound() and max(usage.input, usage.output) <= _MOST_TOKENS else None

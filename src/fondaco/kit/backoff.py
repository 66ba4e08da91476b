"""How long to wait before the next attempt."""

from __future__ import annotations

from fondaco.kit.chance import Chance


def full_jitter_ms(attempt: int, *, base_ms: int, cap_ms: int, chance: Chance) -> int:
    """Return a wait in milliseconds before attempt ``attempt + 1`` (the first attempt is 1).

    Full jitter: a uniform draw between 0 and min(cap, base · 2^(attempt-1)), which spreads
    the retries of many callers best (M. Brooker, "Exponential Backoff And Jitter", AWS, 2015).
    """
    ceiling = min(cap_ms, base_ms * 2 ** min(attempt - 1, 30))
    return int(chance.fraction() * ceiling)

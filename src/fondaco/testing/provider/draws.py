"""Chance by seed and number: the same request meets the same fate, whatever goes on beside it."""

from __future__ import annotations

_MASK = (1 << 64) - 1


def draw(seed: int, number: int, purpose: int) -> float:
    """Return a number in [0, 1) that belongs to a request and a purpose.

    The mixing steps are those of SplitMix64 (G. Steele, D. Lea, C. Flood, OOPSLA 2014).
    """
    mixed = (seed * 0x9E3779B97F4A7C15 + number * 0xD1B54A32D192ED03 + purpose * 0x8CB92BA72F3D8DD7) & _MASK
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        mixed = ((mixed ^ (mixed >> shift)) * factor) & _MASK
    return ((mixed ^ (mixed >> 31)) >> 11) / (1 << 53)

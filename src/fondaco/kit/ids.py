"""Ids that sort by the time they were made, with a prefix that says what they name."""

from __future__ import annotations

from fondaco.kit.chance import Chance
from fondaco.kit.clock import Clock

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's base 32, lower case
#: Two digits at a time: an id has 24 of them, and every row and every event has an id.
_PAIRS = tuple(first + second for first in _ALPHABET for second in _ALPHABET)
_TIME_BITS = 48
_CHANCE_BITS = 72


def _encode(number: int, digits: int) -> str:
    return "".join([_PAIRS[(number >> place) & 1023] for place in range(5 * digits - 10, -1, -10)])


class IdMaker:
    """Makes ids such as ``cnv_06f4…``: 48 bits of milliseconds, then 72 random bits.

    Ids made by one maker are strictly increasing even within a millisecond, so two
    messages of one instant keep their order when they are sorted by id.
    """

    def __init__(self, clock: Clock, chance: Chance) -> None:
        self._clock = clock
        self._chance = chance
        self._last = 0

    def new(self, prefix: str) -> str:
        """Return a new id that starts with ``prefix`` and an underscore."""
        stamp = self._clock.now_ms() & ((1 << _TIME_BITS) - 1)
        number = (stamp << _CHANCE_BITS) | self._chance.bits(_CHANCE_BITS)
        self._last = max(number, self._last + 1)
        return f"{prefix}_{_encode(self._last, 24)}"

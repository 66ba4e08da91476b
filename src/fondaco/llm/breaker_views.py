"""How a breaker stands, in words for the people who run the shop."""

from __future__ import annotations

import msgspec

from fondaco.kit.breaker import Breaker, Mode, Phase


class BreakerView(msgspec.Struct, frozen=True, kw_only=True):
    """One target as the console, the API and the command line show it."""

    target: str  #: the operator's name for it
    provider: str
    model: str
    mode: Mode
    phase: Phase  #: of whichever of its breakers is furthest from usual
    state: str  #: in plain words
    attempts: int  #: in the window
    failure_share: float
    slow_share: float  #: of the answers in the window
    open_until_ms: int | None  #: None: it is not left alone
    why: str  #: what it is left alone for; empty where it is asked as usual


def in_plain_words(breaker: Breaker, now_ms: int) -> str:
    """Return the state as the end of a sentence that begins with the target's name."""
    if breaker.mode is Mode.OPEN:
        return "is switched off by hand"
    if breaker.mode is Mode.CLOSED:
        return "is always asked, by hand"
    match breaker.phase(now_ms):
        case Phase.CLOSED:
            return "is asked as usual"
        case Phase.OPEN:
            seconds = max(1, round((breaker.open_until_ms - now_ms) / 1000))
            return f"is left alone for another {seconds} s"
        case Phase.PROBING:
            return "is being tried again, a few attempts at a time"
        case Phase.RETURNING:
            return "works again and is asked more and more often"

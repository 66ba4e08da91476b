"""When a second model is asked beside a slow first one."""

from __future__ import annotations

import msgspec

from fondaco.kit.clock import Clock
from fondaco.kit.window import Window
from fondaco.llm.options import HedgeOptions

_SPAN_MS = 60_000


class HedgeSituation(msgspec.Struct, frozen=True, kw_only=True):
    """Where a call stands that has not spoken yet."""

    waited_ms: float  #: since it was asked
    spoken: bool  #: its first token has come
    other_targets: bool  #: there is a further target that may be asked
    left_ms: float  #: until the contact has waited long enough
    hedged_share: float  #: of the last minute's requests, this hedge included
    slow_share: float  #: of all first tokens lately, over all targets
    within_budget: bool = True  #: the money for a second answer can be reserved
    already_hedged: bool = False


class Hedge(msgspec.Struct, frozen=True):
    """Whether a second model is asked, and why."""

    start: bool
    reason: str


def may_hedge(situation: HedgeSituation, options: HedgeOptions) -> Hedge:
    """Return whether the next target is asked too; the first to speak answers, the other is cancelled.

    When everything is slow, a hedge only adds to the load, so then there is none.
    """
    held_back = (
        (options.after_ms <= 0, "hedging is off"),
        (situation.spoken, "the first model speaks"),
        (situation.already_hedged, "there is a second one already"),
        (situation.waited_ms < options.after_ms, "it is not late yet"),
        (not situation.other_targets, "no other target is left"),
        (situation.left_ms <= 0, "no time is left"),
        (situation.hedged_share > options.share, "enough requests were hedged"),
        (situation.slow_share > options.slow_share, "everything is slow"),
        (not situation.within_budget, "there is no money for a second answer"),
    )
    reason = next((reason for holds, reason in held_back if holds), "")
    return Hedge(not reason, reason or f"no first token after {situation.waited_ms:.0f} ms")


class HedgeGauge:
    """Counts what part of the requests of the last minute was hedged."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._window = Window(_SPAN_MS)

    def asked(self) -> None:
        """Count a request."""
        self._window.add(self._clock.monotonic_ms())

    def hedged(self) -> None:
        """Count a hedge that begins."""
        self._window.add(self._clock.monotonic_ms(), failed=True)

    def share_with_one_more(self) -> float:
        """Return the part of the requests that were hedged if one more is; 1 before the first request."""
        totals = self._window.totals(self._clock.monotonic_ms())
        return (totals.failures + 1) / totals.answers if totals.answers else 1.0

"""What is counted about turns."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Histogram

from fondaco.engine import Outcome

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)


class TurnMeters:
    """Counts turns by outcome and route, handoffs by reason, and how long turns take."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._turns = Counter(
            "fondaco_turns", "Turns that were settled.", ["outcome", "route"], registry=registry
        )
        self._handoffs = Counter(
            "fondaco_handoffs", "Handoffs that turns asked for.", ["reason"], registry=registry
        )
        self._breakdowns = Counter(
            "fondaco_turn_breakdowns", "Turns that broke down and were tried again.", registry=registry
        )
        self._seconds = Histogram(
            "fondaco_turn_seconds",
            "Time from the claim of a turn to its settling write.",
            buckets=_SECONDS,
            registry=registry,
        )

    def settled(self, outcome: Outcome, duration_ms: float) -> None:
        """Count a turn that is over."""
        self._turns.labels(outcome.kind.value, outcome.route.value).inc()
        self._seconds.observe(duration_ms / 1000)
        if outcome.handoff is not None:
            self._handoffs.labels(outcome.handoff.reason.value).inc()

    def broke_down(self) -> None:
        """Count a turn that raised."""
        self._breakdowns.inc()

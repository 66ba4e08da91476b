"""How models and their limits stand, for Prometheus, read at the moment somebody looks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from fondaco.kit.breaker import Mode, Phase
from fondaco.llm.breakers import BreakerBoard
from fondaco.llm.limiter import Limiters, LimiterView
from fondaco.llm.targets import Target

_FAMILIES = {
    "in_flight": "Requests under way.",
    "waiting": "Requests that wait for room.",
    "requests_left": "Requests that may be made at once; only where a limit is known.",
    "tokens_left": "Tokens that may be used at once; only where a limit is known.",
    "paused_seconds": "For how long the provider wants no request.",
}


class StandingGauges(Collector):
    """A gauge for each phase and mode of a model's breaker, 1 where it is so, and how full limiters are."""

    def __init__(self, board: BreakerBoard, limiters: Limiters, targets: Sequence[Target]) -> None:
        self._board = board
        self._limiters = limiters
        self._targets = targets

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Yield every gauge."""
        phases = GaugeMetricFamily(
            "fondaco_model_breaker_phase", "1 for the phase that a breaker is in.", labels=["target", "phase"]
        )
        modes = GaugeMetricFamily(
            "fondaco_model_breaker_mode", "1 for who decides about a model.", labels=["target", "mode"]
        )
        for target in self._targets:
            state = self._board.state_of(target)
            for phase in Phase:
                phases.add_metric([target.name, phase.value], state.phase is phase)
            for mode in Mode:
                modes.add_metric([target.name, mode.value], state.mode is mode)
        yield phases
        yield modes
        yield from self._limits()

    def _limits(self) -> Iterator[GaugeMetricFamily]:
        families = {
            name: GaugeMetricFamily(f"fondaco_model_limiter_{name}", told, labels=["limiter"])
            for name, told in _FAMILIES.items()
        }
        for view in self._limiters.views():
            for name, value in _figures(view).items():
                if value is not None:
                    families[name].add_metric([view.name], value)
        yield from families.values()


def _figures(view: LimiterView) -> dict[str, float | None]:
    return {
        "in_flight": view.in_flight,
        "waiting": view.waiting,
        "requests_left": view.requests_left,
        "tokens_left": view.tokens_left,
        "paused_seconds": view.paused_ms / 1000,
    }

"""Keeps retries a small part of the traffic, so that they never become the storm they should survive."""

from __future__ import annotations

from fondaco.kit.clock import Clock
from fondaco.kit.window import Window
from fondaco.llm.options import RetryOptions

_SPAN_MS = 60_000
_MOST_PROVIDERS = 256


class RetryBudgets:
    """A budget for each provider: within a minute a share of its requests, and a few that are always free.

    One that comes at the time the provider has named is not among them: the limiter paces it.

    The idea of a budget in proportion to requests with a floor is Finagle's ``RetryBudget``.
    """

    def __init__(self, options: RetryOptions, clock: Clock) -> None:
        self._options = options
        self._clock = clock
        self._windows: dict[str, Window] = {}

    def asked(self, provider: str) -> None:
        """Count a first attempt."""
        self._window(provider).add(self._clock.monotonic_ms())

    def allows(self, provider: str) -> bool:
        """Return whether one more retry is within the budget; spends nothing."""
        totals = self._window(provider).totals(self._clock.monotonic_ms())
        allowed = self._options.budget_share * totals.answers + self._options.budget_floor
        return totals.failures + 1 <= allowed

    def retried(self, provider: str) -> None:
        """Count a retry that begins."""
        self._window(provider).add(self._clock.monotonic_ms(), failed=True)

    def _window(self, provider: str) -> Window:
        window = self._windows.get(provider)
        if window is None:
            if len(self._windows) >= _MOST_PROVIDERS:
                del self._windows[next(iter(self._windows))]
            window = self._windows[provider] = Window(_SPAN_MS)
        return window

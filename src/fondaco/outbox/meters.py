"""What is counted about deliveries."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter

from fondaco.domain.deliveries import Attempt


class DeliveryMeters:
    """Counts attempts to send by the state they ended in."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._attempts = Counter(
            "fondaco_delivery_attempts", "Attempts to send a message.", ["state"], registry=registry
        )

    def attempted(self, attempt: Attempt) -> None:
        """Count one attempt."""
        self._attempts.labels(attempt.state.value).inc()

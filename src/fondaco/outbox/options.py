"""Settings of the outbox."""

from __future__ import annotations

import msgspec


class OutboxOptions(msgspec.Struct, frozen=True, kw_only=True):
    """How patiently messages are sent."""

    attempts: int = 12  #: after so many failed attempts a delivery has failed for good
    backoff_base_ms: int = 500
    backoff_cap_ms: int = 300_000
    in_flight: int = 64  #: deliveries that one process sends at once
    poll_seconds: float = 1.0  #: how often to look without having been woken

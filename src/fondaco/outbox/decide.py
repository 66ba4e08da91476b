"""What follows from one attempt to send: a pure decision."""

from __future__ import annotations

from enum import StrEnum

from fondaco.domain.deliveries import Attempt, Delivery, DeliveryState
from fondaco.kit.backoff import full_jitter_ms
from fondaco.kit.chance import Chance
from fondaco.outbox.options import OutboxOptions

_LONGEST_ASKED_MS = 3_600_000  # a channel that asks for more than an hour is asked again after an hour


class Sent(StrEnum):
    """How an attempt went."""

    ARRIVED = "arrived"  #: the channel took it, or says that it has it
    REJECTED = "rejected"  #: the channel will never take it
    POSTPONED = "postponed"  #: it certainly did not arrive; try again
    WITHDRAWN = "withdrawn"  #: it did not arrive, and somebody else has taken over meanwhile
    UNCERTAIN = "uncertain"  #: nobody knows, and trying again could show it twice
    REPEATABLE = "repeatable"  #: nobody knows, but a repetition is harmless (idempotency key or look-up)


def next_attempt(
    delivery: Delivery, sent: Sent, error: str, *, now_ms: int, wait_ms: int, last: bool
) -> Attempt:
    """Return the attempt to record: the delivery's new state and when to try again."""
    state = {
        Sent.ARRIVED: DeliveryState.SENT,
        Sent.REJECTED: DeliveryState.FAILED,
        Sent.WITHDRAWN: DeliveryState.VOIDED,
        Sent.UNCERTAIN: DeliveryState.UNKNOWN,
        Sent.POSTPONED: DeliveryState.FAILED if last else DeliveryState.QUEUED,
        Sent.REPEATABLE: DeliveryState.UNKNOWN if last else DeliveryState.SENDING,
    }[sent]
    return Attempt(
        delivery_id=delivery.id,
        number=delivery.attempts,
        at_ms=now_ms,
        state=state,
        due_at_ms=now_ms + wait_ms,
        error=error,
    )


def wait_before(
    delivery: Delivery, asked_seconds: float | None, options: OutboxOptions, chance: Chance
) -> int:
    """Return how long to wait, in milliseconds: what the channel asked for, else backoff with jitter."""
    if asked_seconds is not None:
        return min(max(int(asked_seconds * 1000), 0), _LONGEST_ASKED_MS)
    return full_jitter_ms(
        delivery.attempts, base_ms=options.backoff_base_ms, cap_ms=options.backoff_cap_ms, chance=chance
    )

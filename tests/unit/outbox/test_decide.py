"""What follows from one attempt to send."""

from __future__ import annotations

import pytest

from fondaco.domain.deliveries import DeliveryState
from fondaco.kit.chance import SeededChance
from fondaco.outbox import OutboxOptions
from fondaco.outbox.decide import Sent, next_attempt, wait_before
from tests.unit.outbox.post_office import delivery

QUEUED, SENDING, SENT, FAILED, UNKNOWN = (
    DeliveryState.QUEUED,
    DeliveryState.SENDING,
    DeliveryState.SENT,
    DeliveryState.FAILED,
    DeliveryState.UNKNOWN,
)


@pytest.mark.parametrize(
    ("sent", "last", "state"),
    [
        (Sent.ARRIVED, False, SENT),
        (Sent.ARRIVED, True, SENT),
        (Sent.REJECTED, False, FAILED),
        (Sent.REJECTED, True, FAILED),
        (Sent.POSTPONED, False, QUEUED),
        (Sent.POSTPONED, True, FAILED),
        (Sent.REPEATABLE, False, SENDING),
        (Sent.REPEATABLE, True, UNKNOWN),
        (Sent.UNCERTAIN, False, UNKNOWN),
        (Sent.UNCERTAIN, True, UNKNOWN),
    ],
)
def test_every_result_has_its_state(sent: Sent, state: DeliveryState, *, last: bool) -> None:
    attempt = next_attempt(delivery(attempts=3), sent, "why", now_ms=1_000, wait_ms=50, last=last)

    assert (attempt.state, attempt.number, attempt.at_ms, attempt.due_at_ms) == (state, 3, 1_000, 1_050)
    assert attempt.error == "why"


@pytest.mark.parametrize(
    ("asked", "wait_ms"), [(0.0, 0), (2.5, 2_500), (600.0, 600_000), (86_400.0, 3_600_000), (-5.0, 0)]
)
def test_what_the_channel_asks_for_is_honoured_up_to_an_hour(asked: float, wait_ms: int) -> None:
    assert wait_before(delivery(), asked, OutboxOptions(), SeededChance(1)) == wait_ms


def test_the_backoff_grows_to_its_cap() -> None:
    options, chance = OutboxOptions(backoff_base_ms=100, backoff_cap_ms=1_000), SeededChance(1)

    waits = [
        [wait_before(delivery(attempts=n), None, options, chance) for _ in range(200)] for n in (1, 3, 9)
    ]

    assert [max(one) <= cap for one, cap in zip(waits, (100, 400, 1_000), strict=True)] == [True] * 3
    assert max(waits[0]) < max(waits[1]) < max(waits[2])

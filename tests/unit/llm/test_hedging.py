"""A second model is asked only when the first is late and everybody else is not."""

from __future__ import annotations

import msgspec
import pytest

from fondaco.llm.hedging import HedgeGauge, HedgeSituation, may_hedge
from fondaco.llm.options import HedgeOptions
from fondaco.testing.clock import FakeClock

OPTIONS = HedgeOptions(after_ms=2_000, share=0.05, slow_share=0.3)
LATE = HedgeSituation(
    waited_ms=2_000, spoken=False, other_targets=True, left_ms=5_000, hedged_share=0.05, slow_share=0.3
)


def test_a_late_first_token_is_hedged() -> None:
    hedge = may_hedge(LATE, OPTIONS)

    assert (hedge.start, hedge.reason) == (True, "no first token after 2000 ms")


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"spoken": True}, "the first model speaks"),
        ({"already_hedged": True}, "there is a second one already"),
        ({"waited_ms": 1_999.0}, "it is not late yet"),
        ({"other_targets": False}, "no other target is left"),
        ({"left_ms": 0.0}, "no time is left"),
        ({"hedged_share": 0.051}, "enough requests were hedged"),
        ({"slow_share": 0.31}, "everything is slow"),
        ({"within_budget": False}, "there is no money for a second answer"),
    ],
)
def test_one_reason_is_enough_to_hold_it_back(changes: dict[str, object], reason: str) -> None:
    hedge = may_hedge(msgspec.structs.replace(LATE, **changes), OPTIONS)

    assert (hedge.start, hedge.reason) == (False, reason)


def test_without_the_setting_there_is_no_hedge() -> None:
    assert may_hedge(LATE, HedgeOptions()).reason == "hedging is off"


def test_the_gauge_counts_the_hedge_that_would_begin() -> None:
    gauge = HedgeGauge(FakeClock())
    for _ in range(40):
        gauge.asked()
    gauge.hedged()

    assert gauge.share_with_one_more() == 0.05


def test_before_the_first_request_there_is_nothing_to_hedge() -> None:
    assert HedgeGauge(FakeClock()).share_with_one_more() == 1.0


async def test_what_was_hedged_a_minute_ago_counts_no_more() -> None:
    clock = FakeClock()
    gauge = HedgeGauge(clock)
    gauge.asked()
    gauge.hedged()
    await clock.advance(60)

    gauge.asked()

    assert gauge.share_with_one_more() == 1.0

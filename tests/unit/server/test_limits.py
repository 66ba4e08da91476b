from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fondaco.server.limits import Buckets, Limits, network_of
from fondaco.server.options import LimitOptions, Rate
from fondaco.server.problem import TOO_MANY, Refused
from fondaco.testing.clock import FakeClock


def test_a_full_bucket_gives_its_burst_and_then_says_how_long_to_wait() -> None:
    buckets = Buckets(FakeClock(), Rate(per_minute=60, burst=3), tracked=10)

    waits = [buckets.take("ann") for _ in range(4)]

    assert waits == [0, 0, 0, 1.0]


async def test_a_bucket_fills_with_time_up_to_its_burst() -> None:
    clock = FakeClock()
    buckets = Buckets(clock, Rate(per_minute=60, burst=2), tracked=10)
    assert [buckets.take("ann") for _ in range(3)] == [0, 0, 1.0]

    await clock.advance(3_600)

    assert [buckets.take("ann") for _ in range(3)] == [0, 0, 1.0]


def test_one_bucket_does_not_empty_another() -> None:
    buckets = Buckets(FakeClock(), Rate(per_minute=60, burst=1), tracked=10)
    buckets.take("ann")

    assert buckets.take("ann") > 0
    assert buckets.take("bob") == 0


def test_memory_is_bounded_and_the_longest_silent_is_forgotten_first() -> None:
    buckets = Buckets(FakeClock(), Rate(per_minute=60, burst=1), tracked=2)
    taken = [buckets.take(name) for name in ("ann", "bob", "ann", "cem")]

    assert taken == [0, 0, 1.0, 0]
    assert len(buckets) == 2
    assert buckets.take("ann") > 0
    assert buckets.take("bob") == 0


@given(st.lists(st.floats(min_value=0, max_value=5), max_size=60))
async def test_never_more_than_burst_and_rate_allow(pauses: list[float]) -> None:
    clock = FakeClock()
    buckets = Buckets(clock, Rate(per_minute=60, burst=5), tracked=10)

    given_out = 0
    for pause in pauses:
        await clock.advance(pause)
        given_out += buckets.take("ann") == 0

    assert given_out <= 5 + sum(pauses) + 0.001


@pytest.mark.parametrize(
    ("host", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::1", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("", ""),
        ("testserver", "testserver"),
    ],
)
def test_an_address_is_a_household(host: str, network: str) -> None:
    assert network_of(host) == network


def test_a_refusal_says_after_how_many_whole_seconds_to_come_back() -> None:
    limits = Limits(FakeClock(), LimitOptions(visitor=Rate(per_minute=40, burst=1)))
    limits.visitor("cnv_1")

    with pytest.raises(Refused) as refused:
        limits.visitor("cnv_1")

    assert refused.value.kind is TOO_MANY
    assert refused.value.headers == (("Retry-After", "2"),)

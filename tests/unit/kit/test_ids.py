"""Ids sort by the time they were made and never repeat."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from fondaco.kit.chance import SeededChance
from fondaco.kit.ids import IdMaker


class HeldClock:
    """A clock that stands where it is put."""

    def __init__(self, at_ms: int) -> None:
        self.at_ms = at_ms

    def now_ms(self) -> int:
        return self.at_ms

    def monotonic_ms(self) -> float:
        return float(self.at_ms)

    async def sleep(self, seconds: float) -> None:
        self.at_ms += round(seconds * 1000)


class HighestChance:
    """Always draws the highest number, so that there is no room left above it."""

    def bits(self, count: int) -> int:
        return (1 << count) - 1

    def fraction(self) -> float:
        return 0.0


def id_at(at_ms: int, clock: HeldClock, maker: IdMaker) -> str:
    clock.at_ms = at_ms
    return maker.new("evt")


def test_an_id_says_what_it_names() -> None:
    maker = IdMaker(HeldClock(at_ms=1_800_000_000_000), SeededChance(1))

    made = maker.new("cnv")

    assert re.fullmatch(r"cnv_[0-9a-hjkmnp-tv-z]{24}", made)


def test_the_same_clock_and_seed_give_the_same_ids() -> None:
    first = IdMaker(HeldClock(at_ms=5), SeededChance(7))
    second = IdMaker(HeldClock(at_ms=5), SeededChance(7))

    assert [first.new("msg"), first.new("msg")] == [second.new("msg"), second.new("msg")]


@given(times_ms=st.lists(st.integers(0, (1 << 48) - 1), min_size=2, max_size=50), seed=st.integers())
def test_ids_of_one_maker_only_grow_even_when_the_clock_goes_back(times_ms: list[int], seed: int) -> None:
    clock = HeldClock(at_ms=0)
    maker = IdMaker(clock, SeededChance(seed))

    made = [id_at(at_ms, clock, maker) for at_ms in times_ms]

    assert made == sorted(set(made))


def test_an_id_made_later_by_another_maker_sorts_behind() -> None:
    earlier = IdMaker(HeldClock(at_ms=1_000), HighestChance()).new("msg")
    later = IdMaker(HeldClock(at_ms=1_001), SeededChance(1)).new("msg")

    assert earlier < later


def test_ids_grow_within_a_millisecond_that_has_no_random_number_left() -> None:
    maker = IdMaker(HeldClock(at_ms=1_000), HighestChance())

    made = [maker.new("msg"), maker.new("msg")]

    assert made[0] < made[1]

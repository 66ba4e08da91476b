"""Five ways to keep a window within bounds."""

from __future__ import annotations

import pytest

from fondaco.memory.strategies import STRATEGIES, DigestKind, Marks, StrategyName

MARKS = Marks(high_tokens=1_000, low_tokens=300, most_tokens=5_000)
TIGHT = Marks(high_tokens=1_000, low_tokens=900, most_tokens=600)


@pytest.mark.parametrize(
    ("name", "within", "beyond", "far_beyond", "tight"),
    [
        (StrategyName.APPEND, None, None, 2_500, 300),
        (StrategyName.SLIDING, None, 1_000, 1_000, 600),
        (StrategyName.STEPPED, None, 300, 300, 300),
        (StrategyName.SUMMARY, None, 300, 300, 300),
        (StrategyName.HIERARCHICAL, None, 300, 300, 300),
    ],
)
def test_what_stays_of_a_window(
    name: StrategyName, within: int | None, beyond: int | None, far_beyond: int | None, tight: int | None
) -> None:
    strategy = STRATEGIES[name]

    assert strategy.name is name
    assert strategy.keep(1_000, MARKS) == within
    assert strategy.keep(1_001, MARKS) == beyond
    assert strategy.keep(5_001, MARKS) == far_beyond
    assert strategy.keep(601, TIGHT) == tight


def test_only_two_ways_leave_something_for_what_they_hide() -> None:
    kinds = {name: strategy.digest for name, strategy in STRATEGIES.items()}

    assert kinds.pop(StrategyName.SUMMARY) is DigestKind.SUMMARY
    assert kinds.pop(StrategyName.HIERARCHICAL) is DigestKind.CONTACT
    assert set(kinds.values()) == {DigestKind.NOTHING}

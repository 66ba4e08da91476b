"""How an episode's history is kept: as the settings say, or as the prices say."""

from __future__ import annotations

import pytest

from fondaco.llm.prices import Price, Rates
from fondaco.memory.choosing import Chooser
from fondaco.memory.options import MemoryOptions, StrategyChoice
from fondaco.memory.planning.planner import Talk
from fondaco.memory.planning.rules import Sizes
from fondaco.memory.planning.sheets import CacheHabit, PriceSheet
from fondaco.memory.strategies import StrategyName
from tests.unit.llm.places_to_ask import a_target

_TALK = Talk(head_tokens=1_500, reserve_tokens=2_000)
_SHEET = PriceSheet(
    target="any",
    price=Price(version="any", currency="EUR", rates=Rates(input=10, output=40, cache_read=1)),
    habit=CacheHabit(block_tokens=64, minimum_tokens=64),
    context_tokens=128_000,
    new_pico=10,
    again_pico=1,
)
_TOO_LITTLE = Sizes(head_tokens=1_500, kept_tokens=600, hidden_tokens=1_000)
_ENOUGH = Sizes(head_tokens=1_500, kept_tokens=600, hidden_tokens=9_000)


def test_prices_choose_where_nothing_is_set() -> None:
    chosen = Chooser(MemoryOptions(), lambda _: _SHEET).choose((a_target(),), _TALK, 100_000)

    assert chosen.strategy is StrategyName.STEPPED
    assert 512 < chosen.marks.high_tokens < 2_000


def test_everything_is_told_where_no_price_is_known() -> None:
    chosen = Chooser(MemoryOptions()).choose((a_target(),), _TALK, 100_000)

    assert (chosen.strategy, chosen.why) == (StrategyName.APPEND, "No price is known.")


def test_the_settings_go_first() -> None:
    options = MemoryOptions(strategy=StrategyChoice.SLIDING, high_tokens=900)

    chosen = Chooser(options, lambda _: _SHEET).choose((a_target(),), _TALK, 100_000)

    assert (chosen.strategy, chosen.marks.high_tokens) == (StrategyName.SLIDING, 900)


def test_a_larger_share_that_has_to_come_back_can_forbid_cutting() -> None:
    options = MemoryOptions(recall_share=1.0)

    chosen = Chooser(options, lambda _: _SHEET).choose((a_target(),), _TALK, 100_000)

    assert chosen.strategy is StrategyName.APPEND


@pytest.mark.parametrize(("sizes", "pays"), [(_TOO_LITTLE, False), (_ENOUGH, True)])
def test_a_cut_that_prices_chose_has_to_pay(sizes: Sizes, pays: bool) -> None:
    assert Chooser(MemoryOptions(), lambda _: _SHEET).pays((a_target(),), sizes) is pays


def test_a_strategy_of_the_settings_cuts_whatever_it_costs() -> None:
    options = MemoryOptions(strategy=StrategyChoice.STEPPED)

    assert Chooser(options, lambda _: _SHEET).pays((a_target(),), _TOO_LITTLE)


def test_where_no_price_is_known_nothing_is_reckoned() -> None:
    assert Chooser(MemoryOptions()).pays((a_target(),), _TOO_LITTLE)


def test_nothing_may_come_back_before_hiding_has_saved_anything() -> None:
    chooser = Chooser(MemoryOptions(), lambda _: _SHEET)

    assert chooser.affordable((a_target(),), (), _ENOUGH) == 0


def test_a_strategy_of_the_settings_brings_back_whatever_that_costs() -> None:
    chooser = Chooser(MemoryOptions(strategy=StrategyChoice.STEPPED), lambda _: _SHEET)

    assert chooser.affordable((a_target(),), (), _ENOUGH) is None


def test_plans_reckon_with_the_episodes_that_were_read_last() -> None:
    lengths: dict[int, int] = {}
    chooser = Chooser(MemoryOptions(), lambda _: _SHEET, lambda: lengths)

    before = chooser.choose((a_target(),), _TALK, 100_000)
    lengths[500] = 1_000
    after = chooser.choose((a_target(),), _TALK, 100_000)

    assert "which is assumed" in before.why
    assert "as 1,000 earlier ones did" in after.why

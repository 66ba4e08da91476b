"""The ways to choose, all with the same budget."""

from __future__ import annotations

from pathlib import Path

import pytest

from fondaco.lab.memory.bench import Bench
from fondaco.lab.memory.locomo import read_locomo
from fondaco.lab.memory.measure import SHARES, growing_cpu_ms, scoring_cpu_ms, within_floor_percent
from fondaco.lab.memory.methods import Method, Prepared, Searched, Sliding, fused, plain_bm25, without
from fondaco.lab.memory.talks import Asked, DataSet
from tests.unit.lab.memory.written import write_all

CAT = Asked("What is the name of Jon's cat?", "single-hop", (1,), 7)
METHODS = [
    Sliding(),
    Searched("BM25", plain_bm25, dates=False),
    Searched("fused", fused),
    Searched("lists", fused, lists=0.2),
    Searched("floor", fused, floor=True),
    Searched("without dates", without("date")),
]


@pytest.fixture
def data(tmp_path: Path) -> DataSet:
    folder = write_all(tmp_path)
    found = read_locomo(folder / "locomo", folder / "locomo-audit", lambda text: len(text.split()))
    assert found is not None
    return found


@pytest.mark.parametrize("method", METHODS, ids=lambda method: method.name)
@pytest.mark.parametrize("share", [*SHARES, 1.0])
def test_no_method_shows_more_than_its_budget(data: DataSet, method: Method, share: float) -> None:
    prepared = Prepared(data.talks[0])

    shown = method.about(prepared, CAT)(share)

    dates = getattr(method, "dates", not isinstance(method, Sliding))
    more = 2 if getattr(method, "lists", 0) else 1
    assert prepared.cost(shown, dates=dates) <= more * share * prepared.whole(7)


def test_everything_fits_into_everything(data: DataSet) -> None:
    prepared = Prepared(data.talks[0])

    assert Sliding().about(prepared, CAT)(1.0) == frozenset(range(7))
    assert Searched("fused", fused).about(prepared, CAT)(1.0) == frozenset(range(7))


def test_a_search_shows_what_a_window_does_not(data: DataSet) -> None:
    prepared = Prepared(data.talks[0])

    assert 1 not in Sliding().about(prepared, CAT)(0.4)
    assert 1 in Searched("fused", fused).about(prepared, CAT)(0.4)


def test_what_was_shown_is_counted_by_half_and_category(data: DataSet) -> None:
    found = Bench(Path("nowhere"), None).recalls(data)

    tally = found.tally
    assert tally.categories() == ["multi-hop", "single-hop", "temporal"]
    assert tally.all_percent("sliding window", 0.60, lambda hit: hit.category == "temporal") == 100.0
    assert tally.all_percent("sliding window", 0.05) == tally.part_percent("sliding window", 0.05) == 0.0
    assert tally.cost_percent("fondaco, words alone", 0.60) <= 60.0
    assert "LangChain trim_messages" not in found.methods


def test_each_view_can_be_left_out(data: DataSet) -> None:
    found = Bench(Path("nowhere"), None).views(data)

    assert "  without window" in found.methods
    assert len(found.methods) == 13


def test_the_floor_is_counted_over_all_questions(data: DataSet) -> None:
    assert within_floor_percent(data, 10_000) == 100.0
    assert within_floor_percent(data, 1) == 0.0


def test_costs_are_numbers(data: DataSet) -> None:
    turns = data.talks[0].turns

    assert scoring_cpu_ms(turns, ["cat", "violin"]) > 0
    assert growing_cpu_ms(turns) > 0

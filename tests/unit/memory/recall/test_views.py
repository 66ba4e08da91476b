"""BM25 over turns, windows and sittings."""

from __future__ import annotations

import numpy as np
import pytest

from fondaco.memory.recall.views import Windows, bm25, by_sitting, standard


def test_bm25_is_that_of_the_book() -> None:
    counts = np.array([[2, 0, 1]], dtype=np.float32)
    lengths = np.array([4, 4, 4], dtype=np.float32)

    fit = bm25(counts, lengths)

    rarity = np.log(1 + (3 - 2 + 0.5) / (2 + 0.5))
    assert fit.tolist() == pytest.approx([rarity * 2 * 2.2 / 3.2, 0, rarity * 2.2 / 2.2])


def test_a_window_holds_what_is_near_and_of_the_same_sitting() -> None:
    middles = np.array([50.0, 150.0, 250.0, 450.0, 500.0])
    windows = Windows(middles, np.array([0, 0, 0, 0, 1]))

    sums = windows.sums(np.array([1, 10, 100, 1000, 10000], dtype=np.float32))

    assert sums.tolist() == [11, 111, 110, 1000, 10000]


def test_a_sitting_is_the_sum_of_its_turns() -> None:
    sums = by_sitting(np.array([[1, 2, 3]], dtype=np.float32), np.array([4, 4, 5]))

    assert sums.tolist() == [[3, 3]]


def test_scores_are_brought_to_one_scale() -> None:
    assert standard(np.array([1, 3], dtype=np.float32)).tolist() == pytest.approx([-1, 1], rel=1e-4)
    assert standard(np.array([2, 2], dtype=np.float32)).tolist() == [0, 0]

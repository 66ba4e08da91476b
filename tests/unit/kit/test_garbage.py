"""Garbage is looked for seldom, and still is."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from fondaco.kit.garbage import collect_rarely


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    before = gc.get_threshold()
    gc.set_threshold(700, 10, 10)
    yield
    gc.set_threshold(*before)


def test_many_more_objects_are_made_before_anybody_looks() -> None:
    usual, *_ = gc.get_threshold()

    collect_rarely()

    assert gc.isenabled()
    assert gc.get_threshold()[0] > 10 * usual

"""The worlds against what is published about them, where the data is at hand."""

from __future__ import annotations

import pytest

from fondaco.lab.tau.data import TauData, WorldName, find_data
from fondaco.lab.tau.truth import check_all


@pytest.fixture(scope="module")
def data() -> TauData:
    found = find_data()
    if found is None:
        pytest.skip("the published data lies neither beside the checkout nor in $FONDACO_EVAL_DATA")
    return found


@pytest.mark.parametrize("name", list(WorldName))
def test_a_world_has_exactly_the_published_tools(name: WorldName, data: TauData) -> None:
    assert set(data.world(name).tools) == {tool.name for tool in data.schemas(name)}


@pytest.mark.parametrize("name", list(WorldName))
def test_every_published_solution_comes_out_as_published(name: WorldName, data: TauData) -> None:
    found = check_all(data.world(name), data.tasks(name))

    assert [text for one in found for text in one.differences] == []
    assert all(one.records_equal and one.hash_equal for one in found)

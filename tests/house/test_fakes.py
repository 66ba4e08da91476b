"""There are fakes that keep the contract, and no mocks."""

from __future__ import annotations

import re

import pytest

from tests.house.tree import python

MOCK = re.compile(
    r"^\s*(?:from|import)\s+(?:unittest\.mock|unittest import .*\bmock\b|mock\b|pytest_mock)", re.MULTILINE
)


def test_importing_a_fake_passes() -> None:
    assert MOCK.search("from fondaco.testing import ScriptedModel\n") is None


@pytest.mark.parametrize(
    "line",
    ["from unittest.mock import Mock", "import unittest.mock", "from unittest import mock", "import mock"],
)
def test_importing_a_mock_is_found(line: str) -> None:
    assert MOCK.search(f"import os\n{line}\n") is not None


def test_nothing_imports_a_mock() -> None:
    found = [name for name, source in python("src", "tests") if MOCK.search(source)]

    assert found == []

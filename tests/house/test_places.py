"""Nothing names a folder of one machine or the host of a package registry."""

from __future__ import annotations

import re

import pytest

from tests.house.tree import texts

FOLDER = re.compile(r"(?<![\w.<:/-])/(?:work|root|home|Users)/\w|/opt/(?:pypi|wheels)")
REGISTRY = re.compile(
    r"\b(?:pypi\.org|pythonhosted\.org|npmjs\.(?:org|com)|unpkg\.com|jsdelivr\.net|crates\.io|proxy\.golang\.org"
    r"|docker\.io|ghcr\.io|quay\.io)\b"
)


def places(text: str) -> list[str]:
    return [hit.group() for pattern in (FOLDER, REGISTRY) for hit in pattern.finditer(text)]


@pytest.mark.parametrize(
    "text", ["https://shop.example/home/page", "./work/file", "framework/home", "pip install"]
)
def test_a_place_that_exists_everywhere_passes(text: str) -> None:
    assert places(text) == []


@pytest.mark.parametrize(
    "text", ["/work/shared", "open('/root/x')", "cd /home/ann", "https://files.pythonhosted.org"]
)
def test_a_place_of_one_machine_is_found(text: str) -> None:
    assert len(places(text)) == 1


def test_the_repository_can_be_moved_anywhere() -> None:
    found = [f"{name}: {place}" for name, text in texts() for place in places(text)]

    assert found == []

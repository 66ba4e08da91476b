"""The settings that a document shows load."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from fondaco.config import Settings, parse
from fondaco.domain.errors import ConfigurationError
from tests.house.tree import name_of, tracked

#: A price file is no settings; the tests of prices load the one that is shown.
TOML = re.compile(r"^```toml\n(?!\[\[price\]\])(.*?)^```", re.MULTILINE | re.DOTALL)
SECRET = re.compile(r"\$\{(\w+)\}")
PAGES = [path for path in tracked("README.md", "docs") if path.suffix == ".md"]
SHOWING_SETTINGS = [path for path in PAGES if TOML.search(path.read_text(encoding="utf-8"))]


def settings_shown(text: str) -> Settings:
    """Return the settings of a page, whose blocks build upon one another."""
    blocks = "\n".join(TOML.findall(text))
    return parse(blocks, dict.fromkeys(SECRET.findall(blocks), "secret"))


def test_a_block_that_does_not_load_is_found() -> None:
    with pytest.raises(ConfigurationError, match="prt is no setting"):
        settings_shown("Text.\n\n```toml\n[server]\nprt = 1\n```\n")


@pytest.mark.parametrize("page", SHOWING_SETTINGS, ids=name_of)
def test_the_settings_that_a_page_shows_load(page: Path) -> None:
    assert settings_shown(page.read_text(encoding="utf-8")) != Settings()

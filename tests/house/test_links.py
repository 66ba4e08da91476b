"""Every relative link of a document leads to a file."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import unquote

import pytest

from tests.house.tree import ROOT, name_of, tracked

LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
CODE = re.compile(r"^```.*?^```|`[^`\n]*`", re.MULTILINE | re.DOTALL)
PAGES = [path for path in tracked("README.md", "docs") if path.suffix == ".md"]


def lost_links(page: Path, text: str) -> list[str]:
    """Return the relative links of a page that lead to no file or folder."""
    links = [link.partition("#")[0] for link in LINK.findall(CODE.sub("", text)) if "://" not in link]
    return [link for link in links if link and not (page.parent / unquote(link)).exists()]


def test_a_link_to_nowhere_is_found() -> None:
    text = "[here](README.md#x) [there](https://shop.example) [lost](nowhere.md) `[code](no.md)` [top](#x)"

    assert lost_links(ROOT / "README.md", text) == ["nowhere.md"]


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_relative_link_leads_to_a_file(page: Path) -> None:
    assert lost_links(page, page.read_text(encoding="utf-8")) == []

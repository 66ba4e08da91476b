"""Files: small, cached for ever, and nobody else's."""

from __future__ import annotations

import gzip
import re
from pathlib import Path
from typing import Any

import pytest

from fondaco.domain.errors import NotFound
from fondaco.server.pages_assets import WEB, Assets

_PANEL = ("sse.js", "tokens.css")
_ELSEWHERE = re.compile(r"""(?:src|href|url\(|from|import)\s*[=(]?\s*["']?(?:https?:)?//""")


@pytest.fixture(scope="module")
def assets() -> Assets:
    return Assets()


def request(**headers: str) -> dict[str, Any]:
    return {"headers": [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]}


def packed(assets: Assets, *starts: str) -> int:
    chosen = [name for name in assets.names() if name.startswith(starts)]
    return sum(len(gzip.compress(assets.bytes_of(name))) for name in chosen)


def test_the_loader_fits_into_three_kilobytes(assets: Assets) -> None:
    assert packed(assets, "loader.js") <= 3_000


def test_the_panel_fits_into_fifteen_kilobytes(assets: Assets) -> None:
    assert packed(assets, "panel/", *_PANEL) <= 15_000


def test_the_console_fits_into_twenty_kilobytes(assets: Assets) -> None:
    assert packed(assets, "console/", "style.css", "mark.svg", *_PANEL) <= 20_000


def test_a_file_is_kept_for_ever_under_the_hash_of_all(assets: Assets) -> None:
    answer = assets.file(request(), assets.version, "loader.js")

    assert (b"cache-control", b"public, max-age=31536000, immutable") in answer.headers
    assert assets.address("style.css") == f"/static/{assets.version}/style.css"


def test_a_page_of_an_older_version_gets_todays_file_but_may_not_keep_it(assets: Assets) -> None:
    answer = assets.file(request(), "older", "loader.js")

    assert answer.status == 200
    assert (b"cache-control", b"no-store") in answer.headers


def test_comments_stay_at_home_and_addresses_do_not(tmp_path: Path) -> None:
    (tmp_path / "a.js").write_text("// why\n  /** what */\nlet a = 'http://b'; // kept\n/* c */ a();\n")

    kept = Assets(tmp_path).bytes_of("a.js")

    assert kept == b"let a = 'http://b'; // kept\n/* c */ a();\n"


def test_the_hash_follows_from_the_content(tmp_path: Path) -> None:
    (tmp_path / "a.css").write_text("a{}")
    before = Assets(tmp_path).version
    again = Assets(tmp_path).version
    (tmp_path / "a.css").write_text("b{}")

    assert before == again
    assert Assets(tmp_path).version != before


def test_a_browser_that_unpacks_gets_it_packed(assets: Assets) -> None:
    answer = assets.file(request(accept_encoding="gzip, br"), assets.version, "style.css")

    assert gzip.decompress(answer.body) == assets.bytes_of("style.css")


@pytest.mark.parametrize("name", ["nothing.js", "../pages.py", "panel/../loader.js", ""])
def test_what_is_no_file_of_ours_is_not_found(assets: Assets, name: str) -> None:
    with pytest.raises(NotFound):
        assets.file(request(), assets.version, name)


def test_the_loader_is_kept_ten_minutes_and_known_by_its_tag(assets: Assets) -> None:
    first = dict(assets.loader(request()).headers)
    second = assets.loader(request(if_none_match=first[b"etag"].decode()))

    assert first[b"cache-control"] == b"public, max-age=600"
    assert first[b"cross-origin-resource-policy"] == b"cross-origin"
    assert second.status == 304


def test_no_page_loads_anything_from_elsewhere() -> None:
    files = [path for path in WEB.rglob("*") if path.suffix in {".html", ".js", ".css"}]

    found = {path.name: _ELSEWHERE.findall(path.read_text(encoding="utf-8")) for path in files}

    assert {name: hits for name, hits in found.items() if hits} == {}


def test_no_template_holds_code_or_styles_that_a_policy_would_forbid() -> None:
    inline = re.compile(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)|javascript:|\|\s*safe\b")
    templates = [*(WEB / "templates").rglob("*.html")]

    found = {path.name: inline.findall(path.read_text(encoding="utf-8")) for path in templates}

    assert {name: hits for name, hits in found.items() if hits} == {}


def test_the_panel_never_reads_html() -> None:
    scripts = [*(WEB / "static" / "panel").glob("*.js"), WEB / "static" / "loader.js"]
    parsing = re.compile(
        r"innerHTML|outerHTML|insertAdjacentHTML|DOMParser|document\.write|eval\(|new Function"
    )

    found = {path.name: parsing.findall(path.read_text(encoding="utf-8")) for path in scripts}

    assert {name: hits for name, hits in found.items() if hits} == {}

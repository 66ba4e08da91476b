"""Nothing that axe-core finds, in light and in dark."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Frame, Page, expect

from tests.browser.people import Teammate, Widget
from tests.browser.serving import Server
from tests.browser.test_approving import let_wait

_SHA256 = "cda5e4385d9437c1fd009f2ff76f7e4049af354d2d6522da2a905c2a69ede4ec"
_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.fixture(scope="module")
def axe() -> str:
    packed = (Path(__file__).parent / "vendor" / "axe.min.js.gz").read_bytes()
    assert hashlib.sha256(packed).hexdigest() == _SHA256
    return gzip.decompress(packed).decode()


def complaints(where: Page | Frame, axe: str) -> list[str]:
    """Return what axe-core finds wrong, with the place."""
    where.evaluate(axe)
    found: dict[str, Any] = where.evaluate(
        "(tags) => axe.run(document, { runOnly: tags, iframes: false })", _RULES
    )
    return [
        f"{one['id']}: {node['html'][:160]} {node.get('failureSummary', '')}"
        for one in found["violations"]
        for node in one["nodes"]
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_widget_can_be_used_by_everybody(
    contact: Callable[..., Widget], contexts: Callable[..., BrowserContext], axe: str, scheme: str
) -> None:
    widget = contact(context=contexts(color_scheme=scheme)).open()
    widget.say("Where is my order? RI-10482, postcode 10115").is_answered()
    widget.say("I want to talk to a person").is_answered(2)

    assert complaints(widget.page.frames[1], axe) == []
    assert complaints(widget.page, axe) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_console_can_be_used_by_everybody(
    contact: Callable[..., Widget], teammate: Callable[..., Teammate], axe: str, scheme: str
) -> None:
    widget = contact().open()
    widget.say("Where is my order? RI-10482, postcode 10115").is_answered()
    widget.say("I want to talk to a person").is_answered(2)
    mira = teammate(color_scheme=scheme).view("needs")
    inbox = complaints(mira.page, axe)

    mira.open("Where is my order?")
    mira.page.locator(".ask").first.click()

    assert inbox == []
    assert complaints(mira.page, axe) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_what_waits_for_a_teammate_can_be_decided_by_everybody(
    contact: Callable[..., Widget],
    teammate: Callable[..., Teammate],
    server: Server,
    axe: str,
    scheme: str,
) -> None:
    subject = f"Can I pay by card, asked in {scheme}?"
    contact().open().say(subject).is_answered()
    mira = teammate(color_scheme=scheme).view("all").open(subject)

    let_wait(server, mira.page)
    mira.page.locator('#thread a.ask[data-turn^="trn_2"]').click()

    expect(mira.page.locator("#actions .deed")).to_be_visible()
    assert complaints(mira.page, axe) == []


@pytest.mark.parametrize("size", [(1440, 900), (390, 844)])
def test_the_demo_can_be_used_by_everybody(
    contexts: Callable[..., BrowserContext], axe: str, size: tuple[int, int]
) -> None:
    page = contexts(viewport={"width": size[0], "height": size[1]}).new_page()
    page.goto("/?language=de")
    expect(page.frame_locator("fondaco-widget iframe").locator("#text")).to_be_enabled()

    assert complaints(page, axe) == []


def test_the_sign_in_can_be_used_by_everybody(contexts: Callable[..., BrowserContext], axe: str) -> None:
    page = contexts().new_page()
    page.goto("/console/sign-in?link=x")

    assert complaints(page, axe) == []

"""Somebody sees fondaco for the first time: the split view."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.people import Widget

Contexts = Callable[..., BrowserContext]


@pytest.fixture
def split(contexts: Contexts) -> Callable[..., Page]:
    def come(language: str = "en", *, size: tuple[int, int] = (1440, 900)) -> Page:
        page = contexts(viewport={"width": size[0], "height": size[1]}).new_page()
        page.goto(f"/?language={language}")
        expect(page.frame_locator("fondaco-widget iframe").locator("#text")).to_be_enabled()
        expect(page.locator("body")).to_have_attribute("data-entered", "yes")
        return page

    return come


Split = Callable[..., Page]


def test_a_scene_is_written_by_the_widget_and_seen_by_the_team(split: Split) -> None:
    page = split()

    page.locator(".scene").nth(1).click()

    Widget(page).is_answered()
    expect(page.locator("#thread .assistant")).to_have_count(1)
    expect(page.locator(".why:not([hidden]) blockquote")).not_to_be_empty()
    expect(page.locator("#explains")).not_to_be_empty()


@pytest.mark.parametrize("language", ["de", "en", "zh", "ja", "ko"])
def test_the_first_scene_tells_of_an_order_with_proof_in_every_language(split: Split, language: str) -> None:
    page = split(language)

    page.locator(".scene").first.click()

    expect(Widget(page).is_answered()).to_contain_text("RI-10482")
    expect(page.locator(".why:not([hidden]) .proofs")).to_contain_text("RI-10482")
    expect(page.locator("#thread .assistant .words")).to_have_attribute("lang", language)


def test_whoever_reads_along_takes_over_and_hands_back(split: Split) -> None:
    page = split()
    page.locator(".scene").nth(3).click()
    expect(page.locator("#handoff .handoff")).to_be_visible()

    page.locator("#controls form[data-act=takeover] button").click()
    page.locator("#reply-text").fill("Hello from the right side.")
    page.locator("#reply > button").click()
    Widget(page).hears("Hello from the right side.")
    page.locator("#controls form[data-act=handback] button").click()

    expect(page.locator("#head .state")).to_have_text("With the assistant")


def test_the_language_is_changed_by_the_list(split: Split) -> None:
    page = split("en")

    page.locator("#language").select_option("ko")

    expect(page.locator("html")).to_have_attribute("lang", "ko")


def test_a_small_screen_shows_one_pane_at_a_time(split: Split) -> None:
    page = split("de", size=(390, 844))
    wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")

    page.locator(".tabs").get_by_text("Team").click()

    assert wider <= 0
    expect(page.locator(".talk-place")).to_be_visible()
    expect(page.locator(".shop")).to_be_hidden()


@pytest.mark.parametrize("language", ["de", "en", "zh", "ja", "ko"])
def test_a_phone_shows_the_answer_of_a_scene_without_scrolling(split: Split, language: str) -> None:
    page = split(language, size=(390, 844))

    page.locator(".scene").nth(1).click()

    answer = Widget(page).is_answered()
    expect(answer.locator(".text")).to_be_in_viewport(ratio=1)
    assert page.evaluate("document.documentElement.scrollHeight - innerHeight") <= 0


def test_a_phone_gives_most_of_its_height_to_the_chat(split: Split) -> None:
    page = split("en", size=(390, 844))

    box = page.locator("#shop-widget").bounding_box()

    assert box is not None
    assert box["y"] <= 220
    assert box["height"] >= 600

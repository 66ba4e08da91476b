"""A contact writes in a shop's page."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Route, expect

from tests.browser.people import Widget
from tests.browser.serving import Server
from tests.browser.watching import Watch

Contact = Callable[..., Widget]

_QUESTIONS = {
    "de": "Was kostet die Rücksendung?",
    "en": "What does a return cost?",
    "zh": "退货邮费多少？",
    "ja": "返品の送料はいくらですか？",
    "ko": "반품 배송비는 얼마예요?",
}


@pytest.mark.parametrize("language", _QUESTIONS)
def test_a_contact_is_told_of_the_assistant_and_answered_in_their_language(
    contact: Contact, language: str
) -> None:
    widget = contact(language=language).open()
    expect(widget.frame.locator("#notice")).to_contain_text("KI" if language == "de" else "AI")

    widget.say(_QUESTIONS[language])

    answer = widget.is_answered()
    expect(answer.locator(".text")).to_have_attribute("lang", language)
    expect(answer.locator(".sources li")).to_have_count(1)
    expect(widget.frame.locator("html")).to_have_attribute("lang", language)


def test_nothing_but_the_loader_comes_before_the_first_opening(contact: Contact) -> None:
    widget = contact()

    expect(widget.launcher).to_be_visible()

    loaded = widget.page.evaluate("performance.getEntriesByType('resource').map((one) => one.name)")
    assert [name.rsplit("/", 1)[1] for name in loaded] == ["loader.js"]
    assert widget.page.frames[1:] == []


def test_an_offer_is_chosen_by_its_button(contact: Contact) -> None:
    widget = contact().open().say("parcel")
    expect(widget.offers).not_to_have_count(0)

    widget.offers.first.click()

    expect(widget.by("contact")).to_have_count(2)
    expect(widget.by("assistant")).to_have_count(2)


def test_old_offers_stay_to_be_read_but_not_to_be_chosen(contact: Contact) -> None:
    widget = contact().open().say("parcel")
    old = widget.is_answered().locator(".offer")
    expect(old.first).to_be_enabled()
    labels = widget.offers.all_inner_texts()

    widget.say("What does a return cost?")

    widget.is_answered(2)
    expect(widget.by("assistant").first.locator(".offer:disabled")).to_have_text(labels)


def test_enter_that_ends_a_composed_word_sends_nothing(contact: Contact) -> None:
    widget = contact(language="ja").open()
    widget.field.fill("にほんご")

    widget.field.dispatch_event("keydown", {"key": "Enter", "isComposing": True})
    widget.field.dispatch_event("keydown", {"key": "Enter", "keyCode": 229})

    expect(widget.field).to_have_value("にほんご")
    expect(widget.messages).to_have_count(0)


def test_everything_is_reached_by_keys_and_escape_leads_back(contact: Contact) -> None:
    widget = contact()
    expect(widget.launcher).to_be_visible()
    widget.page.keyboard.press("Tab")
    widget.page.keyboard.press("Tab")
    expect(widget.launcher).to_be_focused()
    widget.page.keyboard.press("Enter")
    expect(widget.field).to_be_focused()

    widget.page.keyboard.type("What does a return cost?")
    widget.page.keyboard.press("Enter")
    widget.is_answered()
    widget.page.keyboard.press("Escape")

    expect(widget.launcher).to_be_focused()
    expect(widget.launcher).to_have_attribute("aria-expanded", "false")


def test_shift_and_enter_begin_a_line_and_both_lines_arrive(contact: Contact) -> None:
    widget = contact().open()
    widget.field.fill("first")
    widget.field.press("End")
    widget.field.press("Shift+Enter")
    widget.page.keyboard.type("second")
    widget.field.press("Enter")

    expect(widget.by("contact").locator("br")).to_have_count(1)


def test_a_reload_finds_the_conversation_again(contact: Contact) -> None:
    widget = contact().open().say("What does a return cost?")
    widget.is_answered()

    widget.page.reload()
    widget.open()

    expect(widget.messages).to_have_count(2)
    widget.say("Thanks")
    expect(widget.by("assistant")).to_have_count(2)


_NO_STORAGE = """
if (window !== window.parent) Object.defineProperty(window, "localStorage", {
  get() { throw new DOMException("denied", "SecurityError"); } });
"""


def test_where_the_frame_may_store_nothing_the_tab_remembers(
    contact: Contact, contexts: Callable[..., BrowserContext]
) -> None:
    context = contexts()
    context.add_init_script(_NO_STORAGE)
    widget = contact(context=context).open().say("What does a return cost?")
    widget.is_answered()

    widget.page.reload()
    widget.open()

    expect(widget.messages).to_have_count(2)


def test_two_tabs_show_the_same_messages_once(
    contact: Contact, contexts: Callable[..., BrowserContext]
) -> None:
    context = contexts()
    first = contact(context=context).open().say("What does a return cost?")
    first.is_answered()
    second = contact(context=context).open()

    second.say("Are returns free?")

    expect(second.by("assistant")).to_have_count(2)
    expect(first.by("assistant")).to_have_count(2)
    expect(first.messages).to_have_count(4)
    expect(second.messages).to_have_count(4)


def test_two_quick_messages_begin_one_conversation_and_keep_their_order(contact: Contact) -> None:
    widget = contact().open()

    widget.say("one").say("two")

    expect(widget.by("contact").nth(1)).to_have_attribute("data-seq", re.compile(r"\d"))
    assert widget.by("contact").locator(".text").all_inner_texts() == ["one", "two"]


@pytest.mark.parametrize(
    ("language", "letters", "told"),
    [
        ("de", 5000, "1.000 Zeichen zu viel"),
        ("en", 5000, "1,000 characters too many"),
        ("en", 4001, "1 character too many"),
        ("zh", 5000, "超出 1,000 个字"),
        ("ja", 5000, "1,000 文字超えています"),
        ("ko", 5000, "1,000자 초과"),
    ],
)
def test_a_message_that_is_too_long_cannot_be_sent_and_says_by_how_much(
    contact: Contact, language: str, letters: int, told: str
) -> None:
    widget = contact(language=language).open()

    widget.field.fill("x" * letters)

    expect(widget.frame.locator("#left")).to_have_text(told)
    expect(widget.frame.locator("#send")).to_be_disabled()


@pytest.mark.parametrize(
    ("letters", "told"),
    [(3999, "1 character left"), (3998, "2 characters left"), (4000, "0 characters left")],
)
def test_the_last_letters_are_counted(contact: Contact, letters: int, told: str) -> None:
    widget = contact().open()

    widget.field.fill("x" * letters)

    expect(widget.frame.locator("#left")).to_have_text(told)
    expect(widget.frame.locator("#send")).to_be_enabled()


def test_too_many_messages_are_answered_kindly_and_can_be_sent_again(contact: Contact, watch: Watch) -> None:
    watch.forgive("status of 429")
    widget = contact().open().say("What does a return cost?")
    widget.is_answered()
    address = "**/widget/v1/messages"
    widget.page.route(
        address, lambda route: route.fulfill(status=429, headers={"Retry-After": "7"}, body="{}")
    )
    widget.say("Are returns free?")
    expect(widget.frame.locator("#excuse")).to_contain_text("7 s")

    widget.page.unroute(address)
    widget.frame.get_by_role("button", name="Try again").click()

    expect(widget.by("assistant")).to_have_count(2)
    expect(widget.by("contact")).to_have_count(2)


def test_a_message_whose_receipt_was_lost_is_shown_once(contact: Contact, watch: Watch) -> None:
    watch.forgive("ERR_FAILED")
    widget = contact().open().say("What does a return cost?")
    widget.is_answered()

    def lose(route: Route) -> None:
        route.fetch()
        route.abort()

    widget.page.route("**/widget/v1/messages", lose)
    widget.say("Are returns free?")

    expect(widget.by("assistant")).to_have_count(2)
    expect(widget.by("contact")).to_have_count(2)


_HIDE = """(_, hidden) => {
  Object.defineProperty(document, "hidden", { configurable: true, get: () => hidden });
  document.dispatchEvent(new Event("visibilitychange"));
}"""


def test_a_hidden_page_gives_its_connection_back_and_misses_nothing(
    contact: Contact, contexts: Callable[..., BrowserContext]
) -> None:
    context = contexts()
    first = contact(context=context).open().say("What does a return cost?")
    first.is_answered()
    second = contact(context=context).open()
    body = first.frame.locator("body")
    with first.page.expect_event("requestfailed", lambda request: request.url.endswith("/events")):
        body.evaluate(_HIDE, True)

    second.say("Are returns free?")
    second.is_answered(2)
    expect(first.messages).to_have_count(2)
    body.evaluate(_HIDE, False)

    expect(first.messages).to_have_count(4)


def test_a_small_screen_is_filled_and_the_launcher_makes_room(contact: Contact) -> None:
    widget = contact(size=(390, 844)).open()

    box = widget.page.locator("fondaco-widget iframe").bounding_box()

    assert box == {"x": 0, "y": 0, "width": 390, "height": 844}
    expect(widget.launcher).to_be_hidden()
    widget.frame.locator("#close").click()
    expect(widget.launcher).to_be_focused()


def test_what_the_shops_page_says_is_sent_as_if_it_were_typed(contact: Contact) -> None:
    widget = contact()
    expect(widget.launcher).to_be_visible()

    widget.page.evaluate("window.fondaco.send('What does a return cost?')")

    widget.is_answered()
    expect(widget.by("contact")).to_contain_text("What does a return cost?")


def test_the_shops_page_changes_the_language(contact: Contact) -> None:
    widget = contact().open()

    widget.page.evaluate("window.fondaco.setLanguage('de-AT')")

    expect(widget.frame.locator("#person")).to_have_text("Mit einem Menschen sprechen")
    expect(widget.frame.locator("html")).to_have_attribute("lang", "de")


def test_a_conversation_goes_on_through_a_restart_without_loss_or_doubling(
    contact: Contact, watch: Watch, server: Server
) -> None:
    watch.forgive("ERR_CONNECTION_REFUSED|ERR_INCOMPLETE|ERR_EMPTY|ERR_CONNECTION_RESET")
    widget = contact().open().say("What does a return cost?")
    widget.is_answered()

    server.stop()
    widget.say("Are returns free?")
    expect(widget.frame.get_by_role("button", name="Try again")).to_be_visible()
    expect(widget.frame.locator("#connection")).to_be_visible()
    server.start()
    widget.frame.get_by_role("button", name="Try again").click()

    expect(widget.by("assistant")).to_have_count(2)
    expect(widget.by("contact")).to_have_count(2)
    expect(widget.frame.locator("#connection")).to_be_hidden()

"""A teammate works in the console while a contact writes."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.people import Teammate, Widget
from tests.browser.serving import Server
from tests.browser.watching import Watch

Contact = Callable[..., Widget]
SignedIn = Callable[..., Teammate]


@pytest.fixture
def asking(contact: Contact, request: pytest.FixtureRequest) -> tuple[Widget, str]:
    """A contact who asks for a person, in words that no other test uses."""
    subject = f"Please let me talk to a person about {request.node.name[5:40].replace('_', ' ')}"
    return contact().open().say(subject), subject


def test_a_person_takes_over_replies_and_hands_back(asking: tuple[Widget, str], teammate: SignedIn) -> None:
    widget, subject = asking
    expect(widget.frame.locator("#person")).to_be_disabled()
    mira = teammate().view("needs").open(subject)

    mira.does("takeover")
    expect(widget.frame.locator("#messages")).to_contain_text("Mira is here for you now.")
    expect(widget.frame.locator("#person")).to_be_hidden()
    expect(mira.page.locator("#handoff .accepted")).to_contain_text("accepted by Mira")
    mira.writes("I have looked at it myself.")

    expect(widget.by("teammate").locator(".text")).to_have_text("I have looked at it myself.")
    expect(widget.by("teammate").locator(".speaker")).to_have_text("Mira")
    mira.does("handback")
    expect(widget.frame.locator("#person")).to_be_enabled()
    widget.say("What does a return cost?")
    expect(widget.by("assistant")).to_have_count(2)


def test_a_half_typed_reply_survives_what_comes_in(asking: tuple[Widget, str], teammate: SignedIn) -> None:
    widget, subject = asking
    mira = teammate().view("needs").open(subject)
    mira.field.fill("I am just about to")

    widget.say("Are you there?")

    expect(mira.thread).to_contain_text("Are you there?")
    expect(mira.field).to_have_value("I am just about to")
    expect(mira.field).to_be_focused()


def test_a_note_stays_with_the_team(asking: tuple[Widget, str], teammate: SignedIn) -> None:
    widget, subject = asking
    mira = teammate().view("needs").open(subject)

    mira.page.locator("input[value=note]").check()
    mira.writes("Called the carrier.")
    expect(mira.thread.locator(".note")).to_contain_text("Called the carrier.")
    mira.page.locator("input[value=reply]").check()
    mira.writes("It comes tomorrow.")

    widget.hears("It comes tomorrow.")
    expect(widget.frame.locator("body")).not_to_contain_text("Called the carrier.")


def test_the_assistant_answers_until_somebody_takes_over(contact: Contact, teammate: SignedIn) -> None:
    contact().open().say("How long does a refund take?").is_answered()
    mira = teammate().view("assistant").open("How long does a refund take?")
    expect(mira.page.locator("input[value=reply]")).to_be_disabled()

    mira.does("takeover")

    expect(mira.page.locator("input[value=reply]")).to_be_checked()
    expect(mira.page.locator("#head .state")).to_have_text("With you")


def test_keys_do_everything_that_buttons_do(asking: tuple[Widget, str], teammate: SignedIn) -> None:
    widget, subject = asking
    mira = teammate().view("needs").open(subject)
    keyboard = mira.page.keyboard

    keyboard.press("t")
    expect(mira.page.locator("#head .state")).to_have_text("With you")
    keyboard.press("n")
    keyboard.type("jkrte? is text here")
    keyboard.press("Control+Enter")
    expect(mira.thread.locator(".note")).to_contain_text("jkrte? is text here")
    keyboard.press("Escape")
    keyboard.press("r")
    keyboard.type("Solved.")
    keyboard.press("Control+Enter")
    widget.hears("Solved.")
    keyboard.press("Escape")
    keyboard.press("e")

    expect(mira.page.locator("#head .state")).to_have_text("Resolved")
    expect(widget.frame.locator(".star")).to_have_count(5)


def test_help_opens_by_its_key_and_closes_by_escape(teammate: SignedIn) -> None:
    mira = teammate()
    expect(mira.page.locator("#keys-open")).to_be_visible()

    mira.page.keyboard.press("?")
    expect(mira.page.locator("#keys")).to_be_visible()
    mira.page.keyboard.press("Escape")

    expect(mira.page.locator("#keys")).to_be_hidden()


def test_j_and_k_walk_through_the_list(contact: Contact, teammate: SignedIn) -> None:
    contact().open().say("Walk one: do you sell gift cards?").is_answered()
    contact().open().say("Walk two: do you sell gift cards?").is_answered()
    mira = teammate().view("all").open("Walk two")

    mira.page.keyboard.press("j")
    expect(mira.page.locator("#content h1")).to_contain_text("Walk one")
    mira.page.keyboard.press("k")

    expect(mira.page.locator("#content h1")).to_contain_text("Walk two")


def test_a_contact_rates_what_was_resolved(asking: tuple[Widget, str], teammate: SignedIn) -> None:
    widget, subject = asking
    mira = teammate().view("needs").open(subject)
    mira.does("resolve")

    widget.frame.get_by_role("button", name="4 of 5 stars").click()

    widget.hears("Thank you for your rating!")
    expect(mira.thread).to_contain_text("Rated 4 of 5")


def test_the_list_grows_while_one_looks_at_it(contact: Contact, teammate: SignedIn) -> None:
    mira = teammate().view("needs")

    contact().open().say("I want to talk to a person about a growing list")

    expect(mira.rows.filter(has_text="a growing list")).to_have_count(1)


def test_every_value_of_an_order_points_to_the_tool_that_told_it(
    contact: Contact, teammate: SignedIn
) -> None:
    question = "Where is my order? RI-10482, postcode 10115"
    contact().open().say(question).is_answered()

    mira = teammate().view("all").open(question)

    expect(mira.page.locator(".why .proofs li").filter(has_text="RI-10482")).to_contain_text(
        "shipment.order_number"
    )
    expect(mira.page.locator(".why .call").filter(has_text="shipment")).to_contain_text("done")
    expect(mira.page.locator(".why .good")).to_contain_text("Every value is proven")


def test_reading_and_replying_work_without_scripts(asking: tuple[Widget, str], teammate: SignedIn) -> None:
    widget, subject = asking
    widget.is_answered()  # a list without scripts does not grow by itself
    plain = teammate(java_script_enabled=False).view("needs").open(subject)

    plain.does("takeover")
    expect(plain.page.locator("#head .state")).to_have_text("With you")
    plain.writes("Written without scripts.")

    widget.hears("Written without scripts.")
    expect(plain.thread).to_contain_text("Written without scripts.")


def test_a_small_screen_shows_list_then_conversation_and_never_scrolls_sideways(
    asking: tuple[Widget, str], teammate: SignedIn
) -> None:
    widget, subject = asking
    mira = teammate(size=(390, 844)).view("needs")
    assert overflow(mira.page) <= 0

    mira.open(subject)

    expect(mira.rows.first).to_be_hidden()
    assert overflow(mira.page) <= 0
    mira.writes("From the train.")
    widget.hears("From the train.")


def test_a_sign_in_link_works_once(
    contexts: Callable[..., BrowserContext], server: Server, watch: Watch
) -> None:
    watch.forgive("status of 403")
    link = server.sign_in_link()
    first, second = (contexts().new_page() for _ in range(2))
    first.goto(link)
    second.goto(link)
    first.get_by_role("button").click()
    expect(first.locator("#list")).to_be_visible()

    with second.expect_response("**/console/sign-in*") as answered:
        second.get_by_role("button").click()

    assert answered.value.status == 403
    expect(second.get_by_role("alert")).to_be_visible()


def test_a_used_sign_in_link_says_so_before_anything_is_pressed(
    contexts: Callable[..., BrowserContext], server: Server
) -> None:
    link = server.sign_in_link()
    first, later = (contexts().new_page() for _ in range(2))
    first.goto(link)
    first.get_by_role("button").click()
    expect(first.locator("#list")).to_be_visible()

    later.goto(link)

    expect(later.get_by_role("alert")).to_contain_text("used already or has expired")
    expect(later.get_by_role("button")).to_have_count(0)


def test_whoever_is_not_signed_in_is_led_to_the_sign_in(contexts: Callable[..., BrowserContext]) -> None:
    page = contexts().new_page()

    page.goto("/console")

    assert page.url.endswith("/console/sign-in")


def overflow(page: Page) -> int:
    """Return by how many pixels a page is wider than its window."""
    wider: int = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return wider

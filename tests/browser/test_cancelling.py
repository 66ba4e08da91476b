"""A contact lets the assistant change something: from the wish to the receipt, and what a no comes to."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.people import Teammate, Widget

Contact = Callable[..., Widget]
SignedIn = Callable[..., Teammate]


@pytest.mark.parametrize(
    ("language", "wish", "order", "postcode", "asked", "done"),
    [
        (
            "de",
            "Bitte stornieren Sie meine Bestellung",
            "RI-10264",
            "10115",
            "Soll ich die Bestellung RI-10264 stornieren?",
            "Die Bestellung RI-10264 ist storniert.",
        ),
        (
            "ja",
            "注文をキャンセルしたいです",
            "RI-10311",
            "530-0001",
            "ご注文 RI-10311 をキャンセルしてよろしいですか。",
            "ご注文 RI-10311 をキャンセルしました。",
        ),
    ],
)
def test_an_order_is_cancelled_by_a_click_on_yes(
    contact: Contact, language: str, wish: str, order: str, postcode: str, asked: str, done: str
) -> None:
    widget = contact(language=language).open()
    widget.say(wish).is_answered()
    widget.say(order).is_answered(2)
    expect(widget.say(postcode).is_answered(3)).to_contain_text(asked)
    expect(widget.offers).to_have_count(2)

    widget.offers.first.dblclick()

    expect(widget.is_answered(4)).to_contain_text(done)
    expect(widget.offers.first).to_be_disabled()
    expect(widget.by("contact")).to_have_count(4)


def test_the_team_reads_what_was_asked_what_was_said_and_what_came_of_it(
    contact: Contact, teammate: SignedIn
) -> None:
    widget = contact().open()
    widget.say("Please cancel my order RI-10327, 01067").is_answered()

    mira = teammate().view("all").open("RI-10327")
    expect(mira.page.locator(".why:visible .proofs")).to_contain_text("action cancel_order.order_number")
    widget.offers.first.click()

    course = mira.page.locator(".why:visible .course")
    expect(course).to_contain_text("Action: Cancellation of the order")
    expect(course).to_contain_text("yes wanted from: Contact")
    expect(course).to_contain_text("confirmed · Contact")
    expect(course).to_contain_text("done · Assistant")
    expect(mira.thread).to_contain_text("Cancellation of the order: confirmed · Contact")


def test_a_no_changes_nothing(contact: Contact) -> None:
    widget = contact().open()
    widget.say("Please cancel my order RI-10382, 20095").is_answered()

    widget.offers.last.click()

    expect(widget.is_answered(2)).to_contain_text("Nothing has been changed.")


def test_a_refund_above_the_limit_is_paid_once_a_teammate_has_approved(
    contact: Contact, teammate: SignedIn
) -> None:
    widget = contact().open()
    widget.say("Please refund my order RI-10015, 20095").is_answered()
    widget.offers.first.click()
    widget.is_answered(2)
    deed = teammate().view("all").open("RI-10015").page.locator("#actions .deed")
    expect(deed).to_contain_text("Approval needed: Refund · €189.00")

    deed.get_by_role("button", name="Approve").click()

    expect(widget.is_answered(3)).to_contain_text("Refunded: €189.00 for order RI-10015.")

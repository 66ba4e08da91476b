"""A shop says who is signed in, and later that nobody is any more."""

from __future__ import annotations

from collections.abc import Callable

import jwt
from playwright.sync_api import expect

from fondaco.kit.clock import SystemClock
from tests.browser.people import Widget
from tests.browser.serving import SHOP_SECRET, SHOP_WIDGET

Contact = Callable[..., Widget]

_ORDER = "Where is my order RI-10482?"
_WHOSE = "C-23B1F87407C4"  # whoever ordered RI-10482


def _signed() -> str:
    now = SystemClock().now_ms() // 1000
    claims = {"sub": _WHOSE, "aud": SHOP_WIDGET, "iat": now, "exp": now + 600}
    return jwt.encode(claims, SHOP_SECRET, algorithm="HS256")


def test_whom_the_shop_signed_in_is_asked_for_no_proof_until_they_leave(contact: Contact) -> None:
    widget = contact()
    widget.page.evaluate("token => window.fondaco.identify(token)", _signed())
    widget.open().say(_ORDER)
    expect(widget.is_answered()).to_contain_text("DHL")

    widget.page.evaluate("window.fondaco.logout()")
    expect(widget.messages).to_have_count(0)
    widget.say(_ORDER)

    expect(widget.is_answered()).to_contain_text("postcode")


def test_leaving_on_a_page_that_never_opened_the_widget_forgets_what_was_written(contact: Contact) -> None:
    widget = contact().open().say("What does a return cost?")
    widget.is_answered()
    widget.page.reload()

    widget.page.evaluate("window.fondaco.logout()")
    widget.open()
    widget.say(_ORDER)

    widget.is_answered()
    expect(widget.messages).to_have_count(2)

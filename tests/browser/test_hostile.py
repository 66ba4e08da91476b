"""Shops that forbid nearly everything, and people who write code instead of words."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import shop_page
from tests.browser.people import Teammate, Widget
from tests.browser.serving import Server, ShopSite

Contact = Callable[..., Widget]

_STYLE = """
button, iframe, div, fondaco-widget {
  background: red !important; padding: 50px !important; border-radius: 0 !important;
}
"""

#: Ways to make a page run what somebody wrote (after the OWASP cheat sheet on cross-site scripting).
_ATTACKS = (
    "<script>window.stolen=1</script>",
    "<img src=x onerror=window.stolen=1>",
    '"><svg onload=window.stolen=1>',
    "[click](javascript:window.stolen=1)",
    "javascript:window.stolen=1",
    "![x](https://evil.example/x.png)",
    "https://evil.example/?leak=1",
    '<a href="javascript:window.stolen=1">x</a>',
    "{{ 7 * 7 }} ${7*7} <%= 7*7 %>",
    "</textarea><iframe src=javascript:window.stolen=1>",
    "<style>*{display:none}</style>",
    "&lt;script&gt;window.stolen=1&lt;/script&gt;",
)
_ATTACK = "\n".join(_ATTACKS)


def test_a_shop_that_forbids_inline_code_and_styles_can_embed_the_widget(
    contact: Contact, site: ShopSite, server: Server
) -> None:
    site.show("/hostile.css", _STYLE, "text/css")
    policy = (
        f"default-src 'none'; script-src {server.address}; frame-src {server.address}; style-src 'self'; "
        "img-src data:; require-trusted-types-for 'script'; trusted-types 'none'"
    )
    body = shop_page(server.address, extra='<link rel="stylesheet" href="/hostile.css">')
    site.show("/strict", body, content_security_policy=policy)
    widget = contact()
    widget.page.goto(f"{site.address}/strict")

    widget.open().say("What does a return cost?").is_answered()

    shape = widget.launcher.evaluate(
        "(one) => [getComputedStyle(one).padding, getComputedStyle(one).borderRadius]"
    )
    assert shape == ["0px", "28px"]


def test_a_site_that_the_connection_does_not_name_cannot_frame_the_panel(
    contact: Contact, server: Server, watch: object
) -> None:
    answer = contact().page.request.get(f"{server.address}/widget/frame/widget-shop")

    policy = answer.headers["content-security-policy"]
    ancestors = policy.rsplit("frame-ancestors ", 1)[1].split()
    assert "*" not in policy
    assert ancestors[0] == "'self'"
    assert len(ancestors) == 2


def test_what_a_contact_writes_is_text_for_everybody(
    contact: Contact, teammate: Callable[..., Teammate]
) -> None:
    widget = contact().open().say("I want to talk to a person\n" + _ATTACK)
    mira = teammate().view("all").open("I want to talk to a person")

    expect(mira.thread.locator(".contact .words").first).to_contain_text("<script>window.stolen=1</script>")
    mira.writes(_ATTACK)

    expect(widget.by("teammate").locator(".text")).to_contain_text("<img src=x onerror=window.stolen=1>")
    assert widget.frame.locator(".text a, .text img, .text svg, .text script, .text style").count() == 0
    assert mira.thread.locator(".words :is(a, img, svg, script, style, iframe)").count() == 0
    assert [page.evaluate("window.stolen") for page in (widget.page, mira.page)] == [None, None]
    assert widget.frame.locator("body").evaluate("() => window.stolen") is None


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("see https://shop.example/a.", ["text", "link", "text"]),
        ("see https://evil.example/a", ["text"]),
        ("https://shop.example@evil.example/", ["text"]),
        ("javascript:alert(1)", ["text"]),
        ("见（https://shop.example/a）。", ["text", "link", "text"]),
        ("a\nb", ["text", "break", "text"]),
    ],
)
def test_only_addresses_of_known_hosts_become_links(contact: Contact, text: str, kinds: list[str]) -> None:
    widget = contact().open()

    found = widget.frame.locator("body").evaluate(
        """async (_, text) => {
          const source = document.querySelector("script[type=module]").src.replace("panel.js", "text.js");
          const { tokens } = await import(source);
          return tokens(text, ["shop.example"]).map((one) => one.kind);
        }""",
        text,
    )

    assert found == kinds


_READ = """async (_, pieces) => {
  const page = document.querySelector("script[type=module]").src;
  const { EventParser } = await import(page.replace("panel/panel.js", "sse.js"));
  const parser = new EventParser();
  return pieces.flatMap((piece) => parser.push(piece));
}"""


def test_a_stream_in_pieces_is_read_as_the_standard_says(contact: Contact) -> None:
    widget = contact().open()
    pieces = ["id: 1\nevent: a\nda", "ta: x\ndata: y\n\n: quiet\n\nid: 2\n\ndata:z\r\n\r\n"]

    found = widget.frame.locator("body").evaluate(_READ, pieces)

    assert found == [{"type": "a", "data": "x\ny", "id": "1"}, {"type": "message", "data": "z", "id": "2"}]

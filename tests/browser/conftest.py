"""A real server, a real browser, and a watch that fails a test for whatever must never happen."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, expect, sync_playwright

from tests.browser.launching import launched
from tests.browser.people import Teammate, Widget
from tests.browser.serving import SHOP_SECRET, SHOP_WIDGET, Server, ShopSite, shop_site
from tests.browser.watching import Watch

_PATIENCE_MS = 15_000


@pytest.fixture(scope="session")
def site() -> Iterator[ShopSite]:
    with shop_site() as found:
        yield found


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory, site: ShopSite) -> Iterator[Server]:
    made = Server(tmp_path_factory.mktemp("shop"))
    try:
        made.start()
        said = ("--id", SHOP_WIDGET, "--origin", site.address, "--identity-secret", SHOP_SECRET)
        made.ask("connections", "add", *said, "The shop")
        yield made
    finally:
        made.stop()


# One browser a module: while Playwright runs, its thread can run no other event loop.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright, launched(playwright) as started:
        expect.set_options(timeout=_PATIENCE_MS)
        yield started


@pytest.fixture
def watch(server: Server, site: ShopSite) -> Iterator[Watch]:
    made = Watch(own=(server.address, site.address))
    yield made
    assert made.faults == []


@pytest.fixture
def contexts(browser: Browser, watch: Watch, server: Server) -> Iterator[Callable[..., BrowserContext]]:
    """Make browsers of their own: nothing is shared between two of them."""
    with ExitStack() as stack:

        def make(**options: Any) -> BrowserContext:
            context = browser.new_context(
                base_url=server.address, locale=options.pop("locale", "en"), **options
            )
            stack.callback(context.close)
            context.set_default_timeout(_PATIENCE_MS)
            watch.context(context)
            return context

        yield make


@pytest.fixture
def contact(contexts: Callable[..., BrowserContext], server: Server, site: ShopSite) -> Callable[..., Widget]:
    """Open the shop's page as a contact; ``language`` is the page's, ``size`` the window's."""

    def come(
        *, language: str = "en", size: tuple[int, int] = (1280, 800), context: BrowserContext | None = None
    ) -> Widget:
        address = site.show(f"/{language}", shop_page(server.address, language))
        chosen = context or contexts(viewport={"width": size[0], "height": size[1]})
        page = chosen.new_page()
        page.goto(address)
        return Widget(page)

    return come


@pytest.fixture(scope="session")
def link(server: Server) -> str:
    """A sign-in link that the first teammate spends."""
    return server.sign_in_link()


@pytest.fixture(scope="module")
def signed_in(browser: Browser, server: Server, kept_cookies: list[Any], link: str) -> list[Any]:
    """The cookies of a teammate who signed in by a link, as teammates do; once is enough for all tests."""
    if not kept_cookies:
        context = browser.new_context(base_url=server.address)
        page = context.new_page()
        page.goto(link)
        page.get_by_role("button").click()
        expect(page.locator("#list")).to_be_visible()
        kept_cookies += context.cookies()
        context.close()
    return kept_cookies


@pytest.fixture(scope="session")
def kept_cookies() -> list[Any]:
    return []


@pytest.fixture
def teammate(contexts: Callable[..., BrowserContext], signed_in: list[Any]) -> Callable[..., Teammate]:
    """Open the console as a signed-in teammate."""

    def come(*, size: tuple[int, int] = (1440, 900), **options: Any) -> Teammate:
        context = contexts(viewport={"width": size[0], "height": size[1]}, **options)
        context.add_cookies(signed_in)
        page = context.new_page()
        page.goto("/console")
        return Teammate(page)

    return come


def shop_page(fondaco: str, language: str = "en", extra: str = "") -> str:
    """Return a page of a shop that embeds the widget as any shop does."""
    return f"""<!doctype html><html lang="{language}"><head><meta charset="utf-8"><title>Shop</title>
<link rel="icon" href="data:,"><meta name="viewport" content="width=device-width, initial-scale=1">{extra}
<script async src="{fondaco}/widget/loader.js" data-connection="{SHOP_WIDGET}"></script></head>
<body><main><h1>Shop</h1><p>Goods.</p><button type="button">Buy</button></main></body></html>"""


@pytest.fixture
def vendor() -> Path:
    return Path(__file__).parent / "vendor"

"""Every page that a person sees: the widget's frame, the console, the sign-in, the demo."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from fondaco.engine.acting.wording import ActionTexts
from fondaco.server import pages_console, pages_demo, pages_sign_in, pages_widget
from fondaco.server.operation import Machinery
from fondaco.server.page import Page
from fondaco.server.pages_assets import Assets
from fondaco.server.pages_demo import DemoPage
from fondaco.server.pages_showing import Showing
from fondaco.server.pages_templates import Templates
from fondaco.server.pages_words import load_words


def all_pages(
    demo: DemoPage | None = None, deeds: Mapping[str, ActionTexts] = MappingProxyType({})
) -> Callable[[Machinery], list[Page]]:
    """Return what ``build_asgi`` takes as its pages; with ``demo`` the split view stands at ``/``.

    ``deeds`` are the shop's names of what its tools do, by tool.
    """

    def pages(_: Machinery) -> list[Page]:
        assets = Assets()
        showing = Showing(assets=assets, templates=Templates(assets), words=load_words(deeds))
        return [
            *pages_widget.pages(showing),
            *pages_sign_in.pages(showing),
            *pages_console.pages(showing),
            *(pages_demo.pages(showing, demo) if demo else pages_demo.pages_without_demo()),
        ]

    return pages

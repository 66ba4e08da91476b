"""The demo's split view: a shop with the real widget, why it answers so, and the teammate's side."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass

from starlette.types import ASGIApp

from fondaco.domain.errors import NotAllowed
from fondaco.domain.ids import ConnectionId, TeammateId
from fondaco.kit.language import Language
from fondaco.server.access import Everybody
from fondaco.server.csrf import demand_same_origin
from fondaco.server.door import address_of
from fondaco.server.page import Page, Visit
from fondaco.server.pages_assets import WEB
from fondaco.server.pages_showing import Showing, headers_of, see_other
from fondaco.server.pages_sign_in import CONSOLE_PATH, signed_in
from fondaco.server.pages_words import read_toml
from fondaco.server.sign_ins import read_cookie

_WHOEVER = Everybody("the demo runs on this machine only, and this page shows nothing of the workspace")


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoPage:
    """Which widget the demo shop embeds, and as whom its visitor may enter the console."""

    connection_id: ConnectionId
    teammate_id: TeammateId
    asks_models: bool = False  #: then what is written leaves this machine, and costs money


def pages(showing: Showing, demo: DemoPage) -> list[Page]:
    """Return the split view and its way into the console."""
    scenes = {language: read_toml(WEB / "scenes", language) for language in Language}

    async def split(visit: Visit) -> ASGIApp:
        _demand_loopback(visit)
        return showing.page(
            visit,
            "demo.html",
            demo=demo,
            entered=await _is_in(visit, demo),
            languages=[(language.value, scene["name"]) for language, scene in scenes.items()],
            scene=scenes[showing.words_for(visit).language],
        )

    async def enter(visit: Visit) -> ASGIApp:
        demand_same_origin(headers_of(visit))
        _demand_loopback(visit)
        secret = await visit.machinery.door.sign_ins.begin(demo.teammate_id)
        return signed_in(visit, secret, CONSOLE_PATH)

    return [
        Page(name="demo", path="/", access=_WHOEVER, handler=showing.kindly(split)),
        Page(
            name="demo_enter",
            path="/demo/enter",
            access=_WHOEVER,
            handler=showing.kindly(enter),
            method="POST",
        ),
    ]


def pages_without_demo() -> list[Page]:
    """Return the way from the root to the console."""

    async def home(_: Visit) -> ASGIApp:
        return see_other(CONSOLE_PATH)

    return [Page(name="home", path="/", access=Everybody("it only leads on"), handler=home)]


async def _is_in(visit: Visit, demo: DemoPage) -> bool:
    """Whether this browser is signed in as the demo's teammate already."""
    door = visit.machinery.door
    teammate = await door.sign_ins.check(read_cookie(headers_of(visit), secure=door.secure))
    return teammate is not None and teammate.id == demo.teammate_id


def _demand_loopback(visit: Visit) -> None:
    """Raise NotAllowed unless the browser runs on this machine."""
    try:
        near = ipaddress.ip_address(address_of(visit.request.scope)).is_loopback
    except ValueError:
        near = False
    if not near:
        raise NotAllowed("The demo opens for browsers on this machine only.")

"""Signing in by a one-time link.  Looking at it spends nothing, so that mail scanners cannot use it up."""

from __future__ import annotations

from starlette.types import ASGIApp

from fondaco.server.access import Everybody
from fondaco.server.answer import Header
from fondaco.server.csrf import demand_same_origin
from fondaco.server.page import SIGN_IN_PATH, Page, Visit
from fondaco.server.pages_showing import Showing, headers_of, see_other
from fondaco.server.sign_ins import read_cookie, set_cookie

_ANYBODY = Everybody("whoever is not signed in yet must be able to")
CONSOLE_PATH = "/console"


def pages(showing: Showing) -> list[Page]:
    """Return the ways in and out."""

    async def show(visit: Visit) -> ASGIApp:
        link = visit.request.query_params.get("link", "")
        is_good = bool(link) and await visit.machinery.door.sign_ins.is_link_good(link)
        is_spent = bool(link) and not is_good
        return showing.page(visit, "sign_in.html", link=link if is_good else "", spent=is_spent)

    async def sign_in(visit: Visit) -> ASGIApp:
        demand_same_origin(headers_of(visit))
        link = (await visit.form()).get("link", "")
        secret = await visit.machinery.door.sign_ins.use_link(link) if link else None
        if secret is None:
            return showing.page(visit, "sign_in.html", status=403, link="", spent=True)
        return signed_in(visit, secret, CONSOLE_PATH)

    async def sign_out(visit: Visit) -> ASGIApp:
        door = visit.machinery.door
        headers = headers_of(visit)
        demand_same_origin(headers)
        await door.sign_ins.end(read_cookie(headers, secure=door.secure))
        return _with_cookie(SIGN_IN_PATH, set_cookie("", secure=door.secure, seconds=0))

    return [
        Page(name="console_sign_in_page", path=SIGN_IN_PATH, access=_ANYBODY, handler=showing.kindly(show)),
        Page(
            name="console_sign_in",
            path=SIGN_IN_PATH,
            access=_ANYBODY,
            handler=showing.kindly(sign_in),
            method="POST",
        ),
        Page(
            name="console_sign_out",
            path="/console/sign-out",
            access=_ANYBODY,
            handler=showing.kindly(sign_out),
            method="POST",
        ),
    ]


def signed_in(visit: Visit, secret: str, address: str) -> ASGIApp:
    """Send a browser on with the cookie of a sign-in that has just begun."""
    seconds = visit.parts.options.credentials.sign_in_seconds
    cookie = set_cookie(secret, secure=visit.machinery.door.secure, seconds=seconds)
    return _with_cookie(address, cookie)


def _with_cookie(address: str, cookie: str) -> ASGIApp:
    answer = see_other(address)
    said: Header = (b"set-cookie", cookie.encode())
    return type(answer)(status=answer.status, headers=(*answer.headers, said))

"""``fondaco teammates``."""

from __future__ import annotations

import re

import click

from fondaco.commands.place import Office, Place, open_office, wait_for, with_place
from fondaco.commands.printing import say, say_json, say_table
from fondaco.domain.access import Teammate
from fondaco.domain.errors import InvalidInput, NotFound
from fondaco.domain.ids import TeammateId
from fondaco.preparing import ensure_workspace
from fondaco.server.credentials import hash_secret, new_secret

_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
_MINUTES = click.option(
    "--minutes",
    metavar="N",
    type=click.IntRange(1, 10_080),
    default=60,
    show_default=True,
    help="How long the link is good.",
)
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+")
_LINK_PREFIX = "fl_"


@click.group("teammates")
def command() -> None:
    """Add and list teammates, and let them sign in."""


@command.command()
@click.argument("name")
@click.argument("email")
@with_place
@_MINUTES
@_JSON
def add(*, name: str, email: str, place: Place, minutes: int, as_json: bool) -> None:
    """Add a teammate and print the link with which they sign in once."""
    teammate, link = wait_for(_add(place, name, email, minutes))
    _show(place, teammate, link, as_json=as_json)


@command.command()
@click.argument("name", metavar="ID-OR-EMAIL")
@with_place
@_MINUTES
@_JSON
def link(*, name: str, place: Place, minutes: int, as_json: bool) -> None:
    """Print a new link with which a teammate signs in once."""
    teammate, address = wait_for(_link(place, name, minutes))
    _show(place, teammate, address, as_json=as_json)


@command.command("list")
@with_place
@_JSON
def list_(*, place: Place, as_json: bool) -> None:
    """List the teammates."""
    found = wait_for(_teammates(place))
    if as_json:
        say_json(found)
        return
    say_table(("id", "name", "email"), [(one.id, one.name, one.email) for one in found])


async def _add(place: Place, name: str, email: str, minutes: int) -> tuple[Teammate, str]:
    async with open_office(place) as office:
        workspace_id = await ensure_workspace(office.registry, office.settings, office.clock)
        teammate = Teammate(
            id=TeammateId(office.ids.new("tm")), workspace_id=workspace_id, name=name, email=email
        )
        _demand_new(email, await office.registry.teammates(workspace_id))
        await office.registry.put_teammate(teammate)
        return teammate, await _new_link(office, teammate, minutes)


def _demand_new(email: str, everybody: list[Teammate]) -> None:
    if not _EMAIL.fullmatch(email):
        raise InvalidInput(
            f"{email!r} is no e-mail address; write one such as ann@shop.example.", field="email"
        )
    twin = next((one for one in everybody if one.email.casefold() == email.casefold()), None)
    if twin is not None:
        raise InvalidInput(
            f"{twin.name} ({twin.id}) has the e-mail address {twin.email} already; "
            f"fondaco teammates link {twin.email} prints a new link.",
            field="email",
        )


async def _link(place: Place, name: str, minutes: int) -> tuple[Teammate, str]:
    async with open_office(place) as office:
        everybody = await office.registry.teammates(office.workspace_id)
        teammate = next((one for one in everybody if name in (one.id, one.email)), None)
        if teammate is None:
            raise NotFound(f"There is no teammate {name!r}; see fondaco teammates list.")
        return teammate, await _new_link(office, teammate, minutes)


async def _teammates(place: Place) -> list[Teammate]:
    async with open_office(place) as office:
        return await office.registry.teammates(office.workspace_id)


async def _new_link(office: Office, teammate: Teammate, minutes: int) -> str:
    secret = new_secret(office.chance, _LINK_PREFIX)
    expires = office.clock.now_ms() + minutes * 60_000
    await office.registry.create_link(hash_secret(secret), teammate.id, expires)
    server = office.settings.server
    host = f"[{server.host}]" if ":" in server.host else server.host
    address = server.public_url.rstrip("/") or f"http://{host}:{server.port}"
    return f"{address}/console/sign-in?link={secret}"


def _show(place: Place, teammate: Teammate, link: str, *, as_json: bool) -> None:
    if as_json:
        say_json({"id": teammate.id, "name": teammate.name, "email": teammate.email, "link": link})
        return
    say(f"{teammate.id} {teammate.name} signs in once with")
    say(link)
    if not place.settings().server.public_url:
        say("The address is a guess from server.host and server.port; where the server was started with")
        say("another port or runs elsewhere, put its address before /console, or set server.public_url.")

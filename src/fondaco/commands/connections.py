"""``fondaco connections``."""

from __future__ import annotations

import re
from typing import Any

import click
import msgspec

from fondaco.commands.place import Place, open_office, wait_for, with_place
from fondaco.commands.printing import say, say_json, say_table
from fondaco.domain.access import SHORTEST_IDENTITY_SECRET_BYTES, ChannelKind, Connection
from fondaco.domain.errors import InvalidInput
from fondaco.domain.ids import WorkspaceId
from fondaco.kit.language import Language
from fondaco.preparing import ensure_workspace

_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
_ORIGIN = re.compile(
    r"https?://(?:[a-z0-9-]+(?:\.[a-z0-9-]+)*|\[[0-9a-f:]+\])(?::(?P<port>[0-9]{1,5}))?", re.IGNORECASE
)
_HIGHEST_PORT = 65_535
_SECRETS = ("identity_secrets", "callback_secret")


@click.group("connections")
def command() -> None:
    """Add and list connections."""


@command.command()
@click.argument("name")
@with_place
@click.option("--id", default="", help="Id; an existing one is replaced; a new one if left out.")
@click.option(
    "--channel",
    type=click.Choice([one.value for one in ChannelKind]),
    default="widget",
    show_default=True,
    help="Kind of transport.",
)
@click.option("--origin", "origins", multiple=True, help="Page that may embed the widget; may be repeated.")
@click.option(
    "--language",
    "languages",
    multiple=True,
    default=tuple(one.value for one in Language),
    type=click.Choice([one.value for one in Language]),
    help="Language that is offered; may be repeated; all five if left out.",
)
@click.option("--callback-url", default="", help="For callback: where replies are posted.")
@click.option(
    "--callback-secret",
    default="",
    envvar="FONDACO_CALLBACK_SECRET",
    help="For callback: signs posts; may stand in FONDACO_CALLBACK_SECRET.",
)
@click.option("--lookup-url", default="", help="For callback: tells whether a delivery arrived.")
@click.option(
    "--identity-secret",
    "identity_secrets",
    multiple=True,
    envvar="FONDACO_IDENTITY_SECRET",
    help="For widget: signs who is signed in to the shop, 32 bytes or more; may be repeated; may stand in "
    "FONDACO_IDENTITY_SECRET.",
)
@_JSON
def add(*, place: Place, as_json: bool, **told: Any) -> None:
    """Add a connection, or replace the one with this id."""
    connection = wait_for(_add(place, told))
    if as_json:
        say_json(_shown(connection))
        return
    say(f"{connection.id} is ready.")
    if connection.channel is ChannelKind.WIDGET:
        say("Put this into the shop's pages, with the address of your server:")
        source = "https://YOUR-SERVER/widget/loader.js"
        say(f'<script async src="{source}" data-connection="{connection.id}"></script>')


@command.command("list")
@with_place
@_JSON
def list_(*, place: Place, as_json: bool) -> None:
    """List the connections, without their secrets."""
    found = wait_for(_connections(place))
    if as_json:
        say_json([_shown(one) for one in found])
        return
    rows = [(one.id, one.channel, one.name, " ".join(one.origins) or one.callback_url) for one in found]
    say_table(("id", "channel", "name", "origins or address"), rows)


async def _add(place: Place, told: dict[str, Any]) -> Connection:
    async with open_office(place) as office:
        workspace_id = await ensure_workspace(office.registry, office.settings, office.clock)
        told["id"] = told["id"] or office.ids.new("cnn")
        connection = msgspec.convert({**told, "workspace_id": workspace_id}, Connection)
        _demand_complete(connection)
        await office.registry.put_connection(connection)
        return connection


async def _connections(place: Place) -> list[Connection]:
    async with open_office(place) as office:
        return await office.registry.connections(WorkspaceId(office.settings.workspace.id))


def _demand_complete(connection: Connection) -> None:
    for origin in connection.origins:
        _demand_origin(origin)
    if connection.identity_secrets:
        _demand_identity_secrets(connection)
    if connection.channel is ChannelKind.WIDGET and not connection.origins:
        raise InvalidInput(
            "A widget needs the pages that may embed it; add --origin https://shop.example.", field="origins"
        )
    if connection.channel is ChannelKind.CALLBACK and not (
        connection.callback_url and connection.callback_secret
    ):
        raise InvalidInput(
            "A callback needs --callback-url and --callback-secret, which signs what is posted.",
            field="callback_url",
        )


def _demand_identity_secrets(connection: Connection) -> None:
    """Refuse a secret with which nobody could ever be known."""
    if connection.channel is not ChannelKind.WIDGET:
        raise InvalidInput(
            f"--identity-secret is for a widget; whoever comes by {connection.channel.value} is named by "
            "your own program with its key. Leave it out, and unset FONDACO_IDENTITY_SECRET if it is set.",
            field="identity_secrets",
        )
    shortest = min(len(secret.encode(errors="replace")) for secret in connection.identity_secrets)
    if shortest < SHORTEST_IDENTITY_SECRET_BYTES:
        raise InvalidInput(
            f"An --identity-secret (or FONDACO_IDENTITY_SECRET) of {shortest} bytes proves nothing; write "
            f"{SHORTEST_IDENTITY_SECRET_BYTES} bytes or more without blanks, such as `openssl rand -hex 32` "
            "prints.",
            field="identity_secrets",
        )


def _demand_origin(origin: str) -> None:
    """Refuse what no browser sends as an origin (RFC 6454): it would let nobody in, or everybody."""
    match = _ORIGIN.fullmatch(origin)
    if match is None or int(match["port"] or 0) > _HIGHEST_PORT:
        raise InvalidInput(
            f"--origin {origin!r} is no origin; write http:// or https://, the host, and its port if it has "
            "one, such as https://shop.example: no path, no *, one --origin for each host.",
            field="origins",
        )


def _shown(connection: Connection) -> dict[str, Any]:
    """Return the connection without its secrets."""
    told: dict[str, Any] = msgspec.to_builtins(connection)
    return {name: value for name, value in told.items() if name not in _SECRETS}

"""``fondaco keys``."""

from __future__ import annotations

import click

from fondaco.commands.place import Place, open_office, wait_for, with_place
from fondaco.commands.printing import moment, say, say_json, say_table
from fondaco.domain.access import ApiKey, Scope
from fondaco.domain.ids import KeyId
from fondaco.preparing import ensure_workspace
from fondaco.server.credentials import KEY_PREFIX, hash_secret, new_secret

_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


@click.group("keys")
def command() -> None:
    """Create, list and revoke API keys."""


@command.command()
@click.argument("name")
@with_place
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    type=click.Choice([one.value for one in Scope]),
    help="What the key may do; may be repeated; everything if left out.",
)
@_JSON
def create(*, name: str, place: Place, scopes: tuple[str, ...], as_json: bool) -> None:
    """Create a key and print its secret, which is shown this once and not stored."""
    allowed = tuple(Scope(one) for one in scopes) or tuple(Scope)
    key, secret = wait_for(_create(place, name, allowed))
    if as_json:
        say_json({"id": key.id, "name": key.name, "scopes": key.scopes, "secret": secret})
        return
    say(f"{key.id} may: {', '.join(key.scopes)}")
    say(secret)


@command.command("list")
@with_place
@_JSON
def list_(*, place: Place, as_json: bool) -> None:
    """List the keys, without their secrets."""
    found = wait_for(_keys(place))
    if as_json:
        say_json(found)
        return
    rows = [
        (one.id, one.name, moment(one.created_at_ms), moment(one.revoked_at_ms), " ".join(one.scopes))
        for one in found
    ]
    say_table(("id", "name", "created (UTC)", "revoked (UTC)", "scopes"), rows)


@command.command()
@click.argument("key_id", metavar="ID")
@with_place
def revoke(*, key_id: str, place: Place) -> None:
    """Revoke a key; running servers notice within credentials.cache_seconds."""
    wait_for(_revoke(place, KeyId(key_id)))
    say(f"{key_id} opens nothing any more.")


async def _create(place: Place, name: str, scopes: tuple[Scope, ...]) -> tuple[ApiKey, str]:
    async with open_office(place) as office:
        workspace_id = await ensure_workspace(office.registry, office.settings, office.clock)
        secret = new_secret(office.chance, KEY_PREFIX)
        key = ApiKey(
            id=KeyId(office.ids.new("key")),
            workspace_id=workspace_id,
            name=name,
            scopes=scopes,
            created_at_ms=office.clock.now_ms(),
        )
        await office.registry.create_key(key, hash_secret(secret))
        return key, secret


async def _keys(place: Place) -> list[ApiKey]:
    async with open_office(place) as office:
        return await office.registry.keys(office.workspace_id)


async def _revoke(place: Place, key_id: KeyId) -> None:
    async with open_office(place) as office:
        await office.registry.revoke_key(key_id, office.clock.now_ms())

"""``fondaco migrate``."""

from __future__ import annotations

import click

from fondaco.commands.place import Place, wait_for, with_place
from fondaco.commands.printing import progress, say, say_json
from fondaco.storage.migrate import Migrated, migrate
from fondaco.storage.place import place_of


@click.command("migrate")
@with_place
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(*, place: Place, as_json: bool) -> None:
    """Bring the database to the schema of this version; every start does the same.

    It is one transaction: whatever goes wrong, the old schema is still there.
    """
    url = place.settings().storage.url
    with progress("Migrating"):
        done = wait_for(migrate(url))
    if as_json:
        say_json(done)
        return
    say(f"{place_of(url)}: {_told(done)}")


def _told(done: Migrated) -> str:
    if done.from_version == done.to_version:
        return f"schema {done.to_version}, nothing to do."
    return f"schema {done.to_version}, was {done.from_version or 'empty'}."

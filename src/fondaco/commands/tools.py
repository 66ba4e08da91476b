"""``fondaco tools``."""

from __future__ import annotations

import click

from fondaco.commands.place import Place, with_place
from fondaco.commands.printing import say_json, say_table
from fondaco.tools import HttpToolOptions


@click.group("tools")
def command() -> None:
    """Show the tools that the assistant may call."""


@command.command("list")
@with_place
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def list_(*, place: Place, as_json: bool) -> None:
    """List the declared tools, without the headers that may hold secrets."""
    tools = place.settings().tools
    if as_json:
        say_json([_told(tool) for tool in tools])
        return
    rows = [
        (one.name, one.effect, one.verification, " ".join(p.name for p in one.parameters), one.description)
        for one in tools
    ]
    say_table(("name", "effect", "verification", "parameters", "description"), rows)


def _told(tool: HttpToolOptions) -> dict[str, object]:
    return {name: getattr(tool, name) for name in tool.__struct_fields__ if name != "headers"}

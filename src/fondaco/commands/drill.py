"""``fondaco drill``."""

from __future__ import annotations

import click

from fondaco.commands.elsewhere import elsewhere


@click.group("drill")
def command() -> None:
    """Break things on purpose and count what was lost."""


command.add_command(
    elsewhere(
        "crash", "fondaco.lab.crash", "Kill workers in the middle of their work and count what was lost."
    )
)
command.add_command(
    elsewhere(
        "providers",
        "fondaco.lab.providers",
        "Break model providers and judge what contacts see and what is booked.",
    )
)

"""``fondaco lab``."""

from __future__ import annotations

import click

from fondaco.commands.elsewhere import elsewhere


@click.group("lab")
def command() -> None:
    """Print the figures that the documents quote."""


command.add_command(
    elsewhere("answers", "fondaco.lab.answers", "Measure how many questions are answered rightly.")
)
command.add_command(
    elsewhere(
        "invent", "fondaco.lab.invent", "Let a model that invents answer, and count what reaches contacts."
    )
)
command.add_command(elsewhere("turn", "fondaco.lab.turn", "Measure what a durable turn costs."))
command.add_command(
    elsewhere("tau", "fondaco.lab.tau", "Play a published benchmark's worlds through the real engine.")
)
command.add_command(
    elsewhere(
        "guard", "fondaco.lab.guard", "Count what the guard stops in recorded replies, rightly and wrongly."
    )
)
command.add_command(
    elsewhere(
        "memory",
        "fondaco.lab.memory",
        "Count what a prompt still holds of a long conversation when it is needed.",
    )
)
command.add_command(
    elsewhere("attacks", "fondaco.lab.attacks", "Attack the demo shop with a model that obeys the attacker.")
)

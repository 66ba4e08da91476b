"""Commands that live in the lab and read their own arguments."""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Sequence

import click

_OWN_ARGUMENTS = {"ignore_unknown_options": True, "allow_extra_args": True}


def elsewhere(name: str, module: str, line: str) -> click.Command:
    """Return a command that hands its arguments to ``main`` of a module and ends with what it returns.

    The module is loaded when the command is called.
    """

    @click.command(name, help=line, context_settings=_OWN_ARGUMENTS, add_help_option=False)
    @click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
    def command(arguments: Sequence[str]) -> int:
        if importlib.util.find_spec(module) is None:
            raise click.UsageError(f"{module} is not part of this installation.")
        result: int | None = importlib.import_module(module).main(list(arguments))
        return result or 0

    return command

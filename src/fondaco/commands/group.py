"""A group whose commands are loaded when they are called, so that ``--help`` is quick."""

from __future__ import annotations

import difflib
import importlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import click
from click.core import ParameterSource


@dataclass(frozen=True, slots=True)
class Entry:
    """Where a command is, and the line that lists it."""

    module: str  #: has the command as ``command``
    help: str


class LazyGroup(click.Group):
    """Knows its commands by name and line alone."""

    def __init__(self, *, entries: Mapping[str, Entry], **rest: Any) -> None:
        super().__init__(**rest)
        self.entries = entries

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.entries)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        entry = self.entries.get(cmd_name)
        if entry is None:
            return None
        loaded: click.Command = importlib.import_module(entry.module).command
        return loaded

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Raises UsageError that names the nearest command."""
        if args and args[0] not in self.entries and not args[0].startswith("-"):
            near = difflib.get_close_matches(args[0], list(self.entries), n=1)
            hint = f"Did you mean {near[0]!r}?" if near else "See --help for what there is."
            raise click.UsageError(f"There is no command {args[0]!r}. {hint}", ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, entry.help) for name, entry in self.entries.items()])


def called_alone() -> bool:
    """Return whether a group is called for itself and not for one of its commands.

    Raises UsageError for options that stand before such a command, which would come to nothing there.
    """
    ctx = click.get_current_context()
    if ctx.invoked_subcommand is None:
        return True
    for name in ctx.params:
        if ctx.get_parameter_source(name) is ParameterSource.COMMANDLINE:
            option = next(one.opts[0] for one in ctx.command.params if one.name == name)
            raise click.UsageError(f"Write {option} behind {ctx.invoked_subcommand}.", ctx)
    return False

"""Every command with every option stands in the reference, and nothing else does."""

from __future__ import annotations

import re
from collections.abc import Iterator

import click

from fondaco.cli import fondaco
from tests.house.tree import ROOT

REFERENCE = ROOT / "docs" / "reference" / "commands.md"
HEADING = re.compile(r"^## `(.+)`$", re.MULTILINE)
OPTION = re.compile(r"^\| `(--[\w-]+)")


def commands_of(group: click.Group, path: str = "fondaco") -> Iterator[tuple[str, click.Command]]:
    """Yield every command that does something, with the words that call it."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            if command.invoke_without_command:
                yield f"{path} {name}", command
            yield from commands_of(command, f"{path} {name}")
        elif command is not None:
            yield f"{path} {name}", command


def options_of(command: click.Command) -> list[str]:
    return [one.opts[0] for one in command.params if isinstance(one, click.Option)]


def described(text: str) -> dict[str, list[str]]:
    """Return the options that each section of the reference names; a heading is the whole usage line."""
    parts = HEADING.split(text)
    return {
        re.split(r" (?=[A-Z\[])", usage)[0]: [
            match[1] for line in section.splitlines() if (match := OPTION.match(line))
        ]
        for usage, section in zip(parts[1::2], parts[2::2], strict=True)
    }


def test_options_are_found_under_their_command() -> None:
    text = "## `fondaco tools list`\n\n| `--json` | Print JSON. |\n## `fondaco articles show KEY`\nText.\n"

    assert described(text) == {"fondaco tools list": ["--json"], "fondaco articles show": []}


def test_the_reference_names_every_command_and_option_and_no_other() -> None:
    there = {path: options_of(command) for path, command in commands_of(fondaco)}

    assert described(REFERENCE.read_text(encoding="utf-8")) == there


def test_every_option_says_what_it_does() -> None:
    silent = [
        f"{path} {one.opts[0]}"
        for path, command in commands_of(fondaco)
        for one in command.params
        if isinstance(one, click.Option) and not one.help
    ]

    assert silent == []

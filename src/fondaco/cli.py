"""The door for people: every command by name, loaded when it is called."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Mapping, Sequence

import click

from fondaco.commands.group import Entry, LazyGroup
from fondaco.domain.errors import (
    ChannelError,
    ConfigurationError,
    FondacoError,
    InvalidInput,
    ModelError,
    StorageError,
    ToolError,
)

#: What a command ends with, besides 0 when all is well and 1 for a finding.
EXIT_USAGE, EXIT_STORAGE, EXIT_UNREACHABLE, EXIT_INTERRUPTED = 2, 3, 4, 130

_EXIT_CODES: Mapping[type[FondacoError], int] = {
    InvalidInput: EXIT_USAGE,
    ConfigurationError: EXIT_USAGE,
    StorageError: EXIT_STORAGE,
    ToolError: EXIT_UNREACHABLE,
    ModelError: EXIT_UNREACHABLE,
    ChannelError: EXIT_UNREACHABLE,
}

COMMANDS: Mapping[str, Entry] = {
    "serve": Entry("fondaco.commands.serve", "Serve the API, the widget and the console."),
    "chat": Entry("fondaco.commands.chat", "Write with the assistant in the terminal."),
    "doctor": Entry("fondaco.commands.doctor", "Check that everything this installation needs is there."),
    "import": Entry("fondaco.commands.import_articles", "Import articles from files and folders."),
    "articles": Entry("fondaco.commands.articles", "List, show, delete and try articles."),
    "conversations": Entry("fondaco.commands.conversations", "List, show and search conversations."),
    "report": Entry("fondaco.commands.report", "Print what became of the conversations."),
    "cost": Entry("fondaco.commands.cost", "Print what models cost, and compare it with an invoice."),
    "providers": Entry("fondaco.commands.providers", "List models, and forbid or allow them by hand."),
    "route": Entry("fondaco.commands.route", "Set which questions go to the strong models."),
    "keys": Entry("fondaco.commands.keys", "Create, list and revoke API keys."),
    "teammates": Entry("fondaco.commands.teammates", "Add and list teammates, and let them sign in."),
    "connections": Entry("fondaco.commands.connections", "Add and list connections."),
    "tools": Entry("fondaco.commands.tools", "Show, check and try the tools that the assistant may call."),
    "migrate": Entry("fondaco.commands.migrate", "Bring the database to the schema of this version."),
    "demo-erp": Entry("fondaco.commands.demo_erp", "Serve the demo shop's merchant system alone."),
    "simulate": Entry("fondaco.commands.simulate", "Stand in for services that an installation talks to."),
    "drill": Entry("fondaco.commands.drill", "Break things on purpose and count what was lost."),
    "lab": Entry("fondaco.commands.lab", "Print the figures that the documents quote."),
}


@click.group(cls=LazyGroup, entries=COMMANDS, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--debug", is_flag=True, envvar="FONDACO_DEBUG", help="Show where an error comes from.")
@click.version_option(package_name="fondaco", prog_name="fondaco")
def fondaco(*, debug: bool) -> None:
    """Answer contacts with proven facts, or hand them over to a person.

    Exit codes: 0 all is well, 1 a check has found something, 2 wrong usage or configuration,
    3 the database, 4 something else that cannot be reached.
    """


def main() -> None:
    """Run the command that the shell names, and end with its exit code."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: Sequence[str]) -> int:
    """Run a command and return its exit code; an error is one line on standard error."""
    debug = "--debug" in arguments[:1] or bool(os.environ.get("FONDACO_DEBUG"))
    try:
        result = fondaco.main(list(arguments), prog_name="fondaco", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        return EXIT_INTERRUPTED
    except BrokenPipeError:
        _forget_standard_output()
        return 0
    except FondacoError as error:
        if debug:
            traceback.print_exception(error)
        click.echo(f"fondaco: {error}", err=True)
        return exit_code_of(error)
    return result if isinstance(result, int) else 0


def exit_code_of(error: FondacoError) -> int:
    """Return what a command ends with that an error has stopped."""
    return next((code for kind, code in _EXIT_CODES.items() if isinstance(error, kind)), 1)


def _forget_standard_output() -> None:
    """Whoever read the output has gone; Python would complain again when it closes it."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())

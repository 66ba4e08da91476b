"""``fondaco doctor``."""

from __future__ import annotations

import click

from fondaco.commands.checkup import Finding, checkup
from fondaco.commands.group import called_alone
from fondaco.commands.place import Place, wait_for, with_place
from fondaco.commands.printing import progress, say, say_json
from fondaco.commands.probe import examine, forget
from fondaco.commands.probe_report import show_examined

_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


@click.group("doctor", invoke_without_command=True)
@with_place
@_JSON
def command(*, place: Place, as_json: bool) -> int:
    """Check configuration, database, disk, port, embeddings, articles, their slots, prices, and tools.

    Nothing is changed.  The exit code is 1 if a check fails.
    """
    if not called_alone():
        return 0
    with progress("Checking"):
        findings = wait_for(checkup(place))
    if as_json:
        say_json(findings)
    else:
        _show(findings)
    return 0 if all(one.passed for one in findings) else 1


@command.command("provider")
@click.argument("name")
@with_place
@click.option("--also-wrong-key", is_flag=True, help="Ask once with a wrong key, too.")
@click.option("--forget", "forgets", is_flag=True, help="Ask nothing; forget what was measured.")
@_JSON
def provider(*, name: str, place: Place, also_wrong_key: bool, forgets: bool, as_json: bool) -> int:
    """Ask a model a handful of tiny questions, and keep what it really does for the next start.

    NAME is a model or a provider of the settings.  What the probes cost stands in the ledger as purpose
    probe; nothing of any conversation is sent.  The exit code is 1 if a probe fails, or if something that
    matters has changed since the last time.
    """
    if forgets:
        for one in wait_for(forget(place, name)):
            say(f"What was measured of {one} is forgotten; its documented profile holds from the next start.")
        return 0
    with progress(f"Asking {name}"):
        examined = wait_for(examine(place, name, also_wrong_key=also_wrong_key))
    if as_json:
        say_json(examined)
    else:
        for found in examined:
            show_examined(found)
    return 0 if all(found.is_well for found in examined) else 1


def _show(findings: list[Finding]) -> None:
    width = max(len(one.check) for one in findings)
    for one in findings:
        sign = "FAIL" if not one.passed else "note" if one.note else "pass"
        say(f"{sign}  {one.check.ljust(width)}  {one.detail}")

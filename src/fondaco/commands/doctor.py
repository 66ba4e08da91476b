"""``fondaco doctor``."""

from __future__ import annotations

import click

from fondaco.commands.checkup import Finding, checkup
from fondaco.commands.place import Place, wait_for, with_place
from fondaco.commands.printing import progress, say, say_json


@click.command("doctor")
@with_place
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(*, place: Place, as_json: bool) -> int:
    """Check configuration, database, disk, port, embeddings, articles, their slots, prices, and tools.

    Nothing is changed.  The exit code is 1 if a check fails.
    """
    with progress("Checking"):
        findings = wait_for(checkup(place))
    if as_json:
        say_json(findings)
    else:
        _show(findings)
    return 0 if all(one.passed for one in findings) else 1


def _show(findings: list[Finding]) -> None:
    width = max(len(one.check) for one in findings)
    for one in findings:
        sign = "FAIL" if not one.passed else "note" if one.note else "pass"
        say(f"{sign}  {one.check.ljust(width)}  {one.detail}")

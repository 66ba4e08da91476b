"""``fondaco route``."""

from __future__ import annotations

import click
import msgspec

from fondaco.commands.history import conversations_since, whole_log
from fondaco.commands.place import Place, open_reading_room, wait_for, with_place
from fondaco.commands.printing import progress, say, say_json
from fondaco.domain.ids import WorkspaceId
from fondaco.engine.calibrating import Calibration, RoutedTurn, calibrate, routed_turns
from fondaco.kit.clock import SystemClock

_DAY_MS = 86_400_000
_FEW = 200  # turns below which a share is hardly known


@click.group("route")
def command() -> None:
    """See and set which questions go to the strong models."""


@command.command("calibrate")
@with_place
@click.option(
    "--share",
    metavar="SHARE",
    type=click.FloatRange(0, 1),
    help="Part of the turns for the strong models; llm.strong_share if left out.",
)
@click.option(
    "--days",
    metavar="N",
    type=click.IntRange(1, 3_650),
    default=30,
    show_default=True,
    help="Turns of conversations that changed so recently.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def calibrate_command(*, place: Place, share: float | None, days: int, as_json: bool) -> int:
    """Find the difficulty from which the wanted share of turns goes to the strong models.

    It is fitted to the turns that were logged; write what it prints into the settings.  The exit code is 1
    when no turn was asked of a model yet.
    """
    with progress("Reading the conversations"):
        turns, wanted = wait_for(_turns(place, days))
    found = calibrate(turns, wanted if share is None else share)
    if as_json:
        say_json({**msgspec.to_builtins(found), "share": found.share})
    else:
        _show(found)
    return 0 if found.turns else 1


async def _turns(place: Place, days: int) -> tuple[list[RoutedTurn], float]:
    since_ms = SystemClock().now_ms() - days * _DAY_MS
    turns: list[RoutedTurn] = []
    async with open_reading_room(place) as (settings, reader):
        async for conversation in conversations_since(reader, WorkspaceId(settings.workspace.id), since_ms):
            turns += routed_turns(record.event for record in await whole_log(reader, conversation))
    return turns, settings.llm.strong_share


def _show(found: Calibration) -> None:
    if not found.turns:
        say("No turn was asked of a model yet, so there is nothing to fit.")
        return
    say(
        f"{found.turns} turns; {found.strong} of them ({found.share:.1%}) would begin with the strong models."
    )
    if found.unproven:
        say(f"Of {found.unproven} whose first draft was not proven, {found.unproven_strong} would.")
    if found.turns < _FEW:
        say(f"Fewer than {_FEW} turns tell a share only roughly.")
    say("\n[routing]")
    say(f"strong_at = {found.strong_at}")

"""``fondaco report``."""

from __future__ import annotations

import click

from fondaco.commands.figures import Figures, count, figures_of
from fondaco.commands.history import conversations_since, whole_log
from fondaco.commands.place import Place, open_reading_room, wait_for, with_place
from fondaco.commands.printing import progress, say, say_json
from fondaco.domain.ids import WorkspaceId
from fondaco.kit.clock import SystemClock

_DAY_MS = 86_400_000


@click.command("report")
@with_place
@click.option(
    "--days",
    metavar="N",
    type=click.IntRange(1, 3_650),
    default=30,
    show_default=True,
    help="Episodes opened so recently.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(*, place: Place, days: int, as_json: bool) -> None:
    """Print what became of the conversations: answered, handed over, rated, and how fast."""
    with progress("Reading the conversations"):
        figures = wait_for(_figures(place, days))
    if as_json:
        say_json(figures)
        return
    _show(figures, days)


async def _figures(place: Place, days: int) -> Figures:
    since_ms = SystemClock().now_ms() - days * _DAY_MS
    counted = count(since_ms)
    async with open_reading_room(place) as (settings, reader):
        workspace_id = WorkspaceId(settings.workspace.id)
        async for conversation in conversations_since(reader, workspace_id, since_ms):
            counted.add(await whole_log(reader, conversation))
    return figures_of(counted)


def _show(figures: Figures, days: int) -> None:
    say(f"Episodes opened in the last {days} days: {figures.episodes}")
    for name, part, meaning in _parts(figures):
        say(f"  {name}: {_share(part, figures.episodes)}")
        say(f"    {meaning}")
    for reason, number in figures.handoffs.items():
        say(f"  handoffs because of {reason}: {number}")
    say(f"Messages of contacts: {figures.from_contacts}")
    say(f"Messages of the assistant: {figures.from_assistant}")
    say(f"Messages of teammates: {figures.from_teammates}")
    say(f"Turns: {figures.turns}")
    say(
        f"  milliseconds, median and 95th percentile: {figures.turn_median_ms:.0f}, {figures.turn_p95_ms:.0f}"
    )
    say(f"Texts that the guard stopped: {_share(figures.stopped, figures.judged)}")
    say("  of all the texts that it judged")
    rating = f"{figures.rating_mean:.1f} stars from {figures.ratings}" if figures.ratings else "none"
    say(f"Ratings: {rating}")
    say("  mean of all ratings of these episodes, also of those given after closing")


def _parts(figures: Figures) -> tuple[tuple[str, int, str], ...]:
    """Return name, count and meaning of each part of the episodes."""
    other = figures.episodes - figures.without_person - figures.with_handoff - figures.with_teammate
    return (
        (
            "answered without a person",
            figures.without_person,
            "a reply cites an article, nobody was asked to take over, no teammate wrote",
        ),
        ("with a handoff", figures.with_handoff, "a teammate was asked to take over"),
        ("with a teammate unasked", figures.with_teammate, "a teammate wrote without a handoff"),
        ("neither", other, "only questions back, greetings, or offers that nobody took; or nothing yet"),
        ("closed", figures.closed, "the episode was closed, however it went"),
    )


def _share(part: int, whole: int) -> str:
    return f"{part} of {whole} ({100 * part / whole:.0f} %)" if whole else "0 of 0"

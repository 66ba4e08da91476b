"""``fondaco providers``."""

from __future__ import annotations

from pathlib import Path

import click

from fondaco.commands.group import called_alone
from fondaco.commands.place import Place, open_model_books, wait_for, with_place
from fondaco.commands.printing import moment, progress, say, say_json, say_table
from fondaco.config import Settings
from fondaco.domain.errors import InvalidInput
from fondaco.domain.ports import SharedNotes
from fondaco.kit.breaker import Mode
from fondaco.kit.chance import SystemChance
from fondaco.kit.clock import SystemClock
from fondaco.llm.breaker_sync import BreakerSync
from fondaco.llm.breakers import BreakerBoard
from fondaco.llm.chain import chains_of
from fondaco.llm.overview import Overseer, Overview, ProviderView
from fondaco.llm.price_files import load_prices

#: A server may write its own note over ours before it has read it; after so long both know it.
_HEARD_SECONDS = 2.5
_STEP_SECONDS = 0.25


@click.group("providers", invoke_without_command=True)
@with_place
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(*, place: Place, as_json: bool) -> None:
    """List the models that are asked: how each of them stands, and what it costs.

    What running servers know of them is read from the database, whichever it is; how much is under way at
    this moment only the servers know, and tell at /v1/providers.
    """
    if called_alone():
        _list(place, as_json=as_json)


def _list(place: Place, *, as_json: bool) -> None:
    found = wait_for(_overview(place))
    if as_json:
        say_json(found)
        return
    say_table(
        ("name", "provider", "model", "chains", "state", "until (UTC)", "why", "price"),
        [_cells(one) for one in found.items],
    )
    for line in found.left_out:
        say(f"Left out: {line}")


@command.command("open")
@click.argument("name")
@with_place
def open_(*, name: str, place: Place) -> None:
    """Forbid every attempt at a model until somebody allows it again.

    Running servers hear of it through the database within about a second.
    """
    _steer(place, name, Mode.OPEN)


@command.command("close")
@click.argument("name")
@with_place
def close(*, name: str, place: Place) -> None:
    """Allow every attempt at a model, whatever becomes of them.

    Running servers hear of it through the database within about a second.
    """
    _steer(place, name, Mode.CLOSED)


@command.command("auto")
@click.argument("name")
@with_place
def auto(*, name: str, place: Place) -> None:
    """Leave a model to its breakers again.

    Running servers hear of it through the database within about a second.
    """
    _steer(place, name, Mode.AUTO)


def _cells(one: ProviderView) -> tuple[object, ...]:
    chains = ", ".join(f"{place.chain} {place.place}" for place in one.chains)
    price = "none" if one.price is None else one.price.version + (" (stale)" if one.price.is_stale else "")
    until = moment(one.open_until_ms)
    return (one.target, one.provider, one.model, chains, one.state, until, one.why, price)


def _steer(place: Place, name: str, mode: Mode) -> None:
    with progress("Telling the servers"):
        view = wait_for(_steered(place, name, mode))
    say(f"{view.target} {view.state}.")


async def _overview(place: Place) -> Overview:
    async with open_model_books(place) as (settings, books):
        overseer, sync = _overseer(settings, books.notes)
        await sync.listen()
        return overseer.overview(SystemClock().now_ms())


async def _steered(place: Place, name: str, mode: Mode) -> ProviderView:
    """Set the mode and say it until every process can have heard it.  Raises InvalidInput, StorageError."""
    clock = SystemClock()
    async with open_model_books(place) as (settings, books):
        overseer, sync = _overseer(settings, books.notes)
        await sync.listen()
        view = overseer.force(name, mode, clock.now_ms())
        if view is None:
            known = [one.target for one in overseer.overview(clock.now_ms()).items]
            raise InvalidInput(
                f"No chain has a model of the name {name}; there are: {', '.join(known) or 'none'}."
            )
        await sync.tell()
        for _ in range(round(_HEARD_SECONDS / _STEP_SECONDS)):
            await clock.sleep(_STEP_SECONDS)
            await sync.step()
        return view


def _overseer(settings: Settings, notes: SharedNotes) -> tuple[Overseer, BreakerSync]:
    options, clock = settings.llm, SystemClock()
    chains = chains_of(options)
    prices = load_prices(Path(options.prices) if options.prices else None, options.currency)
    board = BreakerBoard(options.breaker, clock, SystemChance(), targets=chains.all)
    return Overseer(chains, board, prices), BreakerSync(board, notes, clock)

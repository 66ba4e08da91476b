"""``fondaco serve``."""

from __future__ import annotations

import asyncio
import signal
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from enum import StrEnum

import click
import msgspec
import uvicorn

from fondaco.app import App, open_app
from fondaco.commands.demo_shop import merchant_system
from fondaco.commands.logs import send_telemetry, write_logs
from fondaco.commands.place import Place, with_place
from fondaco.commands.printing import say, say_problems
from fondaco.config import Settings
from fondaco.demo.seed import TEAMMATE_ID, WIDGET_ID, seed
from fondaco.domain.errors import ConfigurationError
from fondaco.kit.garbage import collect_rarely
from fondaco.preparing import prepare
from fondaco.server.assembling import asgi_of, free_port, origins_of, server_options
from fondaco.server.pages_demo import DemoPage
from fondaco.server.serve import Background, demand_safe_address, is_loopback, serve


class Workers(StrEnum):
    """Where turns are worked on."""

    BESIDE = "beside"  #: in the server's own process
    NONE = "none"  #: in other processes
    ONLY = "only"  #: here, and nothing is served


@dataclass(frozen=True, slots=True)
class _Wish:
    place: Place
    host: str | None
    port: int | None
    workers: Workers


@click.command("serve")
@with_place
@click.option("--host", help="Address to listen on instead of server.host.")
@click.option(
    "--port",
    metavar="PORT",
    type=click.IntRange(0, 65_535),
    help="Port instead of server.port; 0 for a free one.",
)
@click.option("--no-workers", is_flag=True, help="Serve only; another process works on turns.")
@click.option("--only-workers", is_flag=True, help="Work on turns and deliveries only; serve nothing.")
@click.option("--codes", is_flag=True, help="Let the demo ask for one-time codes; they stand in its log.")
def command(
    *, place: Place, host: str | None, port: int | None, no_workers: bool, only_workers: bool, codes: bool
) -> None:
    """Serve the API, the widget and the console until interrupted.

    With --demo the demo shop Rialto is served, with its merchant system beside it and everything in --data.
    Its log is text and begins at warnings, unless the settings say otherwise.
    """
    if no_workers and only_workers:
        raise click.UsageError("--no-workers and --only-workers exclude each other.")
    if codes and not place.demo:
        raise click.UsageError("--codes is for the demo; your own shop has [verification.code].")
    workers = Workers.NONE if no_workers else Workers.ONLY if only_workers else Workers.BESIDE
    collect_rarely()
    quick_loop = uvicorn.Config(app="", loop="auto", log_config=None).get_loop_factory()
    with asyncio.Runner(loop_factory=quick_loop) as runner:
        runner.run(_serve(_Wish(replace(place, codes=codes), host, port, workers)))


async def _serve(wish: _Wish) -> None:
    async with AsyncExitStack() as stack:
        address = await merchant_system(stack, wish.place)
        settings = _overridden(wish.place.settings(address), wish)
        write_logs(settings.telemetry)
        send_telemetry(settings.telemetry)
        demand_safe_address(server_options(settings))
        app = await stack.enter_async_context(open_app(settings))
        await _fill(app, demo=wish.place.demo)
        if wish.workers is Workers.ONLY:
            await _work(app)
        else:
            await _listen(app, wish)


def _overridden(settings: Settings, wish: _Wish) -> Settings:
    server = settings.server
    port = server.port if wish.port is None else wish.port
    changed = msgspec.structs.replace(server, host=wish.host or server.host, port=port)
    if wish.place.demo:
        if not is_loopback(changed.host):
            raise ConfigurationError(
                f"The demo lets every browser in as a teammate, so it serves this machine only, "
                f"not {changed.host}; leave --host out."
            )
        # The widget's connection names the page that embeds it, so the port is settled before listening.
        changed = msgspec.structs.replace(changed, port=changed.port or free_port(changed.host))
    return msgspec.structs.replace(settings, server=changed)


async def _fill(app: App, *, demo: bool) -> None:
    if demo:
        await seed(app.registry, app.settings, app.clock, app.ids, origins_of(app.settings))
        return
    prepared = await prepare(app.registry, app.settings, app.clock, app.ids)
    say_problems("Not imported", prepared.problems)


async def _listen(app: App, wish: _Wish) -> None:
    asks_models = app.models is not None
    page = DemoPage(connection_id=WIDGET_ID, teammate_id=TEAMMATE_ID, asks_models=asks_models)
    demo = page if wish.place.demo else None
    # Without workers too: who asks this server how models stand, or steers them, shall reach the others.
    beside: list[Background] = [] if app.models is None else [app.models.sync]
    if wish.workers is Workers.BESIDE:
        beside += [app.broom, app.librarian, app.worker, app.courier]
    try:
        await serve(asgi_of(app, demo), server_options(app.settings), background=beside, announce=_announce)
    finally:
        if app.models is not None:
            await app.models.gear.written()


def _announce(address: str) -> None:
    say(f"fondaco serves {address}")


async def _work(app: App) -> None:
    """Answer and deliver until SIGINT or SIGTERM."""
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with app.working():
        say("fondaco works on turns and deliveries")
        await stop.wait()

"""Where a command works: the settings it was given, and what it opens of them."""

from __future__ import annotations

import asyncio
import functools
import os
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import click

from fondaco.commands.logs import write_logs
from fondaco.config import Settings, load
from fondaco.demo.erp.server import DEMO_TOKEN
from fondaco.demo.settings import demo_settings
from fondaco.domain.costs import Costs
from fondaco.domain.errors import StorageError
from fondaco.domain.ids import WorkspaceId
from fondaco.domain.ports import Reader, Registry
from fondaco.kit.chance import SystemChance
from fondaco.kit.clock import SystemClock
from fondaco.kit.ids import IdMaker
from fondaco.storage.beside import Books, opened_books, opened_costs, opened_reader, opened_registry
from fondaco.storage.place import is_postgres, sqlite_path

T = TypeVar("T")

DEMO_FOLDER = Path("var/demo")
NOWHERE = "http://127.0.0.1:9"  #: the discard port (RFC 863): the demo's tools, where they are not called
#: Whoever looks at the demo shall still see the printed address after a while.
_DEMO_DEFAULTS = {"telemetry": {"log_level": "warning", "log_format": "text"}}


@dataclass(frozen=True, slots=True)
class Place:
    """Which configuration a command works with."""

    config: Path | None = None
    demo: bool = False
    data: Path = DEMO_FOLDER
    codes: bool = False  #: the demo shop asks for one-time codes

    def settings(self, erp_address: str = NOWHERE) -> Settings:
        """Return the settings, with the folder of a SQLite database made.  Raises ConfigurationError."""
        settings = load(self.config, os.environ, _DEMO_DEFAULTS if self.demo else {})
        write_logs(settings.telemetry, quiet=True)
        if self.demo:
            settings = demo_settings(settings, erp_address, DEMO_TOKEN, self.data, codes=self.codes)
        _make_folder(settings.storage.url)
        return settings


@dataclass(frozen=True, slots=True)
class Office:
    """What administration needs: the registry alone, which may be open beside a running server."""

    settings: Settings
    registry: Registry
    clock: SystemClock
    chance: SystemChance
    ids: IdMaker

    @property
    def workspace_id(self) -> WorkspaceId:
        """The workspace that the settings name."""
        return WorkspaceId(self.settings.workspace.id)


@asynccontextmanager
async def open_office(place: Place) -> AsyncIterator[Office]:
    """Open the registry.  Raises ConfigurationError, StorageError."""
    settings = place.settings()
    clock, chance = SystemClock(), SystemChance()
    async with opened_registry(settings.storage.url) as registry:
        yield Office(settings, registry, clock, chance, IdMaker(clock, chance))


@asynccontextmanager
async def open_reading_room(place: Place) -> AsyncIterator[tuple[Settings, Reader]]:
    """Open the conversations for reading, which a running server does not mind."""
    settings = place.settings()
    async with opened_reader(settings.storage.url, SystemClock()) as reader:
        yield settings, reader


@asynccontextmanager
async def open_books(place: Place) -> AsyncIterator[tuple[Settings, Costs]]:
    """Open what models cost for reading, which a running server does not mind."""
    settings = place.settings()
    async with opened_costs(settings.storage.url, SystemClock()) as costs:
        yield settings, costs


@asynccontextmanager
async def open_model_books(place: Place) -> AsyncIterator[tuple[Settings, Books]]:
    """Open what is written about models, which a running server does not mind."""
    settings = place.settings()
    async with opened_books(settings.storage.url, SystemClock()) as books:
        yield settings, books


def with_place(command: Callable[..., T]) -> Callable[..., T]:
    """Give a command the options that say where it works, and hand it the ``place``."""

    @click.option(
        "--config",
        type=click.Path(path_type=Path),
        envvar="FONDACO_CONFIG",
        help="Configuration file; ./fondaco.toml if it is there.",
    )
    @click.option("--demo", is_flag=True, help="Work on the demo shop.")
    @click.option(
        "--data",
        type=click.Path(path_type=Path, file_okay=False),
        default=DEMO_FOLDER,
        show_default=True,
        help="Folder of the demo shop's databases.",
    )
    @functools.wraps(command)
    def placed(*, config: Path | None, demo: bool, data: Path, **rest: Any) -> T:
        return command(place=Place(config, demo, data), **rest)

    return placed


def wait_for(work: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine to its end and return its result."""
    with asyncio.Runner() as runner:
        return runner.run(work)


def _make_folder(url: str) -> None:
    if is_postgres(url):
        return
    file = sqlite_path(url)
    if file.is_dir():
        raise StorageError(
            f"{file} is a folder, and the database needs a file of that name; "
            "move the folder away, or name another file in storage.url."
        )
    folder = file.parent
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StorageError(
            f"The folder {folder} of the database cannot be made ({error.strerror}); "
            "make it yourself, or name another one in storage.url."
        ) from error

"""Opens whichever database an address names, brought to its schema first."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from typing import NamedTuple, Protocol

from fondaco.domain.costs import Ledger
from fondaco.domain.ports import Reader, Registry, Relay, SharedNotes, Store
from fondaco.domain.spending import Spending
from fondaco.kit.clock import Clock
from fondaco.kit.signals import SignalHub
from fondaco.storage.place import is_postgres, sqlite_path
from fondaco.storage.rules import SILENCE_MS
from fondaco.storage.stored_version import stored_version
from fondaco.storage.version import SCHEMA_VERSION


class StoreAndReader(Store, Reader, Protocol):
    """Each database offers both over one connection, and keeps the books of models beside them."""

    @property
    def ledger(self) -> Ledger:
        """What model calls cost."""
        ...

    @property
    def spending(self) -> Spending:
        """What actions hold under the limits of their tools."""
        ...

    @property
    def notes(self) -> SharedNotes:
        """What the processes of one installation tell each other."""
        ...

    @property
    def relay(self) -> Relay | None:
        """What carries words to other processes at once; None where there are none."""
        ...


class Storage(NamedTuple):
    """An open database."""

    store: StoreAndReader
    registry: Registry


@asynccontextmanager
async def opened(
    url: str, clock: Clock, signals: SignalHub, silence_ms: int = SILENCE_MS
) -> AsyncIterator[Storage]:
    """Migrate and open the database; everything is written and let go of when the block ends.

    Raises StorageBusy, SchemaTooNew, StorageCorrupt, StorageError, ConfigurationError.
    """
    # SQLAlchemy takes a while to load; whoever opens no database does not pay for it.
    from fondaco.storage.database import engine_for  # noqa: PLC0415
    from fondaco.storage.registry import SqlRegistry  # noqa: PLC0415

    await _bring_to_schema(url)
    async with AsyncExitStack() as stack:
        store = await stack.enter_async_context(await _store(url, clock, signals, silence_ms))
        engine = engine_for(url)
        stack.push_async_callback(engine.dispose)
        yield Storage(store, SqlRegistry(engine))


async def _bring_to_schema(url: str) -> None:
    if await stored_version(url) == SCHEMA_VERSION:
        return
    from fondaco.storage.migrate import migrate  # noqa: PLC0415

    await migrate(url)


async def _store(
    url: str, clock: Clock, signals: SignalHub, silence_ms: int
) -> AbstractAsyncContextManager[StoreAndReader]:
    if is_postgres(url):
        from fondaco.storage.postgres import PostgresStore  # noqa: PLC0415

        return await PostgresStore.open(url, clock=clock, signals=signals, silence_ms=silence_ms)
    from fondaco.storage.sqlite import SqliteStore  # noqa: PLC0415

    return await SqliteStore.open(sqlite_path(url), clock=clock, signals=signals, silence_ms=silence_ms)

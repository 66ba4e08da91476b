"""The demo shop's merchant system beside a command."""

from __future__ import annotations

from contextlib import AsyncExitStack

from fondaco.commands.place import Place
from fondaco.demo.erp.server import DEMO_TOKEN, ErpOptions, running
from fondaco.demo.settings import ERP_DATABASE
from fondaco.domain.errors import StorageBusy, StorageError
from fondaco.kit.clock import SystemClock
from fondaco.storage.place import is_postgres, sqlite_path
from fondaco.storage.sqlite.lock import OwnerLock


def _demand_free(place: Place) -> None:
    """Raise StorageBusy, which names the process, where another one works on the demo already."""
    url = place.settings().storage.url
    if is_postgres(url):
        return
    try:
        OwnerLock.acquire(sqlite_path(url)).release()
    except StorageBusy as busy:
        raise StorageBusy(f"{busy} A demo of its own gets another folder with --data.") from busy


async def merchant_system(stack: AsyncExitStack, place: Place) -> str:
    """Start the demo's merchant system until the stack is left; return its address, if any.

    Raises ConfigurationError, StorageError.
    """
    if not place.demo:
        return ""
    try:
        place.data.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StorageError(
            f"The folder {place.data} cannot be made ({error.strerror}); name another one with --data."
        ) from error
    _demand_free(place)
    options = ErpOptions(database_path=place.data / ERP_DATABASE, token=DEMO_TOKEN)
    return await stack.enter_async_context(running(options, SystemClock()))

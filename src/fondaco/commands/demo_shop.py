"""The demo shop's merchant system beside a command."""

from __future__ import annotations

from contextlib import AsyncExitStack

from fondaco.commands.place import Place
from fondaco.demo.erp.server import DEMO_TOKEN, ErpOptions, running
from fondaco.domain.errors import StorageError
from fondaco.kit.clock import SystemClock

ERP_DATABASE = "rialto-erp.sqlite3"


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
    options = ErpOptions(database_path=place.data / ERP_DATABASE, token=DEMO_TOKEN)
    return await stack.enter_async_context(running(options, SystemClock()))

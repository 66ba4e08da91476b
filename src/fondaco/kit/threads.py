"""Long work in a thread that nobody has to wait for."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

T = TypeVar("T")


async def aside(work: Callable[[], T], name: str) -> T:
    """Run ``work`` in a thread of its own and return what it returns, or raise what it raises.

    ``asyncio.to_thread`` keeps the process from ending before its work is done, also when nobody waits
    for it any more.  This does not, so ``work`` may hold nothing that has to be given back.
    """
    loop = asyncio.get_running_loop()
    future: asyncio.Future[T] = loop.create_future()

    def settle(value: T | None, error: Exception | None) -> None:
        if future.done():  # whoever waited has gone
            return
        if error is not None:
            future.set_exception(error)
        else:
            future.set_result(value)  # type: ignore[arg-type]  # None is T where there is no error

    def run() -> None:
        value, error = None, None
        try:
            value = work()
        except Exception as raised:  # noqa: BLE001 -- whoever waits is told
            error = raised
        with suppress(RuntimeError):  # the loop is closed, and everybody who waited is gone
            loop.call_soon_threadsafe(settle, value, error)

    threading.Thread(target=run, name=name, daemon=True).start()
    return await future

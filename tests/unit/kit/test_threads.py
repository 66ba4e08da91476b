"""Work aside: its result, its error, and no wait for it once nobody is interested."""

from __future__ import annotations

import asyncio
import threading

import pytest

from fondaco.kit.threads import aside


async def test_the_result_of_work_aside_comes_back() -> None:
    name = await aside(lambda: threading.current_thread().name, "counting")

    assert name == "counting"


async def test_what_work_aside_raises_is_raised() -> None:
    def fail() -> int:
        raise OSError("the disk is gone")

    with pytest.raises(OSError, match="the disk is gone"):
        await aside(fail, "failing")


async def test_work_that_nobody_waits_for_disturbs_nobody() -> None:
    begun, go_on, ended = threading.Event(), threading.Event(), threading.Event()

    def work() -> None:
        begun.set()
        go_on.wait()
        ended.set()

    waiting = asyncio.create_task(aside(work, "long"))
    await asyncio.to_thread(begun.wait)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    go_on.set()

    assert await asyncio.to_thread(ended.wait, 5)


def test_the_end_of_the_loop_does_not_wait_for_work_aside() -> None:
    go_on = threading.Event()

    async def leave() -> None:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.01):
                await aside(go_on.wait, "stuck")

    asyncio.run(leave())
    alive = {thread.name for thread in threading.enumerate()}
    go_on.set()

    assert "stuck" in alive

"""Ends child processes."""

from __future__ import annotations

import asyncio


async def stop(process: asyncio.subprocess.Process, patience_seconds: float) -> None:
    """Ask a process to end, make it end when it takes longer, and wait until it has."""
    if process.returncode is None:
        process.terminate()
    try:
        async with asyncio.timeout(patience_seconds):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()

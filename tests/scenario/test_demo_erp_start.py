"""The demo shop's merchant system when it starts, stops and is killed."""

from __future__ import annotations

import asyncio
import signal
from pathlib import Path

import pytest

from fondaco.demo.erp.server import running
from fondaco.domain.errors import ConfigurationError, StorageBusy, StorageCorrupt, StorageError
from tests.scenario.demo_erp import Reply, StillClock, asking, options, own_process


@pytest.fixture
def clock() -> StillClock:
    return StillClock()


async def test_nothing_acknowledged_is_lost_or_doubled_when_the_process_is_killed(tmp_path: Path) -> None:
    keys = [f"key-{number}" for number in range(400)]
    async with own_process(tmp_path) as (process, address), asking(address) as merchant:
        under_way = [asyncio.create_task(merchant.send_invoice(key)) for key in keys]
        await asyncio.wait(under_way, return_when=asyncio.FIRST_COMPLETED)
        process.kill()
        before = dict(zip(keys, await asyncio.gather(*under_way, return_exceptions=True), strict=True))

    async with own_process(tmp_path) as (_, address), asking(address) as merchant:
        replies = await asyncio.gather(*(merchant.send_invoice(key) for key in keys))
        counts = await merchant.effect_counts()

    after = dict(zip(keys, replies, strict=True))
    acknowledged = {key: reply for key, reply in before.items() if isinstance(reply, Reply)}
    assert 0 < len(acknowledged) < len(keys)
    assert {key: after[key].body for key in acknowledged} == {
        key: reply.body for key, reply in acknowledged.items()
    }
    assert all(after[key].headers.get("Idempotent-Replayed") == "true" for key in acknowledged)
    assert counts == dict.fromkeys(keys, 1)


async def test_it_stops_cleanly_when_asked_with_a_connection_still_open(tmp_path: Path) -> None:
    async with own_process(tmp_path) as (process, address), asking(address) as merchant:
        await merchant.ask("GET", "/health")

        process.send_signal(signal.SIGTERM)

        assert await process.wait() == 0


async def test_a_port_in_use_is_named(tmp_path: Path, clock: StillClock) -> None:
    async with running(options(tmp_path / "first"), clock) as address:
        port = int(address.rpartition(":")[2])

        with pytest.raises(ConfigurationError, match=f"port {port} .*name another --port"):
            async with running(options(tmp_path / "second", port=port), clock):
                pass


async def test_a_second_one_on_the_same_file_is_refused(tmp_path: Path, clock: StillClock) -> None:
    async with running(options(tmp_path), clock):
        with pytest.raises(StorageBusy, match="held by another process"):
            async with running(options(tmp_path), clock):
                pass


async def test_a_file_that_is_no_database_is_left_alone(tmp_path: Path, clock: StillClock) -> None:
    (tmp_path / "erp.sqlite3").write_bytes(b"not a database at all, " * 50)

    with pytest.raises(StorageCorrupt, match="delete it"):
        async with running(options(tmp_path), clock):
            pass

    assert (tmp_path / "erp.sqlite3").read_bytes() == b"not a database at all, " * 50


async def test_a_place_that_cannot_be_written_is_named(tmp_path: Path, clock: StillClock) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(StorageError, match="name another file"):
        async with running(options(tmp_path / "file"), clock):
            pass

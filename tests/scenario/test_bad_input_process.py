"""The process itself: stopped under load, killed half way, started twice; nothing acknowledged is lost."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sqlite3
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
import pytest

from fondaco.commands.place import Place, open_office
from fondaco.kit.clock import SystemClock
from fondaco.preparing import prepare
from tests.scenario.whole_server import API, furnish

CONFIG = """
[server]
port = 0
[storage]
url = "sqlite:///{folder}/fondaco.db"
[inbox]
burst_ms = 0
[telemetry]
log_level = "error"
"""
LONGEST_STOP_SECONDS = 20  # four are promised; a machine under load takes its time to end a process
START_SECONDS = 45
LARGE_ARTICLES = 600


def command(folder: Path, *words: str) -> list[str]:
    return [sys.executable, "-m", "fondaco", *words, "--config", str(folder / "fondaco.toml")]


async def start(folder: Path, *words: str) -> asyncio.subprocess.Process:
    """Start a command in a process of its own."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith("FONDACO_")}
    return await asyncio.create_subprocess_exec(
        *command(folder, *words), stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE, env=environ
    )


async def ran(folder: Path, *words: str) -> tuple[int | None, str, str]:
    """Run a command to its end and return its exit code, output and errors."""
    process = await start(folder, *words)
    out, err = await process.communicate()
    return process.returncode, out.decode(), err.decode()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "fondaco.toml").write_text(CONFIG.format(folder=tmp_path))
    return tmp_path


@asynccontextmanager
async def serving(folder: Path) -> AsyncIterator[tuple[asyncio.subprocess.Process, str]]:
    """Serve in a process of its own; it is killed at the end if it still runs."""
    process = await start(folder, "serve")
    assert process.stdout is not None
    try:
        async with asyncio.timeout(START_SECONDS):
            line = (await process.stdout.readline()).decode()
        yield process, line.split()[-1]
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


@dataclass(slots=True)
class Crowd:
    """Programs that write as fast as they are answered, and what was acknowledged to them."""

    url: str
    key: str
    acknowledged: set[str] = field(default_factory=set)
    listens: asyncio.Event = field(default_factory=asyncio.Event)
    enough: asyncio.Event = field(default_factory=asyncio.Event)

    async def write(self, http: aiohttp.ClientSession, name: str) -> None:
        """Write until the server is gone."""
        said = {"Authorization": f"Bearer {self.key}"}
        try:
            path = await self._open(http, name) + "/messages"
            while True:
                async with http.post(path, json={"text": "Where is it?"}, headers=said) as answer:
                    if answer.status == 202:
                        self.acknowledged.add((await answer.json())["message_id"])
                if len(self.acknowledged) >= 100:
                    self.enough.set()
        except aiohttp.ClientError:
            return

    async def listen(self, http: aiohttp.ClientSession, name: str) -> bytes:
        """Listen to a conversation's stream until it ends, and return what came."""
        said = {"Authorization": f"Bearer {self.key}"}
        path = await self._open(http, name) + "/events/stream"
        async with http.get(path, headers=said) as stream:
            self.listens.set()
            return await stream.read()

    async def _open(self, http: aiohttp.ClientSession, name: str) -> str:
        said = {"Authorization": f"Bearer {self.key}"}
        opening = {"connection_id": API, "contact": {"external_id": name}, "external_id": name}
        async with http.post(f"{self.url}/v1/conversations", json=opening, headers=said) as opened:
            return f"{self.url}/v1/conversations/{(await opened.json())['id']}"


async def prepared(folder: Path) -> str:
    """Make the database, a connection and a key, and return the key."""
    async with open_office(Place(config=folder / "fondaco.toml")) as office:
        await prepare(office.registry, office.settings, office.clock, office.ids)
        return await furnish(office.registry, office.workspace_id)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_signal_under_load_ends_the_process_cleanly_and_loses_nothing(
    folder: Path, number: signal.Signals
) -> None:
    key = await prepared(folder)
    async with serving(folder) as (process, url), aiohttp.ClientSession() as http:
        crowd = Crowd(url, key)
        writing = [asyncio.create_task(crowd.write(http, f"c{number}")) for number in range(8)]
        listening = asyncio.create_task(crowd.listen(http, "listener"))
        async with asyncio.timeout(START_SECONDS):
            await crowd.enough.wait()
            await crowd.listens.wait()

        process.send_signal(number)
        async with asyncio.timeout(LONGEST_STOP_SECONDS):
            await process.wait()
        await asyncio.gather(*writing)
        heard = await listening
        assert process.stderr is not None
        errors = (await process.stderr.read()).decode()

    assert (process.returncode, errors) == (0, "")
    assert heard.startswith(b"retry: ")
    assert crowd.acknowledged <= stored_messages(folder)


def stored_messages(folder: Path) -> set[str]:
    with closing(sqlite3.connect(folder / "fondaco.db")) as reading:
        rows = reading.execute("select body from event where type = 'MessageReceived'").fetchall()
        (sound,) = reading.execute("pragma integrity_check").fetchone()
    assert sound == "ok"
    return {json.loads(body)["message_id"] for (body,) in rows}


async def test_a_second_server_on_one_database_is_refused_and_the_first_goes_on(folder: Path) -> None:
    async with serving(folder) as (process, url), aiohttp.ClientSession() as http:
        code, out, err = await ran(folder, "serve")
        async with http.get(f"{url}/v1/health") as answer:
            status = answer.status

    assert (code, out, status) == (3, "", 200)
    assert f"Process {process.pid} already works on the database" in err
    assert "stop that process, or name another database" in err
    assert err.count("\n") == 1


async def test_an_import_that_is_killed_stores_all_or_nothing_and_can_be_repeated(folder: Path) -> None:
    write_articles(folder / "large.jsonl")
    await prepared(folder)
    process = await start(folder, "import", str(folder / "large.jsonl"))
    await growing(folder / "fondaco.db-wal", process)

    process.kill()
    await process.communicate()
    left = stored_articles(folder)
    code, out, err = await ran(folder, "import", str(folder / "large.jsonl"))

    assert process.returncode == -signal.SIGKILL
    assert left in {0, LARGE_ARTICLES}  # it may have been done just before
    assert (code, err) == (0, "")
    assert out.startswith(f"{LARGE_ARTICLES - left} created, 0 updated, {left} unchanged.\n")
    assert stored_articles(folder) == LARGE_ARTICLES


async def growing(file: Path, process: asyncio.subprocess.Process) -> None:
    """Wait until a transaction that is not committed has begun to be written."""
    async with asyncio.timeout(START_SECONDS):
        while size_of(file) < 200_000:
            assert process.returncode is None
            await SystemClock().sleep(0.001)


def size_of(file: Path) -> int:
    return file.stat().st_size if file.exists() else 0


def write_articles(file: Path) -> None:
    lines = (
        {"title": f"What is thing {number}?", "answer": f"Thing {number} is thing {number}. " * 60}
        for number in range(LARGE_ARTICLES)
    )
    file.write_text("\n".join(json.dumps(line) for line in lines))


def stored_articles(folder: Path) -> int:
    with closing(sqlite3.connect(folder / "fondaco.db")) as reading:
        (sound,) = reading.execute("pragma integrity_check").fetchone()
        (count,) = reading.execute("select count(*) from article").fetchone()
    assert sound == "ok"
    return int(count)

"""``fondaco serve`` and ``fondaco chat`` as they are started by hand."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from fondaco.kit.http import HttpClient
from tests.scenario.cli_desk import CliDesk

START_SECONDS = 40  # on a machine that is busy with the other half of the suite


@asynccontextmanager
async def serving(folder: Path, *arguments: str) -> AsyncIterator[tuple[str, asyncio.subprocess.Process]]:
    """Start a server on a free port and yield the address that it announces."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "fondaco", "serve", "--port", "0", *arguments,
        cwd=folder, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
        env={**os.environ, "FONDACO_KNOWLEDGE__EMBEDDINGS": "false"},
    )  # fmt: skip
    assert process.stdout is not None
    try:
        async with asyncio.timeout(START_SECONDS):
            announced = (await process.stdout.readline()).decode()
        yield announced.split()[-1], process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def test_the_demo_is_served_until_it_is_told_to_stop(tmp_path: Path) -> None:
    async with serving(tmp_path, "--demo") as (address, process), HttpClient() as client:
        page = await client.request("GET", f"{address}/")
        health = await client.request("GET", f"{address}/v1/health")
        process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(START_SECONDS):
            ended = await process.wait()

    assert (page.status, health.status, ended) == (200, 200, 0)
    assert b'data-connection="widget-demo"' in page.body
    assert sorted(file.name for file in (tmp_path / "var" / "demo").glob("*.db")) == ["fondaco-demo.db"]


async def test_a_second_demo_on_the_same_data_names_who_holds_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    async with serving(tmp_path, "--demo") as (_, process):
        ran = await asyncio.to_thread(CliDesk(capsys).run, "chat", "--demo", "--message", "Hello")

    assert ran.code == 3
    assert f"Process {process.pid} already works on the database" in ran.err


async def test_a_server_of_your_own_leads_to_the_console(tmp_path: Path) -> None:
    async with serving(tmp_path) as (address, _), HttpClient() as client:
        home = await client.request("GET", f"{address}/")

    assert (home.status, home.headers["location"]) == (303, "/console")


def test_the_terminal_gets_the_answer_with_its_proof(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("FONDACO_KNOWLEDGE__EMBEDDINGS", "false")
    desk = CliDesk(capsys)

    asked, proven = desk.lines(
        ["chat", "--demo", "--json", "--message", "Wo ist meine Bestellung RI-10482?", "--message", "10115"]
    )

    assert "Postleitzahl" in asked
    assert '"reference":"call_' in proven
    assert "RI-10482" in proven

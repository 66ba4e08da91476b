"""The stage: llama.cpp with the model, and a whole server of the demo shop that asks nobody else."""

from __future__ import annotations

import asyncio
import json
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from fondaco.domain.errors import FondacoError
from fondaco.kit.clock import Clock
from fondaco.kit.http import HttpClient
from fondaco.lab.invent.llama import CONTEXT_TOKENS, MODEL, weights
from fondaco.lab.invent.plan import Plan
from fondaco.lab.providers.playing import Server

_LLAMA_SECONDS = 60.0


@asynccontextmanager
async def serving_model(plan: Plan) -> AsyncIterator[str]:
    """Serve the model in a process of its own and yield its address.

    Raises ConfigurationError where it is not installed, FondacoError where it does not start.
    """
    weights()
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "fondaco.lab.invent.llama",
        str(plan.seed),
        str(plan.threads),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        yield await _address(process)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def _address(process: asyncio.subprocess.Process) -> str:
    if process.stdout is None:
        raise FondacoError("llama.cpp has no output.")
    try:
        async with asyncio.timeout(_LLAMA_SECONDS):
            line = (await process.stdout.readline()).decode().strip()
    except TimeoutError as error:
        raise FondacoError(f"llama.cpp did not start within {_LLAMA_SECONDS:.0f} s.") from error
    if not line.startswith("http://"):
        raise FondacoError(f"llama.cpp did not start: {line!r}")
    return line


class DemoServer(Server):
    """``fondaco serve --demo`` in a folder of its own."""

    async def start(self) -> None:
        data = str(self._config.parent)
        arguments = ("-m", "fondaco", "serve", "--demo", "--data", data, "--config", str(self._config))
        with self._log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                *arguments,
                "--port",
                str(self.port),
                env=self._environ,
                stdout=log,
                stderr=log,
            )


@asynccontextmanager
async def serving_shop(
    plan: Plan, folder: Path, model_url: str, client: HttpClient, clock: Clock
) -> AsyncIterator[DemoServer]:
    """Serve the demo shop until the block is left, and stop it in good order.  Raises FondacoError."""
    path = folder / "invent.toml"
    path.write_text(_config(plan, folder, model_url), encoding="utf-8")
    server = DemoServer(path, _free_port(), {}, client, clock)
    await server.start()
    try:
        await server.ready()
        yield server
        await server.stop()
    finally:
        await server.kill()


def database_url(folder: Path) -> str:
    """Return where the shop's conversations are."""
    return f"sqlite:///{folder / 'invent.db'}"


def _config(plan: Plan, folder: Path, model_url: str) -> str:
    patience_ms = round(1000 * plan.answer_seconds)
    return f"""
[storage]
url = {json.dumps(database_url(folder))}
[inbox]
burst_ms = 0
[knowledge]
embeddings = false
[limits]
visitor = {{ per_minute = 1000000, burst = 100000 }}
address = {{ per_minute = 1000000, burst = 100000 }}
new_conversation = {{ per_minute = 1000000, burst = 100000 }}
[llm.deadlines]
first_token_seconds = {plan.first_token_seconds}
answer_seconds = {plan.answer_seconds}
characters_a_second = 0.0
[llm.breaker]
slow_first_token_ms = {patience_ms}
[llm.chains]
cheap = ["liar"]
[[llm.providers]]
name = "here"
base_url = "{model_url}/v1"
event_seconds = {plan.first_token_seconds}
[[llm.models]]
name = "liar"
provider = "here"
model = "{MODEL}"
price = "free"
context_tokens = {CONTEXT_TOKENS * 2}
max_output_tokens = {plan.max_output_tokens}
"""


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        port: int = found.getsockname()[1]
        return port

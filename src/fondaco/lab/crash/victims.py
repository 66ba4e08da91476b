"""The server processes that are killed."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Mapping
from pathlib import Path

from fondaco.domain.errors import FondacoError
from fondaco.kit.clock import Clock
from fondaco.kit.http import HttpClient, HttpFault

_START_SECONDS = 60.0


class Victim:
    """One ``fondaco serve`` on its own port, started, killed and started again."""

    def __init__(
        self, config: Path, port: int, environ: Mapping[str, str], client: HttpClient, clock: Clock
    ) -> None:
        self._config = config
        self._environ = {**os.environ, **environ}
        self._client = client
        self._clock = clock
        self._process: asyncio.subprocess.Process | None = None
        self._log = config.with_name(f"server-{port}.log")
        self.port = port
        self.url = f"http://127.0.0.1:{port}"

    @property
    def alive(self) -> bool:
        """Whether the process runs."""
        return self._process is not None and self._process.returncode is None

    async def start(self) -> None:
        """Start the process; it may not answer yet when this returns."""
        arguments = ("-m", "fondaco", "serve", "--config", str(self._config), "--port", str(self.port))
        with self._log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable, *arguments, env=self._environ, stdout=log, stderr=log
            )

    async def ready(self) -> float:
        """Wait until it answers; return after how many milliseconds.  Raises FondacoError."""
        begun = self._clock.monotonic_ms()
        while self._clock.monotonic_ms() - begun < _START_SECONDS * 1000:
            if not self.alive:
                break
            try:
                if (await self._client.request("GET", f"{self.url}/v1/health")).status == 200:
                    return self._clock.monotonic_ms() - begun
            except HttpFault:
                await self._clock.sleep(0.02)
        raise FondacoError(
            f"The server on port {self.port} did not come up; its last lines:\n{self._last_lines()}"
        )

    def _last_lines(self) -> str:
        text = self._log.read_text("utf-8", "replace") if self._log.exists() else ""
        return "\n".join(text.splitlines()[-15:])

    async def kill(self) -> None:
        """Kill the process where it stands."""
        if self._process is not None and self._process.returncode is None:
            self._process.send_signal(signal.SIGKILL)
            await self._process.wait()

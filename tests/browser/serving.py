"""The demo shop in a process of its own, and a shop's own site that embeds its widget."""

from __future__ import annotations

import io
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, redirect_stdout
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
import structlog

from fondaco.cli import run
from fondaco.demo.settings import DATABASE_NAME
from fondaco.kit.clock import SystemClock

HERE = Path(__file__).parent
SHOP_WIDGET = "widget-shop"
SHOP_SECRET = "the shop signs who is signed in with this"
_START_SECONDS = 45.0


class Server:
    """``fondaco serve --demo`` on its own folder and port."""

    def __init__(self, data: Path, config: Path = HERE / "fondaco.toml") -> None:
        self._data = data
        self._config = config
        self._log = data / "serve.log"
        self._port = free_port()
        self._process: subprocess.Popen[bytes] | None = None
        self.address = f"http://127.0.0.1:{self._port}"

    def start(self) -> None:
        """Serve, and return once a browser would be answered."""
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "fondaco", *self._words("serve", "--port", str(self._port))],
                stdout=log,
                stderr=log,
                env=_environment(),
            )
        self._wait()

    def stop(self) -> None:
        """Stop as an operator does."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(timeout=20)
            self._process = None

    @property
    def database(self) -> Path:
        """The file that the server keeps everything in."""
        return self._data / DATABASE_NAME

    def ask(self, *words: str) -> str:
        """Run a command beside the server and return what it prints."""
        printed = io.StringIO()
        # In this process, as it starts at once; in a thread, as Playwright's loop runs in this one.
        with (
            ThreadPoolExecutor(1) as beside,
            pytest.MonkeyPatch.context() as patched,
            redirect_stdout(printed),
        ):
            for name in os.environ.keys() - _environment().keys():
                patched.delenv(name)
            code = beside.submit(run, self._words(*words)).result()
        structlog.reset_defaults()
        assert code == 0, printed.getvalue()
        return printed.getvalue()

    def sign_in_link(self) -> str:
        """Return the path of a fresh sign-in link."""
        printed = self.ask("teammates", "link", "mira@rialto.example")
        found = next(word for word in printed.split() if "link=" in word)
        return "/console/sign-in" + found[found.index("?") :]

    def _words(self, *words: str) -> list[str]:
        count = 2 if words[0] in {"teammates", "connections"} else 1
        place = ["--demo", "--data", str(self._data), "--config", str(self._config)]
        return [*words[:count], *place, *words[count:]]

    def _wait(self) -> None:
        clock, process = SystemClock(), self._process
        latest = clock.monotonic_ms() + _START_SECONDS * 1000
        while process is not None and process.poll() is None and clock.monotonic_ms() < latest:
            with socket.socket() as trying:
                if trying.connect_ex(("127.0.0.1", self._port)) == 0:
                    return
            time.sleep(0.1)  # noqa: TID251 -- another process is waited for
        raise AssertionError(f"The server did not start:\n{self._log.read_text()[-2000:]}")


def _environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("FONDACO_")}


def free_port() -> int:
    """Return a port that nothing listens on at this moment."""
    with socket.create_server(("127.0.0.1", 0)) as found:
        port: int = found.getsockname()[1]
        return port


class ShopSite:
    """A shop's own pages on an origin of their own; what they say is set by each test."""

    def __init__(self, port: int) -> None:
        self.address = f"http://127.0.0.1:{port}"
        self.pages: dict[str, tuple[str, str, dict[str, str]]] = {}

    def show(self, path: str, body: str, kind: str = "text/html", **headers: str) -> str:
        """Put a page there and return its address; ``content_security_policy=…`` becomes a header."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.pages[path] = (body, kind, named)
        return self.address + path


@contextmanager
def shop_site() -> Iterator[ShopSite]:
    """Serve a shop's site for as long as the block runs."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body, kind, headers = site.pages.get(self.path.split("?")[0], ("", "text/plain", {}))
            self.send_response(200)
            self.send_header("Content-Type", f"{kind}; charset=utf-8")
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- the name is given
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    site = ShopSite(server.server_address[1])
    serving = Thread(target=server.serve_forever, daemon=True)
    serving.start()
    try:
        yield site
    finally:
        server.shutdown()
        serving.join()
        server.server_close()

"""A model provider on this machine that speaks three protocols and fails on request."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Self

from fondaco.domain.errors import ConfigurationError
from fondaco.kit.clock import Clock, SystemClock
from fondaco.testing.provider.addresses import DeadEnds
from fondaco.testing.provider.certificates import TlsKind, listening_context
from fondaco.testing.provider.connection import Connection
from fondaco.testing.provider.control import PREFIX, Control, said
from fondaco.testing.provider.faults import Plan
from fondaco.testing.provider.journal import Journal
from fondaco.testing.provider.presets import SimulatorOptions
from fondaco.testing.provider.provider import Performance, Provider
from fondaco.testing.provider.script import Script, WireName, clerk
from fondaco.testing.provider.wire.dialect import Received

_BACKLOG = 4_096
_NO_FAULTS, _NO_OPTIONS = Plan(), SimulatorOptions()


class ProviderSimulator:
    """Serves OpenAI chat completions, Anthropic Messages and Gemini generateContent while the block runs.

    What is charged follows one rule.  A streamed answer costs its input from the first event on that says
    anything, and each output token when its event is written.  A plain answer costs all of it, even if
    nobody waits for it any more or the connection breaks.  A refusal or an error costs nothing.
    How tokens are counted stands in ``fondaco.testing.provider.tokens``.
    """

    def __init__(
        self,
        script: Script = clerk,
        *,
        plan: Plan = _NO_FAULTS,
        seed: int = 7,
        options: SimulatorOptions = _NO_OPTIONS,
        clock: Clock | None = None,
        host: str = "127.0.0.1",
        port: int = 0,
    ) -> None:
        self.connections: set[Connection] = set()
        self._clock = clock or SystemClock()
        self._provider = Provider(script, plan, seed, options, self._clock)
        self._control = Control(self._provider)
        self._place = (host, port)
        self._servers: list[asyncio.Server] = []
        self._dead_ends = DeadEnds()
        self._address = ""

    async def __aenter__(self) -> Self:
        """Raises ConfigurationError if the port is taken."""
        host, port = self._place
        loop = asyncio.get_running_loop()
        try:
            server = await loop.create_server(lambda: Connection(self), host, port, backlog=_BACKLOG)
        except OSError as error:
            raise ConfigurationError(
                f"The provider simulator cannot listen on {host} port {port} ({error.strerror}); "
                "name another --port, or 0 for a free one."
            ) from error
        self._servers.append(server)
        self._address = _url("http", server)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for server in self._servers:
            server.close()
        for connection in list(self.connections):
            connection.close()
        for server in self._servers:
            await server.wait_closed()
        self._dead_ends.close()

    @property
    def address(self) -> str:
        """Such as ``http://127.0.0.1:8123``."""
        return self._address

    def base_url(self, wire: WireName | str, address: str = "") -> str:
        """Return where a client of this protocol is pointed to; ``address`` may be one of the TLS ones."""
        return (address or self._address) + ("/v1" if wire == WireName.OPENAI else "")

    @property
    def journal(self) -> Journal:
        """What was done, and what it costs."""
        return self._provider.journal

    @property
    def bodies(self) -> list[Received]:
        """The latest requests as they came, as many as the options keep."""
        return list(self._provider.bodies)

    def follow(self, plan: Plan) -> None:
        """Follow another plan from now on."""
        self._provider.follow(plan)

    def reset(self) -> None:
        """Forget everything that happened; the plan is again the one of the beginning."""
        self._provider.reset()

    def dead_address(self) -> str:
        """Return an address at which connections are refused."""
        return self._dead_ends.refused()

    def unanswered_address(self) -> str:
        """Return an address at which connections are never accepted."""
        return self._dead_ends.unanswered()

    def unresolvable_address(self) -> str:
        """Return an address whose name nobody knows."""
        return "http://provider.invalid"  # RFC 6761: never resolves

    async def tls_address(self, kind: TlsKind, authority: Path | None = None) -> str:
        """Listen with such a certificate too, and return the address.

        ``authority`` is where the certificate of its authority is written, for clients that shall trust it.
        Raises ConfigurationError if the package ``cryptography`` is missing.
        """
        with tempfile.TemporaryDirectory() as folder:
            context = listening_context(kind, Path(folder), authority, self._clock.now_ms())
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: Connection(self), self._place[0], 0, ssl=context)
        self._servers.append(server)
        return _url("https", server)

    def receive(self, method: str, received: Received) -> Performance | bytes:
        """Return what happens in answer to a request; connections ask this."""
        if received.path.startswith(PREFIX):
            return self._control.answer(method, received)
        wire = self._provider.wire_of(received.path)
        if method == "POST" and wire:
            return self._provider.receive(received, wire)
        if method == "GET" and received.path.endswith("/models"):
            models = [
                {"id": name, "object": "model", "created": 0, "owned_by": "simulator"}
                for name in self._models
            ]
            return said(200, {"object": "list", "data": models})
        message = f"There is no {method} {received.path}."
        return said(
            404, {"error": {"message": message, "type": "invalid_request_error", "code": "unknown_url"}}
        )

    def end(self, performance: Performance) -> None:
        """Settle a request that is over; connections call this."""
        self._provider.end(performance)

    def now_ms(self) -> float:
        """Return the clock that durations are measured by."""
        return self._clock.monotonic_ms()

    @property
    def _models(self) -> tuple[str, ...]:
        return self._provider.options.models


def _url(scheme: str, server: asyncio.Server) -> str:
    host, port = server.sockets[0].getsockname()[:2]
    return f"{scheme}://[{host}]:{port}" if ":" in host else f"{scheme}://{host}:{port}"

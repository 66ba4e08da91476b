"""What can be seen of a request from outside: log, metrics and spans; never what was written in it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import structlog
from opentelemetry import trace
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import generate_latest
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from fondaco.domain.errors import FondacoError
from fondaco.kit.clock import Clock
from fondaco.kit.spans import span_of
from fondaco.server.streams import Streams

_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)


@dataclass(slots=True)
class Observed:
    """What became known about one request while it was served."""

    operation: str = "unknown"
    principal: str = ""
    conversation_id: str = ""
    status: int = 0  #: 0 while nothing was answered
    answered_ms: float = 0.0  #: from the request to the first byte of the answer
    error: FondacoError | None = None

    def note(self, principal: str, conversation_id: str) -> None:
        """Take down who was let in, and about which conversation."""
        self.principal = principal
        self.conversation_id = conversation_id


def observed_in(scope: Scope) -> Observed:
    """Return what is known of the request in this scope."""
    observed: Observed = scope.setdefault("fondaco.observed", Observed())
    return observed


class Meters:
    """The server's own metrics, in the registry that was handed in."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._requests = Counter(
            "fondaco_http_requests",
            "Requests by operation and status.",
            ["operation", "status"],
            registry=registry,
        )
        self._seconds = Histogram(
            "fondaco_http_request_seconds",
            "Time from a request to the first byte of its answer.",
            ["operation"],
            buckets=_SECONDS,
            registry=registry,
        )
        self._known: dict[tuple[str, int], tuple[Counter, Histogram]] = {}

    def watch_streams(self, registry: CollectorRegistry, streams: Streams) -> None:
        """Show how many event streams are open."""
        gauge = Gauge("fondaco_http_streams", "Event streams that are open.", registry=registry)
        gauge.set_function(lambda: len(streams))

    def count(self, observed: Observed) -> None:
        """Count one request."""
        named = (observed.operation, observed.status)
        known = self._known.get(named)
        if known is None:  # looking the two up by their labels costs more than counting
            known = self._requests.labels(named[0], str(named[1])), self._seconds.labels(named[0])
            self._known[named] = known
        known[0].inc()
        known[1].observe(observed.answered_ms / 1000)


class Telemetry:
    """ASGI middleware: one span, one line in the log and one count a request."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        log: structlog.typing.FilteringBoundLogger,
        meters: Meters,
        clock: Clock,
        tracer: trace.Tracer | None = None,
    ) -> None:
        self._app = app
        self._log = log.bind(part="server")  # bound once, since binding costs as much as a line
        self._meters = meters
        self._clock = clock
        self._tracer = tracer or trace.get_tracer("fondaco.server")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        observed, begun = Observed(), self._clock.monotonic_ms()
        scope["fondaco.observed"] = observed

        async def observe(message: Message) -> None:
            if message["type"] == "http.response.start":
                observed.status = message["status"]
                observed.answered_ms = self._clock.monotonic_ms() - begun
            await send(message)

        with span_of(self._tracer, "http.request") as span:
            failed = True
            try:
                await self._app(scope, receive, observe)
                failed = observed.status >= 500
            finally:
                self._finish(scope["method"], observed, span, failed=failed)

    def _finish(self, method: str, observed: Observed, span: trace.Span, *, failed: bool) -> None:
        self._meters.count(observed)
        if span.is_recording():
            _describe(span, method, observed, failed=failed)
        write = self._log.error if failed else self._log.info
        write(
            "request",
            operation=observed.operation,
            method=method,
            status=observed.status,
            answered_ms=round(observed.answered_ms, 3),
            conversation_id=observed.conversation_id,
            by=observed.principal,
            error=type(observed.error).__name__ if observed.error else "",
            reason=str(observed.error) if observed.error and failed else "",
        )


def _describe(span: trace.Span, method: str, observed: Observed, *, failed: bool) -> None:
    span.update_name(observed.operation)
    span.set_attribute("http.request.method", method)
    span.set_attribute("http.response.status_code", observed.status)
    span.set_attribute("fondaco.conversation_id", observed.conversation_id)
    if failed:
        span.set_status(trace.StatusCode.ERROR)


class _Figures:
    """The storage's gauges at the moment somebody looks."""

    def __init__(self, figures: dict[str, float]) -> None:
        self._figures = figures

    def collect(self) -> Iterator[GaugeMetricFamily]:
        for name, value in sorted(self._figures.items()):
            yield GaugeMetricFamily(f"fondaco_{name}", "A figure of the database.", value=value)


def metrics_page(registry: CollectorRegistry, figures: dict[str, float]) -> bytes:
    """Return everything that is measured in Prometheus' text format."""
    moment = CollectorRegistry(auto_describe=False)
    moment.register(_Figures(figures))
    return generate_latest(registry) + generate_latest(moment)

from __future__ import annotations

from typing import Any

import pytest
import structlog
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import generate_latest
from starlette.types import ASGIApp, Receive, Scope, Send

from fondaco.domain.errors import StorageBusy
from fondaco.server.answer import Answer
from fondaco.server.telemetry import Meters, Telemetry, metrics_page, observed_in
from fondaco.testing.clock import FakeClock


class Seen:
    """A telemetry around an application, and everything that it tells."""

    def __init__(self, app: ASGIApp) -> None:
        self.clock, self.registry = FakeClock(), CollectorRegistry()
        self.spans, self.lines = InMemorySpanExporter(), list[dict[str, Any]]()
        provider = TracerProvider()
        provider.add_span_processor(SimpleSpanProcessor(self.spans))
        self.app = Telemetry(
            app,
            log=structlog.wrap_logger(
                structlog.PrintLogger(),
                processors=[self._keep],
                wrapper_class=structlog.make_filtering_bound_logger(0),
            ),
            meters=Meters(self.registry),
            clock=self.clock,
            tracer=provider.get_tracer("test"),
        )

    def _keep(self, _: object, level: str, line: Any) -> Any:
        self.lines.append({"level": level, **line})
        raise structlog.DropEvent

    async def ask(self) -> None:
        async def receive() -> dict[str, Any]:
            return {"type": "http.disconnect"}

        async def send(message: Any) -> None:
            assert message["type"].startswith("http.response")

        await self.app({"type": "http", "method": "GET", "path": "/x", "headers": []}, receive, send)


def answering(status: int, error: StorageBusy | None = None) -> ASGIApp:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        observed = observed_in(scope)
        observed.operation, observed.error = "list_things", error
        observed.note("key_1", "cnv_1")
        await Answer(status=status)(scope, receive, send)

    return app


async def broken(scope: Scope, receive: Receive, send: Send) -> None:
    raise RuntimeError("torn")


async def test_a_request_is_one_line_one_count_and_one_span() -> None:
    seen = Seen(answering(200))

    await seen.ask()

    line, (span,) = seen.lines[0], seen.spans.get_finished_spans()
    assert (line["operation"], line["by"], line["conversation_id"]) == ("list_things", "key_1", "cnv_1")
    assert (span.name, span.status.status_code) == ("list_things", trace.StatusCode.UNSET)
    assert dict(span.attributes or {})["fondaco.conversation_id"] == "cnv_1"
    counted = 'fondaco_http_requests_total{operation="list_things",status="200"} 1.0'
    assert counted in generate_latest(seen.registry).decode()


async def test_a_mistake_of_ours_is_told_with_its_reason() -> None:
    seen = Seen(answering(503, StorageBusy("pid 7 holds the file")))

    await seen.ask()

    assert (seen.lines[0]["level"], seen.lines[0]["error"]) == ("error", "StorageBusy")
    assert seen.lines[0]["reason"] == "pid 7 holds the file"
    assert seen.spans.get_finished_spans()[0].status.status_code is trace.StatusCode.ERROR


async def test_an_error_that_nobody_expected_is_counted_and_goes_on() -> None:
    seen = Seen(broken)

    with pytest.raises(RuntimeError, match="torn"):
        await seen.ask()

    assert (seen.lines[0]["level"], seen.lines[0]["status"]) == ("error", 0)


def test_the_page_of_metrics_holds_the_figures_of_the_moment() -> None:
    page = metrics_page(CollectorRegistry(), {"open_handoffs": 3, "due_lanes": 0}).decode()

    assert "fondaco_open_handoffs 3.0" in page
    assert "fondaco_due_lanes 0.0" in page

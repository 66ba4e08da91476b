"""Where traces arrive: OTLP over HTTP on this machine, decoded; also the shop's own end of a channel."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsServiceRequest,
    ExportMetricsServiceResponse,
)
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue
from opentelemetry.proto.metrics.v1.metrics_pb2 import Metric
from opentelemetry.proto.trace.v1.trace_pb2 import Span
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from fondaco.lab.providers.shop_end import ShopWithShelf

Attribute = str | bool | int | float | tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A span as it arrived."""

    service: str
    name: str
    kind: int
    trace: bytes
    id: bytes
    parent: bytes  #: empty for one that begins its trace
    attributes: dict[str, Attribute]
    events: tuple[tuple[str, dict[str, Attribute]], ...]
    failed: str | None  #: what the status says of an error; None without one


class Telescope(ShopWithShelf):
    """Keeps every span and every metric, and the bytes in which they came."""

    spans: list[Seen]
    metrics: dict[str, Metric]  #: by name, as they stood last
    raw: bytes = b""

    async def look(self, request: Request) -> Response:
        """Take spans in as a collector does."""
        body = await request.body()
        self.raw += body
        told = ExportTraceServiceRequest.FromString(body)
        self.spans += [
            _seen(attributes_of(resource.resource.attributes), span)
            for resource in told.resource_spans
            for scope in resource.scope_spans
            for span in scope.spans
        ]
        answer = ExportTraceServiceResponse().SerializeToString()
        return Response(answer, media_type="application/x-protobuf")

    async def measure(self, request: Request) -> Response:
        """Take metrics in as a collector does."""
        body = await request.body()
        self.raw += body
        told = ExportMetricsServiceRequest.FromString(body)
        self.metrics |= {
            metric.name: metric
            for resource in told.resource_metrics
            for scope in resource.scope_metrics
            for metric in scope.metrics
        }
        answer = ExportMetricsServiceResponse().SerializeToString()
        return Response(answer, media_type="application/x-protobuf")

    def app(self) -> Starlette:
        """Return the application; spans go to ``/v1/traces``, metrics to ``/v1/metrics``."""
        self.spans, self.metrics = [], {}
        made = super().app()
        made.router.routes += [
            Route("/v1/traces", self.look, methods=["POST"]),
            Route("/v1/metrics", self.measure, methods=["POST"]),
        ]
        return made

    def named(self, name: str) -> Seen:
        """Return the only span of this name."""
        [found] = [span for span in self.spans if span.name == name]
        return found

    def in_trace_of(self, span: Seen) -> dict[str, Seen]:
        """Return every span of a trace by its name."""
        return {one.name: one for one in self.spans if one.trace == span.trace}


def _seen(resource: dict[str, Attribute], span: Span) -> Seen:
    return Seen(
        service=str(resource["service.name"]),
        name=span.name,
        kind=span.kind,
        trace=span.trace_id,
        id=span.span_id,
        parent=span.parent_span_id,
        attributes=attributes_of(span.attributes),
        events=tuple((event.name, attributes_of(event.attributes)) for event in span.events),
        failed=span.status.message if span.status.code == span.status.STATUS_CODE_ERROR else None,
    )


def attributes_of(pairs: Iterable[KeyValue]) -> dict[str, Attribute]:
    return {pair.key: _value(pair.value) for pair in pairs}


def _value(value: AnyValue) -> Attribute:
    if value.HasField("array_value"):
        return tuple(one.string_value for one in value.array_value.values)
    plain: str | bool | int | float = getattr(value, value.WhichOneof("value") or "string_value")
    return plain

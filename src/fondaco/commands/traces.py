"""Where traces go; imported only where they go anywhere, since it needs the extra ``otel``."""

from __future__ import annotations

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.id_generator import RandomIdGenerator

from fondaco.config import TelemetrySettings
from fondaco.kit.spans import trace_id_wanted


class _Ids(RandomIdGenerator):
    """Random ids, but what is about one turn is one trace, its delivery by another process included."""

    def generate_trace_id(self) -> int:
        return trace_id_wanted() or super().generate_trace_id()


def provider_of(telemetry: TelemetrySettings) -> TracerProvider:
    """Return what sends spans to the endpoint, in bundles and beside the work, and the rest at the end."""
    provider = TracerProvider(
        resource=Resource.create({"service.name": telemetry.service_name}), id_generator=_Ids()
    )
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=telemetry.otlp_endpoint)))
    return provider

"""Where traces and metrics go; imported only where they go anywhere, since it needs the extra ``otel``."""

from __future__ import annotations

from opentelemetry import metrics, trace
from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
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


def send(telemetry: TelemetrySettings) -> None:
    """Send spans and metrics where the settings say, in bundles beside the work, and the rest at the end."""
    resource = Resource.create({"service.name": telemetry.service_name})
    if telemetry.otlp_endpoint:
        spans = TracerProvider(resource=resource, id_generator=_Ids())
        spans.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=telemetry.otlp_endpoint)))
        trace.set_tracer_provider(spans)
    if telemetry.otlp_metrics_endpoint:
        reader = PeriodicExportingMetricReader(OTLPMetricExporter(endpoint=telemetry.otlp_metrics_endpoint))
        metrics.set_meter_provider(MeterProvider([reader], resource=resource))

"""Spans: current where somebody collects them, and in nobody's way elsewhere."""

from __future__ import annotations

from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF

from fondaco.kit.spans import span_of


def test_a_span_within_another_is_its_child() -> None:
    spans, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(spans))
    tracer = provider.get_tracer("test")

    with span_of(tracer, "turn"), span_of(tracer, "tool") as inner:
        inner.set_attribute("fondaco.tool", "parcel")

    tool, turn = spans.get_finished_spans()
    assert (tool.name, turn.name) == ("tool", "turn")
    assert tool.parent == turn.context


def test_without_an_sdk_no_span_becomes_the_current_one() -> None:
    before = trace.get_current_span()

    with span_of(trace.NoOpTracer(), "turn") as span:
        assert trace.get_current_span() is before
        span.set_attribute("fondaco.outcome", "reply")

    assert not span.is_recording()


def test_what_an_sdk_leaves_out_is_seen_by_the_spans_within() -> None:
    tracer = TracerProvider(sampler=ALWAYS_OFF).get_tracer("test")

    with span_of(tracer, "turn") as span:
        assert trace.get_current_span() is span

    assert not span.is_recording()

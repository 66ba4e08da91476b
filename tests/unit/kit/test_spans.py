"""Spans: current where somebody collects them, and in nobody's way elsewhere."""

from __future__ import annotations

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.sdk.trace.id_generator import RandomIdGenerator
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF
from opentelemetry.trace import StatusCode

from fondaco.kit.spans import span_of, trace_id_wanted


class Ids(RandomIdGenerator):
    def generate_trace_id(self) -> int:
        return trace_id_wanted() or super().generate_trace_id()


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


def test_traces_about_one_thing_are_one_whoever_begins_them() -> None:
    spans, first, second = InMemorySpanExporter(), *(TracerProvider(id_generator=Ids()) for _ in range(2))
    first.add_span_processor(SimpleSpanProcessor(spans))
    second.add_span_processor(SimpleSpanProcessor(spans))

    with span_of(first.get_tracer("here"), "turn", about="trn_1"):
        pass
    with span_of(second.get_tracer("there"), "delivery", about="trn_1"):
        pass
    with span_of(first.get_tracer("here"), "turn", about="trn_2"):
        pass

    turn, delivery, other = (span.context.trace_id for span in spans.get_finished_spans() if span.context)
    assert turn == delivery != other


def test_what_is_about_nothing_is_a_trace_of_its_own() -> None:
    tracer = TracerProvider(id_generator=Ids()).get_tracer("test")

    with span_of(tracer, "turn", about="trn_1"):
        assert trace_id_wanted() is None
    with span_of(tracer, "a") as a:
        pass
    with span_of(tracer, "b") as b:
        pass

    assert a.get_span_context().trace_id != b.get_span_context().trace_id


def test_an_error_is_told_by_its_type_alone() -> None:
    spans, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(spans))

    with pytest.raises(ValueError, match="kettle"), span_of(provider.get_tracer("test"), "turn"):
        raise ValueError("somebody wrote of a kettle")

    [span] = spans.get_finished_spans()
    assert (span.status.status_code, span.status.description) == (StatusCode.ERROR, "ValueError")
    assert "kettle" not in span.to_json()

"""Spans that cost next to nothing where nobody collects them."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext

from opentelemetry import trace


def span_of(
    tracer: trace.Tracer, name: str, kind: trace.SpanKind = trace.SpanKind.INTERNAL
) -> AbstractContextManager[trace.Span]:
    """Return a span that is the current one while the block runs, and ends with it.

    Without an SDK there is nothing to be current, and to make it so would cost ten times the rest.  A span
    that an SDK leaves out is valid all the same: those inside it must see it, to be left out as well.
    """
    span = tracer.start_span(name, kind=kind)
    if span.get_span_context().is_valid:
        return trace.use_span(span, end_on_exit=True)
    return nullcontext(span)

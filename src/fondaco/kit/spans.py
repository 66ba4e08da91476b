"""Spans that cost next to nothing where nobody collects them, and tell nothing that was written."""

from __future__ import annotations

import hashlib
from contextlib import AbstractContextManager, nullcontext
from contextvars import ContextVar
from types import TracebackType

from opentelemetry import trace

_about: ContextVar[str] = ContextVar("fondaco_trace_about", default="")


def span_of(
    tracer: trace.Tracer, name: str, kind: trace.SpanKind = trace.SpanKind.INTERNAL, *, about: str = ""
) -> AbstractContextManager[trace.Span]:
    """Return a span that is the current one while the block runs, and ends with it.

    Spans that begin a trace ``about`` the same thing are in the same one, whichever process makes them.
    An error that leaves the block marks the span with its type; its words are for the log, since they may
    repeat somebody's.

    Without an SDK there is nothing to be current, and to make it so would cost ten times the rest.  A span
    that an SDK leaves out is valid all the same: those inside it must see it, to be left out as well.
    """
    if about:
        token = _about.set(about)
        span = tracer.start_span(name, kind=kind)
        _about.reset(token)
    else:
        span = tracer.start_span(name, kind=kind)
    if span.get_span_context().is_valid:
        return _Current(span)
    return nullcontext(span)


def trace_id_wanted() -> int | None:
    """Return the id of the trace that is just beginning; None where any will do."""
    about = _about.get()
    return int.from_bytes(hashlib.sha256(about.encode()).digest()[:16]) if about else None


class _Current(AbstractContextManager[trace.Span]):
    """Makes a span the current one, and keeps what an error says out of it."""

    def __init__(self, span: trace.Span) -> None:
        self._span = span
        self._used = trace.use_span(
            span, end_on_exit=True, record_exception=False, set_status_on_exception=False
        )

    def __enter__(self) -> trace.Span:
        return self._used.__enter__()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, stack: TracebackType | None
    ) -> None:
        if isinstance(error, Exception):  # who is cancelled has done nothing wrong
            self._span.set_status(trace.StatusCode.ERROR, type(error).__name__)
        self._used.__exit__(kind, error, stack)

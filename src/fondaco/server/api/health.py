"""Whether the server lives, and what it measures."""

from __future__ import annotations

import msgspec

from fondaco.domain.access import Scope
from fondaco.domain.errors import StorageError
from fondaco.server.access import Everybody, KeyWith
from fondaco.server.answer import Answer
from fondaco.server.operation import Call, Nothing, Operation
from fondaco.server.telemetry import metrics_page

PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8"


class Health(msgspec.Struct, frozen=True):
    """That the server and its database answer."""

    status: str = "ok"


async def health(call: Call[Nothing, Nothing]) -> Health:
    """Ask the database something small.  Raises StorageError when it does not answer."""
    await call.parts.registry.workspaces()
    return Health()


async def metrics(call: Call[Nothing, Nothing]) -> Answer:
    """Write down everything that is measured."""
    figures = await call.parts.reader.figures()
    return Answer(status=200, body=metrics_page(call.parts.metrics, figures), media_type=PROMETHEUS)


OPERATIONS = (
    Operation(
        name="health",
        method="GET",
        path="/v1/health",
        summary="Ask whether the server and its database answer",
        access=Everybody("whoever keeps the server running asks it, and learns nothing but yes or no"),
        handler=health,
        query=Nothing,
        body=Nothing,
        answer=Health,
        errors=(StorageError,),
    ),
    Operation(
        name="metrics",
        method="GET",
        path="/v1/metrics",
        summary="Read the metrics in Prometheus' text format",
        access=KeyWith(Scope.METRICS_READ),
        handler=metrics,
        query=Nothing,
        body=Nothing,
        answer=str,
        media_type="text/plain",
    ),
)

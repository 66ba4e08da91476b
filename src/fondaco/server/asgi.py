"""The whole application, put together from its parts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from importlib.metadata import version
from typing import Any

import msgspec
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request

from fondaco.domain.errors import ConfigurationError, FondacoError
from fondaco.outbox import RememberedConnections
from fondaco.server import openapi, widget_api, widget_beginning
from fondaco.server.access import Everybody
from fondaco.server.address import Performs, nowhere, routes_of
from fondaco.server.answer import Answer
from fondaco.server.api import OPERATIONS
from fondaco.server.credentials import Gatekeeper
from fondaco.server.dispatch import Performer
from fondaco.server.door import Door
from fondaco.server.headers import HostCheck, SecurityHeaders, own_names, security_headers
from fondaco.server.limits import Limits
from fondaco.server.operation import AnyOperation, Call, Machinery, Nothing, Operation
from fondaco.server.page import Page, PagePerformer
from fondaco.server.parts import ServerParts
from fondaco.server.problem import answer_of
from fondaco.server.sign_ins import SignIns
from fondaco.server.streams import Streams
from fondaco.server.telemetry import Meters, Telemetry

#: The contact's side; ``/widget/v1/messages`` stands before ``/widget/v1/{connection_id}/…``.
WIDGET_OPERATIONS: tuple[AnyOperation, ...] = (*widget_api.OPERATIONS, *widget_beginning.OPERATIONS)

MakesPages = Callable[[Machinery], Sequence[Page]]


def no_pages(_: Machinery) -> Sequence[Page]:
    """Return no page, for a server that is an API alone."""
    return ()


def build_asgi(parts: ServerParts, pages: MakesPages = no_pages) -> Starlette:
    """Return the application.  ``state.machinery`` holds what its operations share.

    Raises ConfigurationError where two declarations have one name, since log and metrics tell them by it.
    """
    machinery = build_machinery(parts)
    operations = (*api_operations(parts), *WIDGET_OPERATIONS)
    shown = tuple(pages(machinery))
    _demand_distinct([*(one.name for one in operations), *(one.name for one in shown)])
    performers: list[Performs] = [
        *(Performer(one, machinery) for one in operations),
        *(PagePerformer(one, machinery) for one in shown),
    ]
    app = Starlette(
        routes=routes_of(performers),
        middleware=_middleware(parts, machinery),
        exception_handlers={Exception: _internal_error(secure=parts.options.behind_tls)},
    )
    app.router.redirect_slashes = False
    app.router.default = nowhere
    app.state.machinery = machinery
    return app


def build_machinery(parts: ServerParts) -> Machinery:
    """Return what the operations share."""
    options = parts.options
    door = Door(
        gate=Gatekeeper(parts.registry, parts.clock, options.credentials),
        sign_ins=SignIns(parts.registry, parts.clock, parts.chance, options.credentials),
        limits=Limits(parts.clock, options.limits),
        secure=options.behind_tls,
    )
    connections = RememberedConnections(parts.registry, parts.clock)
    return Machinery(parts=parts, door=door, streams=Streams(options.limits.streams), connections=connections)


def api_operations(parts: ServerParts) -> tuple[AnyOperation, ...]:
    """Return every operation of the public API, the one that describes them included."""
    described: dict[str, Any] = {}

    async def describe(_: Call[Nothing, Nothing]) -> Answer:
        """Return the description of this API."""
        return Answer(status=200, body=msgspec.json.encode(described))

    describing = Operation(
        name="openapi",
        method="GET",
        path="/v1/openapi.json",
        summary="Read this description",
        access=Everybody("a description of the API tells nothing about any shop"),
        handler=describe,
        query=Nothing,
        body=Nothing,
        answer=dict[str, Any],
    )
    operations = (*OPERATIONS, describing)
    described |= openapi.document(operations, version=version("fondaco"), server=parts.options.public_url)
    return operations


def _middleware(parts: ServerParts, machinery: Machinery) -> list[Middleware]:
    meters = Meters(parts.metrics)
    meters.watch_streams(parts.metrics, machinery.streams)
    return [
        Middleware(Telemetry, log=parts.log, meters=meters, clock=parts.clock),
        Middleware(SecurityHeaders, secure=parts.options.behind_tls),
        Middleware(HostCheck, names=own_names(parts.options)),
    ]


def _internal_error(*, secure: bool) -> Callable[[Request, Exception], Any]:
    """Return what answers when the code itself is wrong; Starlette calls it outside all middleware."""

    async def answer(request: Request, _: Exception) -> Any:
        mistake = answer_of(FondacoError("An error that nobody expected."), request.url.path)
        return replace(mistake, headers=(*mistake.headers, *security_headers(secure=secure)))

    return answer


def _demand_distinct(names: list[str]) -> None:
    twice = next((name for place, name in enumerate(names) if name in names[:place]), None)
    if twice is not None:
        raise ConfigurationError(f"Two routes are called {twice}; give one of them another name.")

"""The widget's own files: the loader that a shop embeds, and the frame that it opens."""

from __future__ import annotations

import json
from urllib.parse import urlsplit

from starlette.types import ASGIApp

from fondaco.domain.access import ChannelKind, Connection
from fondaco.domain.errors import NotFound
from fondaco.domain.ids import ConnectionId
from fondaco.server.access import Everybody
from fondaco.server.answer import Header
from fondaco.server.page import Page, Visit
from fondaco.server.pages_showing import Showing

_WHOEVER = Everybody("a shop's page shows it to every visitor")
# An office behind one address opens many panels; a file out of memory costs less than counting it.
_FILE = Everybody("a file that every visitor of a shop's page loads", counted=False)
#: A shop that isolates its pages (COEP) may still frame the panel; who may, says ``frame-ancestors``.
_EMBEDDABLE: tuple[Header, ...] = (
    (b"cross-origin-embedder-policy", b"require-corp"),
    (b"cross-origin-resource-policy", b"cross-origin"),
)


def pages(showing: Showing) -> list[Page]:
    """Return what a shop's page loads."""

    async def static(visit: Visit) -> ASGIApp:
        path = visit.request.path_params
        return showing.assets.file(visit.request.scope, path["version"], path["name"])

    async def loader(visit: Visit) -> ASGIApp:
        return showing.assets.loader(visit.request.scope)

    async def frame(visit: Visit) -> ASGIApp:
        connection = await _widget(visit)
        own = own_origin(visit)
        return showing.page(
            visit,
            "frame.html",
            frame_ancestors=("'self'", *map(_origin_of, connection.origins)),
            headers=_EMBEDDABLE,
            connection_id=connection.id,
            title=connection.name,
            origins=json.dumps([own, *map(_origin_of, connection.origins)]),
            hosts=json.dumps([urlsplit(one).netloc for one in (own, *connection.origins)]),
        )

    return [
        Page(name="static", path="/static/{version}/{name:path}", access=_FILE, handler=static),
        Page(name="widget_loader", path="/widget/loader.js", access=_FILE, handler=loader),
        Page(name="widget_frame", path="/widget/frame/{connection_id}", access=_WHOEVER, handler=frame),
    ]


def own_origin(visit: Visit) -> str:
    """Return the origin under which this browser sees us."""
    options = visit.parts.options
    if options.public_url:
        return _origin_of(options.public_url)
    scheme = "https" if options.behind_tls else "http"
    return f"{scheme}://{visit.request.headers.get('host', '')}"


async def _widget(visit: Visit) -> Connection:
    connection_id = ConnectionId(visit.request.path_params["connection_id"])
    connection = await visit.parts.registry.connection(connection_id)
    if connection.channel is not ChannelKind.WIDGET:
        raise NotFound(f"There is no widget {connection_id}.", field="connection_id")
    return connection


def _origin_of(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"

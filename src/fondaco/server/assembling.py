"""What the server is built from, taken from settings and app."""

from __future__ import annotations

import socket

import structlog
from starlette.applications import Starlette

from fondaco.app import App
from fondaco.config import RateSettings, Settings
from fondaco.domain.ids import WorkspaceId
from fondaco.server.asgi import build_asgi
from fondaco.server.options import CredentialOptions, LimitOptions, Rate, ServerOptions, StreamOptions
from fondaco.server.pages import all_pages
from fondaco.server.pages_demo import DemoPage
from fondaco.server.parts import ServerParts, WorkspaceModels


def asgi_of(app: App, demo: DemoPage | None = None) -> Starlette:
    """Return the ASGI application; with ``demo`` the split view stands at ``/``."""
    parts = ServerParts(
        store=app.store,
        reader=app.reader,
        registry=app.registry,
        intake=app.intake,
        desk=app.desk,
        clock=app.clock,
        chance=app.chance,
        ids=app.ids,
        signals=app.signals,
        drafts=app.drafts,
        log=structlog.get_logger("fondaco.server"),
        metrics=app.metrics,
        models=_models(app),
        options=server_options(app.settings),
    )
    return build_asgi(parts, all_pages(demo, app.settings.action_texts))


def _models(app: App) -> WorkspaceModels | None:
    if app.models is None:
        return None
    return WorkspaceModels(WorkspaceId(app.settings.workspace.id), app.models.overseer)


def server_options(settings: Settings) -> ServerOptions:
    """Return the server's options."""
    server, limits, credentials = settings.server, settings.limits, settings.credentials
    return ServerOptions(
        host=server.host,
        port=server.port,
        public_url=server.public_url,
        behind_tls=server.behind_tls,
        trusted_proxies=server.trusted_proxies,
        allowed_hosts=server.allowed_hosts,
        max_body_bytes=server.max_body_bytes,
        max_message_characters=settings.inbox.max_characters,
        request_timeout_seconds=server.request_timeout_seconds,
        shutdown_seconds=server.shutdown_seconds,
        limits=LimitOptions(
            visitor=_rate(limits.visitor),
            key=_rate(limits.key),
            address=_rate(limits.address),
            new_conversation=_rate(limits.new_conversation),
            tracked=limits.tracked,
            streams_per_visitor=limits.streams_per_visitor,
            streams_per_key=limits.streams_per_key,
            streams=limits.streams,
        ),
        credentials=CredentialOptions(
            visitor_seconds=credentials.visitor_seconds,
            sign_in_idle_seconds=credentials.sign_in_idle_seconds,
            sign_in_seconds=credentials.sign_in_seconds,
            cache_seconds=credentials.cache_seconds,
            cached=credentials.cached,
        ),
        streams=StreamOptions(
            poll_seconds=settings.streams.poll_seconds,
            heartbeat_seconds=settings.streams.heartbeat_seconds,
            stalled_seconds=settings.streams.stalled_seconds,
        ),
    )


def origins_of(settings: Settings) -> tuple[str, ...]:
    """Return the pages of this very server, under each name that a browser on this machine may use."""
    server = settings.server
    host = f"[{server.host}]" if ":" in server.host else server.host
    return tuple(dict.fromkeys(f"http://{name}:{server.port}" for name in (host, "127.0.0.1", "localhost")))


def free_port(host: str) -> int:
    """Return a port that nothing listens on at this moment."""
    with socket.create_server((host, 0), family=socket.AF_INET6 if ":" in host else socket.AF_INET) as found:
        port: int = found.getsockname()[1]
        return port


def _rate(rate: RateSettings) -> Rate:
    return Rate(rate.per_minute, rate.burst)

"""Security headers on every answer, and no answer for a name that is not ours."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlsplit

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from fondaco.server.answer import Header
from fondaco.server.options import ServerOptions
from fondaco.server.problem import WRONG_HOST, Refused, answer_of
from fondaco.server.telemetry import observed_in

LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "[::1]"})

#: What an answer says unless it says something else itself.
_DEFAULTS: tuple[Header, ...] = (
    (b"cache-control", b"no-store"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
    (b"referrer-policy", b"strict-origin-when-cross-origin"),
    (b"x-content-type-options", b"nosniff"),
)
_ONLY_TLS: Header = (b"strict-transport-security", b"max-age=31536000")


def page_policy(frame_ancestors: Iterable[str] = ("'none'",)) -> str:
    """Return the Content-Security-Policy of our HTML pages: nothing from elsewhere, nothing inline."""
    return (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "font-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; "
        f"frame-ancestors {' '.join(frame_ancestors)}"
    )


class SecurityHeaders:
    """ASGI middleware that adds what an answer does not say itself."""

    def __init__(self, app: ASGIApp, *, secure: bool) -> None:
        self._app = app
        self._headers = security_headers(secure=secure)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def secured(message: Message) -> None:
            if message["type"] == "http.response.start":
                own = list(message["headers"])
                said = {name for name, _ in own}
                message["headers"] = own + [one for one in self._headers if one[0] not in said]
            await send(message)

        await self._app(scope, receive, secured)


def security_headers(*, secure: bool) -> tuple[Header, ...]:
    """Return the headers of every answer."""
    return (*_DEFAULTS, _ONLY_TLS) if secure else _DEFAULTS


class HostCheck:
    """ASGI middleware that answers only for its own names, so that no other name can be bound to us.

    A page of another site whose name suddenly leads to 127.0.0.1 (DNS rebinding) still sends its own name.
    """

    def __init__(self, app: ASGIApp, *, names: frozenset[str]) -> None:
        self._app = app
        self._names = names

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or self._is_ours(scope):
            await self._app(scope, receive, send)
            return
        observed_in(scope).error = error = Refused(
            WRONG_HOST, "This server does not answer for that name; add it to server.allowed_hosts."
        )
        await answer_of(error, scope["path"])(scope, receive, send)

    def _is_ours(self, scope: Scope) -> bool:
        hosts = [value for name, value in scope["headers"] if name == b"host"]
        return len(hosts) == 1 and host_name(hosts[0].decode("latin-1")) in self._names


def host_name(host: str) -> str:
    """Return the name in a ``Host`` header, without the port, in lower case."""
    name, colon, port = host.rpartition(":")
    return (name if colon and port.isdigit() else host).lower()


def own_names(options: ServerOptions) -> frozenset[str]:
    """Return every name that this server answers for."""
    named = {one.lower() for one in options.allowed_hosts}
    if options.public_url:
        named.add(host_name(urlsplit(options.public_url).netloc))
    return LOOPBACK_NAMES | named

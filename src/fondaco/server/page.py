"""A page: one declaration that routes and lets in; what is shown is the pages' own matter."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Literal
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope

from fondaco.domain.access import Teammate
from fondaco.domain.errors import InvalidInput, NotAllowed
from fondaco.server.access import Access, AnyTeammate, Principal
from fondaco.server.answer import Answer
from fondaco.server.body import read_body
from fondaco.server.door import address_of, owner_of
from fondaco.server.operation import Machinery
from fondaco.server.parts import ServerParts
from fondaco.server.problem import NOT_JSON, UNAUTHENTICATED, Refused
from fondaco.server.stream import EventStream, Source
from fondaco.server.telemetry import observed_in

SIGN_IN_PATH = "/console/sign-in"
_FORM = b"application/x-www-form-urlencoded"
_STREAMS_PER_TEAMMATE = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One request for a page that was let in."""

    machinery: Machinery
    access: Access
    principal: Principal
    presented: str  #: the secret that opened the door
    request: Request

    @property
    def parts(self) -> ServerParts:
        return self.machinery.parts

    @property
    def teammate(self) -> Teammate:
        """Who is signed in.  Raises NotAllowed where the page is for everybody."""
        if isinstance(self.principal, Teammate):
            return self.principal
        raise NotAllowed("This needs a signed-in teammate.")

    async def form(self) -> dict[str, str]:
        """Return the fields of a posted form, bounded like every body.  Raises Refused, InvalidInput."""
        headers: dict[bytes, bytes] = dict(self.request.scope["headers"])
        if headers.get(b"content-type", b"").split(b";", 1)[0].strip().lower() != _FORM:
            raise Refused(
                NOT_JSON, "Send this form as the page itself does (application/x-www-form-urlencoded)."
            )
        options = self.parts.options
        raw = await read_body(
            self.request.receive, headers, options.max_body_bytes, options.request_timeout_seconds
        )
        try:
            fields = parse_qsl(raw.decode(), keep_blank_values=True, errors="strict", max_num_fields=100)
        except ValueError:
            raise InvalidInput("The form is no UTF-8, or has over 100 fields.") from None
        if any("\0" in value for _, value in fields):
            raise InvalidInput("A text may not hold the character NUL; leave it out.")
        return dict(fields)

    def stream(self, source: Source) -> EventStream:
        """Return an answer that follows ``source`` while the teammate stays signed in."""
        door, access, secret = self.machinery.door, self.access, self.presented
        return EventStream(
            source=source,
            signals=self.parts.signals,
            streams=self.machinery.streams,
            clock=self.parts.clock,
            options=self.parts.options.streams,
            owner=owner_of(self.principal),
            limit=_STREAMS_PER_TEAMMATE,
            still_allowed=lambda: door.still_in(access, secret),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What is shown or done at one address with one method."""

    name: str  #: unique; the name in log and metrics
    path: str
    access: Access
    handler: Callable[[Visit], Awaitable[ASGIApp]]
    method: Literal["GET", "POST"] = "GET"


class PagePerformer:
    """Shows one page to whom it is meant for; sends browsers that are not signed in to the sign-in page."""

    def __init__(self, page: Page, machinery: Machinery) -> None:
        self.page = page
        self.name = page.name
        self.method = page.method
        self.path = page.path
        self.access: Access = page.access
        self._machinery = machinery

    async def perform(self, scope: Scope, receive: Receive) -> ASGIApp:
        """Return the page's answer.  Raises FondacoError for whatever cannot be done."""
        headers: dict[bytes, bytes] = dict(scope["headers"])
        try:
            secret, principal = await self._machinery.door.let_in(
                self.access, scope["method"], headers, address_of(scope)
            )
        except Refused as refused:
            if not self._leads_to_sign_in(refused, headers):
                raise
            return Answer(status=303, headers=((b"location", SIGN_IN_PATH.encode()),))
        named: str = scope["path_params"].get("conversation_id", "")
        observed_in(scope).note(owner_of(principal), named)
        visit = Visit(
            machinery=self._machinery,
            access=self.access,
            principal=principal,
            presented=secret,
            request=Request(scope, receive),
        )
        return await self.page.handler(visit)

    def _leads_to_sign_in(self, refused: Refused, headers: dict[bytes, bytes]) -> bool:
        shown = self.method == "GET" and b"text/html" in headers.get(b"accept", b"")
        return shown and refused.kind is UNAUTHENTICATED and isinstance(self.access, AnyTeammate)

"""A finished answer, written to the connection without a detour."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.types import Receive, Scope, Send

Header = tuple[bytes, bytes]

JSON = "application/json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """Status, headers and the whole body."""

    status: int
    body: bytes = b""
    media_type: str = JSON
    headers: tuple[Header, ...] = ()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it; a HEAD request gets the headers alone (RFC 9110, 9.3.2)."""
        headers = [(b"content-length", str(len(self.body)).encode()), *self.headers]
        if self.body:
            headers.append((b"content-type", self.media_type.encode()))
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        body = b"" if scope["method"] == "HEAD" else self.body
        await send({"type": "http.response.body", "body": body})

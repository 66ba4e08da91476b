"""The merchant's token, asked for before anything else."""

from __future__ import annotations

import hmac

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from fondaco.demo.erp.problems import problem_response

#: Whether it is there, and what it can be asked.
_OPEN = frozenset({"/health", "/openapi.json"})


class TokenGuard:
    """Lets only requests with the merchant's bearer token through, but to what tells of no order."""

    def __init__(self, app: ASGIApp, token: str) -> None:
        self._app = app
        self._expected = f"Bearer {token}".encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] in _OPEN or self._allows(Headers(scope=scope)):
            await self._app(scope, receive, send)
            return
        refusal = problem_response(
            401, "bad-token", "Send the merchant's token as a bearer token.", {"WWW-Authenticate": "Bearer"}
        )
        await refusal(scope, receive, send)

    def _allows(self, headers: Headers) -> bool:
        return hmac.compare_digest(headers.get("authorization", "").encode("latin-1"), self._expected)

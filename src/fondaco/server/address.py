"""Addresses: every path with whatever can be done there, and HEAD, OPTIONS and 405 for it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

from starlette.requests import ClientDisconnect
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from fondaco.domain.errors import FondacoError
from fondaco.server.access import Access
from fondaco.server.answer import Answer
from fondaco.server.problem import NOT_FOUND, WRONG_METHOD, Refused, answer_of
from fondaco.server.telemetry import observed_in


class Performs(Protocol):
    """Whatever answers one method at one path, and says who may ask."""

    @property
    def name(self) -> str: ...

    @property
    def method(self) -> str: ...

    @property
    def path(self) -> str: ...

    @property
    def access(self) -> Access: ...

    async def perform(self, scope: Scope, receive: Receive) -> ASGIApp:
        """Return the answer.  Raises FondacoError for whatever cannot be done."""
        ...


class Address:
    """One path."""

    def __init__(self, performers: Sequence[Performs]) -> None:
        self.performers = {one.method: one for one in performers}
        if "GET" in self.performers:
            self.performers["HEAD"] = self.performers["GET"]
        self._allow = ", ".join(sorted({*self.performers, "OPTIONS"}))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            answer = await self._answer(scope, receive)
            await answer(scope, receive, send)
        except ClientDisconnect:
            return  # there is nobody left to answer
        except FondacoError as error:
            observed_in(scope).error = error
            await answer_of(error, scope["path"])(scope, receive, send)

    async def _answer(self, scope: Scope, receive: Receive) -> ASGIApp:
        performer = self.performers.get(scope["method"])
        if performer is not None:
            observed_in(scope).operation = performer.name
            return await performer.perform(scope, receive)
        if scope["method"] == "OPTIONS":
            return Answer(status=204, headers=((b"allow", self._allow.encode()),))
        raise Refused(WRONG_METHOD, f"Use one of {self._allow} here.", headers=[("Allow", self._allow)])


async def nowhere(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer for a path that leads nowhere."""
    if scope["type"] != "http":
        return
    error = Refused(NOT_FOUND, "Nothing is found at this address.")
    observed_in(scope).error = error
    await answer_of(error, scope["path"])(scope, receive, send)


def routes_of(performers: Iterable[Performs]) -> list[Route]:
    """Return one route for each path, in the order of their first performers."""
    by_path: dict[str, list[Performs]] = {}
    for one in performers:
        by_path.setdefault(one.path, []).append(one)
    return [Route(path, Address(group)) for path, group in by_path.items()]

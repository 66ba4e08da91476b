"""Errors on the wire: every one is ``application/problem+json`` (RFC 9457)."""

from __future__ import annotations

from http import HTTPStatus

import msgspec
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from fondaco.demo.erp.answers import Problem
from fondaco.domain.errors import FondacoError, StorageError


class Refusal(FondacoError):
    """A request that gets a problem for an answer."""

    def __init__(self, status: int, kind: str, detail: str, *, reason: str = "") -> None:
        super().__init__(detail)
        self.status = status
        self.reason = reason
        self.kind = kind  #: last part of the problem's type, such as ``unknown-order``
        self.detail = detail


def unknown_order() -> Refusal:
    """Return the one answer for an order that is not there and one that is somebody else's."""
    return Refusal(
        404, "unknown-order", "There is no such order for this customer. Identify the customer first."
    )


def problem_response(
    status: int, kind: str, detail: str, headers: dict[str, str] | None = None, *, reason: str = ""
) -> Response:
    """Return a problem as a response."""
    problem = Problem(
        type=f"/problems/{kind}" if kind else "about:blank",
        title=HTTPStatus(status).phrase,
        status=status,
        detail=detail,
        reason=reason,
    )
    body = msgspec.json.encode(problem)
    return Response(body, status, headers=headers, media_type="application/problem+json")


async def on_refusal(_request: Request, error: Exception) -> Response:
    """Answer a request that one of the endpoints refused."""
    assert isinstance(error, Refusal)  # noqa: S101 - registered for this type only
    return problem_response(error.status, error.kind, error.detail, reason=error.reason)


async def on_http_exception(_request: Request, error: Exception) -> Response:
    """Answer a request that found no endpoint."""
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for this type only
    headers = dict(error.headers) if error.headers else None
    return problem_response(error.status_code, "", error.detail, headers)


async def on_storage_error(_request: Request, error: Exception) -> Response:
    """Answer a write that did not reach the disk."""
    return problem_response(503, "storage", str(error), {"Retry-After": "1"})


HANDLERS = {Refusal: on_refusal, HTTPException: on_http_exception, StorageError: on_storage_error}

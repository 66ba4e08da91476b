"""Errors as RFC 9457 problem details; the only place that knows the HTTP status of a domain error."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import msgspec

from fondaco.domain import errors
from fondaco.server.answer import Answer, Header

MEDIA_TYPE = "application/problem+json"


class Problem(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What went wrong, as a machine and a person may read it (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
    field: str = ""  #: path of the offending field, such as ``contact.external_id``
    instance: str = ""  #: the path that was asked for


class Refused(errors.FondacoError):
    """The request itself cannot be served, whatever it asks for."""

    def __init__(
        self, kind: Kind, detail: str, *, field: str = "", headers: Iterable[tuple[str, str]] = ()
    ) -> None:
        super().__init__(detail)
        self.kind = kind
        self.field = field
        self.headers = tuple(headers)


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of problem: its status, the last word of its type, its title."""

    status: int
    slug: str
    title: str


BAD_REQUEST = Kind(400, "bad-request", "The request cannot be read")
UNAUTHENTICATED = Kind(401, "unauthenticated", "A valid credential is needed")
FORBIDDEN = Kind(403, "forbidden", "This credential does not permit that")
NOT_FOUND = Kind(404, "not-found", "There is no such thing")
WRONG_METHOD = Kind(405, "wrong-method", "This address does not know that method")
TOO_SLOW = Kind(408, "too-slow", "The request did not arrive in time")
CONFLICT = Kind(409, "conflict", "The request contradicts what is already so")
TOO_LARGE = Kind(413, "too-large", "The body is too large")
NOT_JSON = Kind(415, "not-json", "The body must be JSON")
WRONG_HOST = Kind(421, "wrong-host", "This server does not answer for that name")
INVALID = Kind(422, "invalid", "A value cannot be accepted")
TOO_MANY = Kind(429, "too-many", "Too many requests")
INTERNAL = Kind(500, "internal", "The server made a mistake")
UPSTREAM = Kind(502, "upstream", "Another system did not answer as it should")
BUSY = Kind(503, "busy", "The server cannot do this at the moment")
FULL = Kind(507, "full", "No room is left")

#: The most specific error that fits decides; each stands before those it derives from.
KINDS: tuple[tuple[type[errors.FondacoError], Kind], ...] = (
    (errors.NotFound, NOT_FOUND),
    (errors.Conflict, CONFLICT),
    (errors.InvalidInput, INVALID),
    (errors.NotAllowed, FORBIDDEN),
    (errors.StorageFull, FULL),
    (errors.StorageCorrupt, INTERNAL),
    (errors.SchemaTooNew, INTERNAL),
    (errors.StorageError, BUSY),
    (errors.LeaseLost, BUSY),
    (errors.ToolError, UPSTREAM),
    (errors.ChannelError, UPSTREAM),
    (errors.FondacoError, INTERNAL),
)

#: What a caller may read of a mistake of ours; the log has the rest.
_SILENT = "The operator finds the reason in the server's log."
#: What the caller can do besides; whether it was done before is what the key is for.
_MEANWHILE = {
    BUSY: "Send it again in a moment, with the same Idempotency-Key if it had one. ",
    FULL: "It was not stored; send it again once the operator has made room. ",
}


def kind_of(error: errors.FondacoError) -> Kind:
    """Return the kind of problem that an error is."""
    if isinstance(error, Refused):
        return error.kind
    return next(kind for family, kind in KINDS if isinstance(error, family))


def problem_of(error: errors.FondacoError, instance: str) -> Problem:
    """Describe an error to whoever asked; mistakes of ours keep their details to the log."""
    kind = kind_of(error)
    told = (
        str(error) if kind.status < 500 or isinstance(error, Refused) else _MEANWHILE.get(kind, "") + _SILENT
    )
    field = error.field if isinstance(error, errors.InvalidInput | Refused) else ""
    return Problem(
        type=f"urn:fondaco:problem:{kind.slug}",
        title=kind.title,
        status=kind.status,
        detail=told,
        field=field,
        instance=instance,
    )


def answer_of(error: errors.FondacoError, instance: str) -> Answer:
    """Return the answer that tells an error."""
    problem = problem_of(error, instance)
    return Answer(
        status=problem.status,
        body=msgspec.json.encode(problem),
        media_type=MEDIA_TYPE,
        headers=tuple(_headers(error, problem.status)),
    )


def _headers(error: errors.FondacoError, status: int) -> Iterable[Header]:
    if isinstance(error, Refused):
        yield from ((name.lower().encode(), value.encode()) for name, value in error.headers)
    elif status == BUSY.status:
        yield b"retry-after", b"1"


def unauthenticated(detail: str) -> Refused:
    """Return the refusal of a missing or worthless credential."""
    return Refused(UNAUTHENTICATED, detail, headers=[("WWW-Authenticate", 'Bearer realm="fondaco"')])


def too_many(wait_seconds: float, what: str) -> Refused:
    """Return the refusal of one request too many, with the time after which another may come."""
    seconds = max(1, math.ceil(wait_seconds))
    return Refused(
        TOO_MANY, f"Too many {what}; try again in {seconds} s.", headers=[("Retry-After", str(seconds))]
    )

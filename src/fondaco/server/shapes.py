"""Shapes and bounds that several operations share."""

from __future__ import annotations

from typing import Annotated, TypeVar

import msgspec

T = TypeVar("T")

#: What an id looks like; one that cannot be is unknown.
ID_PATTERN = r"^[A-Za-z0-9_.-]{1,64}$"
Id = Annotated[str, msgspec.Meta(pattern=ID_PATTERN)]

#: The largest integer that every JSON reader keeps exact (RFC 8259, 6).
HIGHEST_SEQ = 2**53 - 1
Seq = Annotated[int, msgspec.Meta(ge=0, le=HIGHEST_SEQ)]
Limit = Annotated[int, msgspec.Meta(ge=1, le=100)]

#: At least one character that is not a space.
Text = Annotated[
    str,
    msgspec.Meta(pattern=r"\S", description="Plain text; how long it may be is the operator's setting."),
]
Name = Annotated[str, msgspec.Meta(max_length=200)]
ExternalId = Annotated[
    str, msgspec.Meta(pattern=r"^[!-~]{1,200}$", description="An id of the caller's own; visible ASCII.")
]
Cursor = Annotated[
    str, msgspec.Meta(pattern=r"^[!-~]{1,400}$", description="`next_cursor` of the page before.")
]
Stars = Annotated[int, msgspec.Meta(ge=1, le=5, description="1 (bad) to 5 (good).")]
Comment = Annotated[str, msgspec.Meta(max_length=2_000)]


class After(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where to go on in a log, and how far."""

    after: Seq = 0
    limit: Limit = 50


class Place(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where to go on in a log; the header ``Last-Event-ID`` goes before it."""

    after: Seq = 0


class Said(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a contact writes."""

    text: Text
    choice: Annotated[str, msgspec.Meta(max_length=128, description="Key of the offer that was clicked.")] = (
        ""
    )


class Taken(msgspec.Struct, frozen=True, kw_only=True):
    """Where a message stands in the log."""

    message_id: str
    seq: int
    duplicate: bool  #: it was there already


class RatingBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How the contact judges the episode."""

    stars: Stars
    comment: Comment = ""


def said(value: T | msgspec.UnsetType) -> T | None:
    """Return a query's value, or None where the query does not say it.

    ``None`` itself is no default of a query: msgspec would take the word ``null`` for it.
    """
    return None if value is msgspec.UNSET else value

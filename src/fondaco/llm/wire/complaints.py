"""Reads what a provider says went wrong, in whichever shape it says so.

Relays pass on the error bodies of others, so every shape is understood from everyone.
"""

from __future__ import annotations

import re
from typing import Any

import msgspec

from fondaco.llm.wire.retry_after import duration_ms, wait_in_words_ms

#: What decoding bytes of strangers can raise.
UNREADABLE = (ValueError, RecursionError)

# ASCII only: a sentence in Chinese has no spaces either.
_SECRET = re.compile(
    r"(?i:bearer\s+\S+)|\b(?:(?:sk|pk|hs|key|gsk|xai)[-_*]|AIza)[\w*.-]{6,}|[\w*-]{32,}", re.ASCII
)
_LONGEST_MESSAGE = 300


class Complaint(msgspec.Struct, frozen=True, kw_only=True):
    """An error as the provider put it; empty where it said nothing."""

    message: str = ""
    code: str = ""  #: the most exact word for it
    kind: str = ""  #: ``type``, or Google's ``status``
    status: int = 0  #: an HTTP status that stands in the body
    param: str = ""  #: which field of the request is meant
    reasons: tuple[str, ...] = ()  #: Google's ``reason`` of each detail
    limits: tuple[str, ...] = ()  #: Google's ids of the limits that were exceeded
    never: bool = False  #: a limit of nothing: waiting does not help
    retry_after_ms: int | None = None


def read_complaint(body: bytes) -> Complaint:
    """Return what the body of an error says; never raises."""
    try:
        found = msgspec.json.decode(body.removeprefix(b"\xef\xbb\xbf"))
    except UNREADABLE:
        return Complaint(message=_page_title(body[:4_000].decode("utf-8", "replace")))
    return complaint_in(found)


def complaint_in(found: Any) -> Complaint:
    """Return what a decoded error says, out of all the wrappers that are in use."""
    for _ in range(4):
        if isinstance(found, list):  # Gemini's compatible endpoint wraps its error in an array
            found = found[0] if found else {}
        elif isinstance(found, dict) and isinstance(found.get("error"), dict | list):
            found = found["error"]
        else:
            break
    if isinstance(found, str):
        return Complaint(message=found)
    return _from_fields(found) if isinstance(found, dict) else Complaint()


def without_secrets(text: str) -> str:
    """Return the text as one short line in which nothing looks like a key."""
    line = " ".join(text.split())[: _LONGEST_MESSAGE * 2]
    return _SECRET.sub("…", line)[:_LONGEST_MESSAGE]


def _from_fields(fields: dict[str, Any]) -> Complaint:
    message = _words(fields, "message", "error", "detail", "msg", "error_msg")
    code = fields.get("code", fields.get("error_code"))
    kind = _words(fields, "type", "status")
    details = fields.get("details")
    google = _google(details) if isinstance(details, list) else Complaint()
    wait = google.retry_after_ms
    return Complaint(
        message=message,
        code=code.lower() if isinstance(code, str) and not code.isdigit() else "",
        kind="" if kind.isdigit() else kind.lower(),
        status=_status(code) or _status(fields.get("status")) or _status(fields.get("status_code")),
        param=_words(fields, "param"),
        reasons=google.reasons,
        limits=google.limits,
        never=google.never,
        retry_after_ms=wait if wait is not None else wait_in_words_ms(message),
    )


def _google(details: list[Any]) -> Complaint:
    """Read ``RetryInfo``, ``QuotaFailure`` and ``ErrorInfo`` (google/rpc/error_details.proto)."""
    fields = [detail for detail in details if isinstance(detail, dict)]
    listed = (detail.get("violations") for detail in fields)
    violations = [one for many in listed if isinstance(many, list) for one in many if isinstance(one, dict)]
    waits = (duration_ms(_words(detail, "retryDelay")) for detail in fields)
    return Complaint(
        reasons=tuple(_words(detail, "reason").lower() for detail in fields if _words(detail, "reason")),
        limits=tuple(_words(one, "quotaId", "quotaMetric", "subject") for one in violations),
        never=any(str(one.get("quotaValue", "")) == "0" for one in violations),
        retry_after_ms=next((wait for wait in waits if wait is not None), None),
    )


def _words(fields: dict[str, Any], *names: str) -> str:
    """Return the first of the fields that holds text; a list of findings becomes text too."""
    for name in names:
        value = fields.get(name)
        if isinstance(value, str) and value:
            return value
        if name == "detail" and isinstance(value, list | dict) and value:
            return str(value)[:_LONGEST_MESSAGE]
    return ""


def _status(value: object) -> int:
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) == 3:
        value = int(value)
    return value if isinstance(value, int) and 400 <= value <= 599 else 0


def _page_title(page: str) -> str:
    """Return the title of a gateway's HTML page, or the beginning of whatever text it is."""
    start = page.lower().find("<title>")
    if start < 0:
        return "" if page.lstrip().startswith("<") else page
    return page[start + 7 :].split("<", 1)[0]

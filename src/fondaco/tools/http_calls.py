"""Sends one request to the merchant's system, and reads a JSON object from the answer."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import msgspec

from fondaco.domain.errors import ToolFailed, ToolRefused, ToolUncertain
from fondaco.domain.tools import Effect, ToolSpec
from fondaco.kit.http import HttpAnswer, HttpClient, NoAnswer, NotSent
from fondaco.tools.schemas import NOT_FOUND

_PLACE = re.compile(r"\{(\w+)\}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
#: What is wrong is this request and not the system (RFC 9110, 15.5; 422 is 15.5.21).
_ABOUT_THE_CALL = frozenset({400, 404, 405, 409, 410, 412, 413, 414, 415, 422})


class HttpRequest(msgspec.Struct, frozen=True, kw_only=True):
    """What goes out."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes | None = None


async def send(
    client: HttpClient, spec: ToolSpec, request: HttpRequest, *, lists: bool = False
) -> dict[str, Any]:
    """Return the object of the answer.  Raises ToolFailed or ToolUncertain.

    For what only looks something up 404 is a result (``{"found": false}``): the merchant knows no such
    thing, or not for this person; what was to be changed was not, then.  An answer without content (204) is
    an empty object, and, with ``lists``, a list is ``{"items": […]}``.
    """
    try:
        answer = await client.request(
            request.method,
            request.url,
            headers=request.headers,
            body=request.body,
            timeout_seconds=spec.timeout_seconds,
        )
    except NotSent as error:
        raise ToolFailed(f"{spec.name}: {error}") from error
    except NoAnswer as error:
        raise _doubt(spec, str(error)) from error
    found = _read(spec, answer)
    if isinstance(found, list) and not lists:
        raise _doubt(spec, "the answer is no JSON object but a list")
    return {"items": found} if isinstance(found, list) else found


def places_of(template: str) -> set[str]:
    """Return the names that stand in braces."""
    return set(_PLACE.findall(template))


def filled(template: str, arguments: Mapping[str, Any], *, encode: bool = False) -> str:
    """Return the template with its places filled, so that no value can add a header or leave its place."""

    def value(match: re.Match[str]) -> str:
        text = as_text(arguments.get(match.group(1), ""))
        return in_path(match.group(1), text) if encode else _CONTROL.sub("", text)

    return _PLACE.sub(value, template)


def as_text(value: Any) -> str:
    """Return a value as it is written outside of JSON."""
    if isinstance(value, str):
        return value
    return msgspec.json.encode(value).decode()


def in_header(text: str) -> str:
    """Return the text without signs that would end a header."""
    return _CONTROL.sub("", text)


def in_path(name: str, text: str) -> str:
    """Return the text as a part of an address.  Raises ToolRefused where it would lead elsewhere."""
    # Dots need no encoding, so these two would climb up the path however they are written (RFC 3986, 5.2.4).
    if text in (".", ".."):
        raise ToolRefused(f"{name} is {text!r}, which is no value for an address.")
    return quote(text, safe="")


def _read(spec: ToolSpec, answer: HttpAnswer) -> dict[str, Any] | list[Any]:
    if answer.status == 404 and spec.effect is Effect.READ:
        return dict(NOT_FOUND)
    if answer.status == 204:
        return {}
    if answer.status >= 500:
        raise _doubt(spec, f"status {answer.status}", _wait_seconds(answer))
    if not 200 <= answer.status < 300:
        raise ToolFailed(
            f"{spec.name}: status {answer.status}",
            is_final=answer.status in _ABOUT_THE_CALL,
            wait_seconds=_wait_seconds(answer),
        )
    try:
        return msgspec.json.decode(answer.body, type=dict[str, Any] | list[Any])
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise _doubt(spec, f"the answer is no JSON object ({error})") from error


def _doubt(spec: ToolSpec, reason: str, wait_seconds: float = 0.0) -> ToolFailed | ToolUncertain:
    message = f"{spec.name}: {reason}"
    if spec.effect is Effect.READ:
        return ToolFailed(message, wait_seconds=wait_seconds)
    return ToolUncertain(message)


def _wait_seconds(answer: HttpAnswer) -> float:
    """Return what ``Retry-After`` asks for in seconds (RFC 9110, 10.2.3); a date counts for nothing."""
    told = answer.headers.get("Retry-After", "")
    return float(told) if told.isascii() and told.isdecimal() else 0.0

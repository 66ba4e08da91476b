"""Reading a request's body: bounded in size and time, JSON or nothing."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from typing import Any, TypeVar

import msgspec
from starlette.requests import ClientDisconnect
from starlette.types import Receive

from fondaco.domain.errors import InvalidInput
from fondaco.server.problem import BAD_REQUEST, NOT_JSON, TOO_LARGE, TOO_SLOW, Refused

T = TypeVar("T")

#: The connection cannot be used again while its peer may still be sending.
_CLOSE = (("Connection", "close"),)


#: What msgspec says where it does not say what to do, by its beginning.
_REMEDIES = {"Object contains unknown field": "; leave it out", "Object missing required field": "; send it"}
_BLANK = r"Expected `str` matching regex '\\S'"
_NOT_BLANK = "is empty; write at least one visible character."


async def read_body(receive: Receive, headers: Mapping[bytes, bytes], limit: int, seconds: float) -> bytes:
    """Return the whole body.

    Raises:
        Refused: it is larger than ``limit`` bytes, or not there after ``seconds``.
        ClientDisconnect: whoever sent it is gone.
    """
    declared = headers.get(b"content-length", b"0")
    if len(declared) > len(str(limit)) or (declared.isdigit() and int(declared) > limit):
        raise _too_large(limit)
    try:
        async with asyncio.timeout(seconds):
            return await _collect(receive, limit)
    except TimeoutError:
        raise Refused(
            TOO_SLOW, f"The body was not complete after {seconds:g} s; send it again.", headers=_CLOSE
        ) from None


async def _collect(receive: Receive, limit: int) -> bytes:
    pieces: list[bytes] = []
    size, more = 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        piece: bytes = message.get("body", b"")
        size += len(piece)
        if size > limit:
            raise _too_large(limit)
        pieces.append(piece)
        more = message.get("more_body", False)
    return b"".join(pieces)


def _too_large(limit: int) -> Refused:
    return Refused(
        TOO_LARGE, f"The body may have at most {limit} bytes; send less at a time.", headers=_CLOSE
    )


def demand_json(headers: Mapping[bytes, bytes]) -> None:
    """Raise Refused unless the body says that it is JSON."""
    kind = headers.get(b"content-type", b"").split(b";", 1)[0].strip().lower()
    if kind != b"application/json":
        raise Refused(NOT_JSON, "Send the body as JSON, with the header Content-Type: application/json.")


def decode(body: bytes, decoder: msgspec.json.Decoder[T]) -> T:
    """Return the body as the decoder's type.

    Raises:
        Refused: it is no JSON, or not UTF-8.
        InvalidInput: a value has the wrong type or range, or holds what no text may hold.
    """
    try:
        found = decoder.decode(body)
    except msgspec.ValidationError as error:
        raise _invalid(error) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise _unreadable(body, error) from None
    if b"\\u0000" in body:
        _demand_no_nul(msgspec.to_builtins(found), "")
    return found


def convert_query(pairs: list[tuple[str, str]], kind: type[T]) -> T:
    """Return a query's pairs as a struct.  Raises InvalidInput."""
    values = dict(pairs)
    if len(values) < len(pairs):
        raise InvalidInput("A parameter of the query stands there twice; write it once.")
    _demand_no_nul(values, "")
    try:
        return msgspec.convert(values, kind, strict=False)
    except msgspec.ValidationError as error:
        raise _invalid(error) from None


def _unreadable(body: bytes, error: Exception) -> Refused | InvalidInput:
    # msgspec calls half of a surrogate pair malformed; it is JSON (RFC 8259, 8.2), but no text.
    try:
        json.loads(body.decode(), parse_constant=_no_number)
    except (ValueError, RecursionError):
        return Refused(BAD_REQUEST, f"The body is no valid JSON in UTF-8: {error}.")
    return InvalidInput("The body holds half of a surrogate pair, which is no character; leave it out.")


def _no_number(word: str) -> None:
    """Refuse what Python takes for a number and JSON does not (RFC 8259, 6)."""
    raise ValueError(f"{word} is no JSON")


def _invalid(error: msgspec.ValidationError) -> InvalidInput:
    """Turn ``Expected `int`, got `str` - at `$.limit``` into a sentence and the field's path."""
    told, _, place = str(error).partition(" - at ")
    path = place.strip("`").removeprefix("$").removeprefix(".")
    name = told.split("`")[1] if told.startswith("Object ") and "field" in told else ""
    field = ".".join(part for part in (path, name) if part)
    remedy = next((remedy for start, remedy in _REMEDIES.items() if told.startswith(start)), "")
    return InvalidInput(f"{told}{remedy}." if told != _BLANK else f"{field} {_NOT_BLANK}", field=field)


def _demand_no_nul(value: Any, path: str) -> None:
    if isinstance(value, str) and "\0" in value:
        raise InvalidInput("A text may not hold the character NUL; leave it out.", field=path)
    if isinstance(value, dict):
        for name, inner in value.items():
            _demand_no_nul(name, path)
            _demand_no_nul(inner, f"{path}.{name}".removeprefix("."))
    if isinstance(value, list | tuple):
        for place, inner in enumerate(value):
            _demand_no_nul(inner, f"{path}[{place}]")

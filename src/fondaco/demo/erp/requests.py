"""Reads requests and writes answers, the same way for every endpoint."""

from __future__ import annotations

from typing import TypeVar

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from fondaco.demo.erp.problems import Refusal
from fondaco.kit.language import Language

_BODY_LIMIT_BYTES = 64 * 1024
_KEY_LIMIT = 255  #: letters of an idempotency key

T = TypeVar("T")


def idempotency_key(request: Request) -> str:
    """Return the key.  Raises Refusal where there is none."""
    key = request.headers.get("idempotency-key", "").strip()
    if not key or len(key) > _KEY_LIMIT:
        raise Refusal(400, "missing-key", f"Send an Idempotency-Key header of 1 to {_KEY_LIMIT} letters.")
    return key


def key_reused() -> Refusal:
    """Return the answer for a key that belongs to a different request."""
    return Refusal(
        422, "key-reused", "This Idempotency-Key was used for a different request; take a new one."
    )


def language_of(request: Request) -> Language | None:
    """Return the language that is asked for.  Raises Refusal for one that Rialto does not speak."""
    code = request.query_params.get("language")
    if code is not None and code not in set(Language):
        raise Refusal(400, "bad-language", f"?language= is one of {', '.join(Language)}.")
    return None if code is None else Language(code)


def since_of(request: Request) -> int:
    """Return after which sequence number to begin.  Raises Refusal for what is none."""
    since = request.query_params.get("since", "0")
    if not (since.isascii() and since.isdecimal() and len(since) < 19):
        raise Refusal(400, "bad-since", "?since= is the next_since of an earlier answer, or 0.")
    return int(since)


async def body_of(request: Request) -> bytes:
    """Return the whole body.  Raises Refusal where it is too large."""
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > _BODY_LIMIT_BYTES:
            raise Refusal(413, "too-large", f"A body has at most {_BODY_LIMIT_BYTES} bytes.")
    return bytes(body)


def decode(body: bytes, kind: type[T]) -> T:
    """Return the body as a value of this kind.  Raises Refusal where it is none."""
    try:
        return msgspec.json.decode(body, type=kind)
    except msgspec.ValidationError as error:
        raise Refusal(422, "bad-field", f"{error}.") from error
    except msgspec.DecodeError as error:
        raise Refusal(400, "bad-json", f"The body is not JSON: {error}.") from error


def answer(value: msgspec.Struct | None) -> Response:
    """Return the value as a JSON response."""
    return Response(msgspec.json.encode(value), media_type="application/json")

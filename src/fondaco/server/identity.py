"""Who a visitor is, as the shop's own server signed it: a JWT by HS256 (RFC 7519, RFC 7518).

Claims: ``sub`` whom the shop knows, ``aud`` the connection's id, ``iat`` and ``exp`` at most an hour apart,
``name`` if the shop likes.  A connection has up to two secrets, so that one can be replaced without a gap.
"""

from __future__ import annotations

from typing import Annotated

import jwt
import msgspec

from fondaco.domain.access import SHORTEST_IDENTITY_SECRET_BYTES, Connection
from fondaco.domain.errors import InvalidInput

LONGEST_SECONDS = 3_600
LEEWAY_SECONDS = 30  # two servers' clocks are rarely equal
_LONGEST_TOKEN = 4_096


class Identity(msgspec.Struct, frozen=True):
    """What a valid token says."""

    sub: Annotated[str, msgspec.Meta(min_length=1, max_length=255)]
    aud: str
    iat: float
    exp: float
    name: Annotated[str, msgspec.Meta(max_length=200)] = ""


def verify_identity(token: str, connection: Connection, now_ms: int) -> Identity:
    """Return what the shop signed.  Raises InvalidInput for anything else."""
    if len(token) > _LONGEST_TOKEN:
        raise _refused("it is too long")
    read = (_read(token, secret) for secret in connection.identity_secrets)
    claims = next((found for found in read if found is not None), None)
    if claims is None:
        raise _refused("its signature is not this connection's, or a claim is missing")
    now = now_ms / 1000
    if claims.aud != connection.id:
        raise _refused("it was made for another connection (aud)")
    if not claims.iat - LEEWAY_SECONDS <= now < claims.exp + LEEWAY_SECONDS:
        raise _refused("it is expired or from the future (exp, iat)")
    if claims.exp - claims.iat > LONGEST_SECONDS:
        raise _refused("it is good for longer than an hour (exp)")
    return claims


def _read(token: str, secret: str) -> Identity | None:
    """Return the claims if this secret signed them; their times are judged by the house's clock."""
    if len(secret.encode()) < SHORTEST_IDENTITY_SECRET_BYTES:
        return None
    options: jwt.types.Options = {
        "verify_exp": False,
        "verify_iat": False,
        "verify_nbf": False,
        "verify_aud": False,
        "verify_iss": False,
        "verify_sub": False,
        "verify_jti": False,
    }
    try:
        claims = jwt.decode(token, secret, algorithms=["HS256"], options=options)
        return msgspec.convert(claims, Identity)
    except (jwt.InvalidTokenError, msgspec.ValidationError, ValueError):
        return None


def _refused(why: str) -> InvalidInput:
    return InvalidInput(
        f"The identity token is refused: {why}; have the shop sign a new one.", field="identity"
    )

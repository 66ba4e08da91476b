"""Signs what is posted, so that the shop knows it is from here and not a repetition of an old one.

Standard Webhooks 1.0 (https://www.standardwebhooks.com): HMAC-SHA256 over ``id.timestamp.body``.
"""

from __future__ import annotations

import base64
import hashlib
import hmac

from fondaco.domain.errors import ConfigurationError

_PREFIX = "whsec_"


def signature(secret: str, message_id: str, timestamp_seconds: int, body: bytes) -> str:
    """Return the value of the header ``webhook-signature``.  Raises ConfigurationError for a bad secret."""
    try:
        key = base64.b64decode(secret.removeprefix(_PREFIX), validate=True)
    except ValueError as error:  # binascii.Error, and what is no ASCII
        raise ConfigurationError(
            f"callback_secret is no base64; write {_PREFIX} and 24 to 64 random bytes in base64."
        ) from error
    signed = f"{message_id}.{timestamp_seconds}.".encode() + body
    digest = hmac.new(key, signed, hashlib.sha256).digest()
    return f"v1,{base64.b64encode(digest).decode()}"

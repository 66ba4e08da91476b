"""What is stored of a secret."""

from __future__ import annotations

import re

from fondaco.domain.errors import InvalidInput

_DIGEST = re.compile(r"[0-9a-f]{64}")


def demand_digest(secret_hash: str) -> str:
    """Return a SHA-256 hex digest; what is none may be a plain secret.  Raises InvalidInput."""
    if not _DIGEST.fullmatch(secret_hash):
        raise InvalidInput(
            "A secret is stored as its SHA-256 hex digest only; hash it first.", field="secret_hash"
        )
    return secret_hash

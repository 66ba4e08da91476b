"""One-time codes: made for one customer and one sending, good for a few tries and ten minutes."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass

_VALID_MS = 600_000
_TRIES = 5
_DIGITS = 6
_KEPT = 10_000  # sendings; the oldest is forgotten first


@dataclass(slots=True)
class _Sent:
    at_ms: int
    tries: int = 0
    taken_by: str = ""  #: idempotency key of the check that it fitted


class CodeDesk:
    """Knows which codes went out; a restart forgets them, and each is then wrong."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._sent: dict[tuple[str, str], _Sent] = {}

    def send(self, customer_ref: str, challenge: str, now_ms: int) -> str:
        """Return the code of this sending, the same one however often it is asked for."""
        if len(self._sent) >= _KEPT:
            self._sent.pop(next(iter(self._sent)))
        self._sent.setdefault((customer_ref, challenge), _Sent(now_ms))
        return self._code(customer_ref, challenge)

    def check(self, customer_ref: str, challenge: str, code: str, key: str, now_ms: int) -> bool:
        """Return whether the code is the one of this sending; only the check that it fitted may ask again."""
        sent = self._sent.get((customer_ref, challenge))
        if sent is None or now_ms >= sent.at_ms + _VALID_MS or sent.taken_by not in ("", key):
            return False
        if sent.tries >= _TRIES and not sent.taken_by:
            return False
        sent.tries += 1
        right = hmac.compare_digest(code.encode(), self._code(customer_ref, challenge).encode())
        if right:
            sent.taken_by = key
        return right

    def _code(self, customer_ref: str, challenge: str) -> str:
        told = f"{customer_ref}\n{challenge}".encode()
        digest = hmac.new(str(self._seed).encode(), told, hashlib.sha256).digest()
        return f"{int.from_bytes(digest[:8]) % 10**_DIGITS:0{_DIGITS}d}"

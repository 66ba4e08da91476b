"""Requests that get no answer, in no protocol's words."""

from __future__ import annotations

from enum import StrEnum


class TroubleKind(StrEnum):
    """Why a request gets no answer; each protocol has its own status and words for it."""

    BAD_REQUEST = "bad_request"
    WRONG_KEY = "wrong_key"
    UNKNOWN_MODEL = "unknown_model"
    NO_SUCH_PATH = "no_such_path"
    QUOTA = "quota"  #: out of money: waiting does not help
    TOO_LONG = "too_long"
    RATE_LIMITED = "rate_limited"
    OVERLOADED = "overloaded"
    SERVER_ERROR = "server_error"
    UNAVAILABLE = "unavailable"


class Trouble(Exception):
    """A request gets no answer."""

    def __init__(
        self, kind: TroubleKind, message: str, *, wait_ms: float | None = None, told_as: str = ""
    ) -> None:
        super().__init__(message)
        self.kind = kind
        self.message = message
        self.headers: dict[str, str] = {}  #: what the refusal has besides
        self.wait_ms = wait_ms  #: of a rate limit: how long to wait
        self.told_as = told_as  #: in which dialect that is told; empty: as the provider does usually

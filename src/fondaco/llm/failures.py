"""What can go wrong with a model call, in classes that decide what happens next."""

from __future__ import annotations

from enum import StrEnum

import msgspec


class FailureClass(StrEnum):
    """The kind of a failure.  Classified by the provider's code and type first, by the status last."""

    NOT_SENT = "not_sent"  #: no connection: name, address, TLS handshake
    BROKEN = "broken"  #: the connection broke or the answer is malformed after it was sent
    INCOMPLETE = "incomplete"  #: the stream ended without the proof of its end
    TOO_SLOW = "too_slow"  #: no first token, no further event, or too few of them, in time
    OVERLOADED = "overloaded"  #: 5xx, 529, ``overloaded_error``: the provider, not us
    RATE_LIMITED = "rate_limited"  #: too many requests or tokens for this key; passes
    QUOTA = "quota"  #: out of money or over a limit of the day or month; does not pass soon
    CREDENTIAL = "credential"  #: the key is wrong, revoked or not permitted
    MODEL_GONE = "model_gone"  #: there is no such model, or not for this key or region
    TOO_LONG = "too_long"  #: the prompt does not fit into this model
    REFUSED = "refused"  #: content policy, of the model or of the provider's filter
    OUR_FAULT = "our_fault"  #: the request is malformed for this provider; another may take it
    EMPTY = "empty"  #: a proper answer with neither words for a contact nor a tool call
    OPEN_CIRCUIT = "open_circuit"  #: not asked: the breaker is open
    NO_ROOM = "no_room"  #: not asked: the limiter has no room before the deadline
    NO_BUDGET = "no_budget"  #: not asked: a budget is used up


class Failure(msgspec.Struct, frozen=True, kw_only=True):
    """One failed attempt, for people and for the decision what to do next."""

    kind: FailureClass
    message: str  #: for operators: what, where, what to do; never shown to a contact, holds no secret
    status: int = 0  #: HTTP status; 200 where the error came inside a stream, 0 where none came
    code: str = ""  #: the provider's own code or type
    retry_after_ms: int | None = None  #: what the provider asked for, in whichever dialect
    retry_forbidden: bool = False  #: the provider said so, such as ``x-should-retry: false``
    ours: bool = False  #: our own event loop was late for most of the wait: nothing is known of the provider
    possibly_billed: bool = False  #: it was sent, and nobody knows whether the provider worked on it

    @property
    def is_paced(self) -> bool:
        """Whether the provider lets requests in at its own pace and has said when to come again.

        The limiter keeps to that, so that asking again is no storm.
        """
        return self.kind is FailureClass.RATE_LIMITED and self.retry_after_ms is not None


class ModelFailed(Exception):
    """An attempt failed.  Raised inside this room only; the client turns it into its decision."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.message)
        self.failure = failure

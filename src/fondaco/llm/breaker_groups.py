"""Which failures say something about a target, and how long each kind keeps it from being asked."""

from __future__ import annotations

from enum import StrEnum

from fondaco.kit.breaker import Rules
from fondaco.llm.failures import Failure, FailureClass
from fondaco.llm.options import BreakerOptions

_HOUR_MS = 3_600_000
_PASSES_MS = 250  # a rate limit without a Retry-After is usually over in a moment
_PASSES_CAP_MS = 5_000
_PASSED_RAMP_MS = 1_000  # the limiter paces what returns
_REPAIR_MS = 600_000  # a wrong key or a missing model waits for a person


class FailureGroup(StrEnum):
    """Failures that open one breaker together; ordered from the hardest to the most fleeting."""

    CREDENTIAL = "credential"  #: the key is refused or has no money left
    MODEL = "model"  #: the model does not exist
    RATE = "rate"  #: too much was asked
    REACH = "reach"  #: it is down, overloaded, broken or too slow


#: Every other failure says something about the request and nothing about the target.
GROUPS = {
    FailureClass.NOT_SENT: FailureGroup.REACH,
    FailureClass.BROKEN: FailureGroup.REACH,
    FailureClass.INCOMPLETE: FailureGroup.REACH,
    FailureClass.OVERLOADED: FailureGroup.REACH,
    FailureClass.TOO_SLOW: FailureGroup.REACH,
    FailureClass.RATE_LIMITED: FailureGroup.RATE,
    FailureClass.CREDENTIAL: FailureGroup.CREDENTIAL,
    FailureClass.QUOTA: FailureGroup.CREDENTIAL,
    FailureClass.MODEL_GONE: FailureGroup.MODEL,
}

#: The longest that a provider's own word keeps a target closed: a mistake in a header must not last for ever.
LONGEST_MS = {
    FailureGroup.REACH: _HOUR_MS,
    FailureGroup.RATE: _HOUR_MS,
    FailureGroup.CREDENTIAL: 24 * _HOUR_MS,
    FailureGroup.MODEL: 24 * _HOUR_MS,
}

_TO_DO = {
    FailureGroup.CREDENTIAL: "Put in a valid key or top up the balance, then force it closed once.",
    FailureGroup.MODEL: "Correct the model's name or ask the provider for access, then force it closed once.",
}


def rules_for(group: FailureGroup, options: BreakerOptions) -> Rules:
    """Return how the breaker of this group opens and closes."""
    if group is FailureGroup.REACH:
        return Rules(
            window_ms=options.window_seconds * 1000,
            minimum=options.minimum,
            in_a_row=options.in_a_row,
            failure_share=options.failure_share,
            slow_share=options.slow_share,
            open_ms=round(options.open_seconds * 1000),
            open_cap_ms=round(options.open_cap_seconds * 1000),
            probes=options.probes,
            proofs=options.probes,
            ramp_ms=round(options.ramp_seconds * 1000),
        )
    if group is FailureGroup.RATE:
        return Rules(
            open_ms=_PASSES_MS,
            open_cap_ms=_PASSES_CAP_MS,
            probes=options.probes,
            proofs=1,
            ramp_ms=min(_PASSED_RAMP_MS, round(options.ramp_seconds * 1000)),
        )
    return Rules(open_ms=_REPAIR_MS, open_cap_ms=_HOUR_MS, probes=1, proofs=1, ramp_ms=0)


def explained(group: FailureGroup, failure: Failure) -> str:
    """Say for operators what was wrong and, where only a person can help, what to do."""
    what = f"{failure.kind.value}: {failure.message}"
    to_do = _TO_DO.get(group)
    return f"{what.rstrip('.')}. {to_do}" if to_do else what

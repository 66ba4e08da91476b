"""What to do after a failed attempt: wait and ask again, ask the next target, or give up."""

from __future__ import annotations

import math
from enum import StrEnum

import msgspec

from fondaco.llm.failures import Failure, FailureClass
from fondaco.llm.options import RetryOptions

_SHORT_WAIT_MS = 300  # a contact does not notice; the next target would lose the prompt's cache for it
_REFUSALS = 2  # two models that decline the same words are not asked for a third opinion
_BREAKER_WAIT_MS = 50  # a breaker that may let somebody through any moment is not asked without pause
_MOST_DOUBLINGS = 30
_PAUSE_MS = 1_000  # is borne even where the first words are late
_AFTER_SHARE = 10  # a tenth of a Retry-After is added at most, so that those who wait do not come as one
_AFTER_MOST_MS = 1_000


class Act(StrEnum):
    """What happens next."""

    RETRY = "retry"  #: the same target, after a wait
    NEXT_TARGET = "next_target"  #: the next one of the chain, at once
    GIVE_UP = "give_up"  #: no model answers this step


class Situation(msgspec.Struct, frozen=True, kw_only=True):
    """Where the step stands when an attempt has failed."""

    attempt: int  #: at this target, the failed one included; 1 is the first
    left_ms: float  #: until the contact has waited long enough
    first_left_ms: float = math.inf  #: until the contact should have read the first words
    other_targets: bool  #: there is a further target that may be asked
    typical_ms: float = 0.0  #: what this target usually needs for an answer
    retry_allowed: bool = True  #: the provider's retry budget has room
    released: bool = False  #: the contact has already seen words of the failed attempt
    replaceable: bool = True  #: and their channel can take them back
    tool_round_open: bool = False  #: a tool has taken effect and this target has yet to hear of it
    refusals: int = 1  #: targets that have declined in this step, this one included


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """What to do, and why."""

    act: Act
    reason: str  #: for the log and for operators
    wait_ms: int = 0
    more_context: bool = False  #: only a target that takes longer prompts is of use
    retract: bool = False  #: what the contact has seen has to be taken back first


#: Asking the same target the same thing again cannot help.
_ELSEWHERE_ONLY = {
    FailureClass.QUOTA: "the key has no money left",
    FailureClass.CREDENTIAL: "the key is refused",
    FailureClass.MODEL_GONE: "there is no such model",
    FailureClass.TOO_LONG: "the prompt is too long for this model",
    FailureClass.OUR_FAULT: "the request is not one that this target takes",
    FailureClass.REFUSED: "the model declines",
    FailureClass.NO_ROOM: "its limits leave no room in time",
    FailureClass.NO_BUDGET: "a budget is used up",
}
#: It says when it is worth asking again; somebody else is better than a wait that the contact notices.
_TELLS_WHEN = {FailureClass.RATE_LIMITED, FailureClass.OPEN_CIRCUIT}
#: It is not known whether another attempt would do better, and it has cost the contact time already.
_ONCE_MORE = {FailureClass.EMPTY}


def decide(failure: Failure, situation: Situation, options: RetryOptions, fraction: float) -> Decision:
    """Return what to do after this failure; ``fraction`` in [0, 1) is the jitter of the wait.

    Nothing that cannot be finished before the deadline is begun, and words that cannot be taken back end
    the step.
    """
    if situation.released and not situation.replaceable:
        return Decision(act=Act.GIVE_UP, reason="words that were already sent cannot be taken back")
    if situation.left_ms <= 0:
        return Decision(act=Act.GIVE_UP, reason="the contact has waited long enough")
    why_not = _why_no_retry(failure, situation, options)
    if why_not:
        return _elsewhere(failure, situation, why_not)
    wait_ms = wait_before_retry(failure, situation.attempt, options, fraction)
    if wait_ms + situation.typical_ms >= situation.left_ms:
        return _elsewhere(failure, situation, f"a retry after {wait_ms} ms would not finish in time")
    if wait_ms > max(situation.first_left_ms, 0 if failure.kind in _TELLS_WHEN else _PAUSE_MS):
        return _elsewhere(failure, situation, f"nobody would have read a word for another {wait_ms} ms")
    asked_ms = wait_ms if failure.retry_after_ms is None else failure.retry_after_ms
    if situation.other_targets and _is_better_elsewhere(failure, situation, options, asked_ms):
        return _elsewhere(failure, situation, f"another target need not wait for {asked_ms} ms")
    return Decision(
        act=Act.RETRY,
        reason=f"{failure.kind.value}: asked again after {wait_ms} ms",
        wait_ms=wait_ms,
        retract=situation.released,
    )


def wait_before_retry(failure: Failure, attempt: int, options: RetryOptions, fraction: float) -> int:
    """Return the wait in milliseconds before the attempt that follows ``attempt``.

    Without the provider's word: full jitter, uniform between 0 and min(cap, base · 2^(attempt-1))
    (M. Brooker, "Exponential Backoff And Jitter", AWS, 2015).  A Retry-After is the least, with a little
    added.
    """
    if failure.retry_after_ms is None:
        if failure.kind in _ONCE_MORE:
            return 0
        ceiling_ms = min(options.cap_ms, options.base_ms * 2 ** min(attempt - 1, _MOST_DOUBLINGS))
        return int(fraction * ceiling_ms)
    least_ms = _BREAKER_WAIT_MS if failure.kind is FailureClass.OPEN_CIRCUIT else 0
    after_ms = max(failure.retry_after_ms, least_ms)
    return after_ms + int(fraction * min(options.base_ms + after_ms // _AFTER_SHARE, _AFTER_MOST_MS))


def _why_no_retry(failure: Failure, situation: Situation, options: RetryOptions) -> str:
    """Return why this target is not asked again, whatever time is left; empty if it may be."""
    if failure.kind in _ELSEWHERE_ONLY:
        return _ELSEWHERE_ONLY[failure.kind]
    if failure.kind is FailureClass.OPEN_CIRCUIT:
        # Nothing was asked, so this is neither an attempt nor a retry; the deadline alone bounds it.
        return "" if failure.retry_after_ms is not None else "it is switched off"
    if failure.retry_forbidden:
        return "the provider forbids a retry"
    if situation.attempt >= min(2 if failure.kind in _ONCE_MORE else options.attempts, options.attempts):
        return f"asked {situation.attempt} times"
    if failure.kind is FailureClass.TOO_SLOW and not failure.ours and situation.first_left_ms <= 0:
        return "it would have less time than it had"
    allowed = situation.retry_allowed or failure.is_paced
    return "" if allowed else "the provider's retry budget is used up"


def _is_better_elsewhere(
    failure: Failure, situation: Situation, options: RetryOptions, asked_ms: int
) -> bool:
    """Return whether the next target is better than a wait of ``asked_ms``, the jitter aside."""
    if asked_ms > options.wait_at_most_ms:
        return True
    # A finished tool round goes on where it began, as long as that costs no long wait: its reasoning and
    # signatures are of use nowhere else.
    if situation.tool_round_open:
        return False
    if failure.kind in _TELLS_WHEN or failure.retry_after_ms is not None:
        return asked_ms > _SHORT_WAIT_MS
    # Where we did not listen, nothing is known against the first choice.
    return failure.kind is FailureClass.TOO_SLOW and not failure.ours


def _elsewhere(failure: Failure, situation: Situation, why: str) -> Decision:
    reason = f"{failure.kind.value}: {why}"
    if failure.kind is FailureClass.REFUSED and situation.refusals >= _REFUSALS:
        return Decision(act=Act.GIVE_UP, reason=f"{reason}, as another did before")
    if not situation.other_targets:
        return Decision(act=Act.GIVE_UP, reason=f"{reason}; no other target is left")
    return Decision(
        act=Act.NEXT_TARGET,
        reason=reason,
        more_context=failure.kind is FailureClass.TOO_LONG,
        retract=situation.released,
    )

"""Judges what is about to be said: every value proven, every claim done, nothing leaked."""

from fondaco.domain import events as ev
from fondaco.domain.evidence import Verdict
from fondaco.domain.ids import TurnId
from fondaco.engine.guard.cases import Case, Cases, GuardOptions
from fondaco.engine.guard.judging import judge

__all__ = ["Case", "Cases", "GuardOptions", "judge", "verdict_given"]


def verdict_given(turn_id: TurnId, verdict: Verdict) -> ev.VerdictGiven:
    """Return the event that tells of a verdict."""
    return ev.VerdictGiven(
        turn_id=turn_id, passed=verdict.passed, evidence=verdict.evidence, findings=verdict.findings
    )

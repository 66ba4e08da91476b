"""Finds the difficulty from which a share of the turns goes to the strong models."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from fondaco.domain import events as ev
from fondaco.domain.ids import TurnId

_STEP = 0.0001  # thresholds are written with four decimals


class RoutedTurn(msgspec.Struct, frozen=True, kw_only=True):
    """One turn that models were asked in, as the log tells of it."""

    difficulty: float
    unproven: bool = False  #: its first draft did not pass the guard


class Calibration(msgspec.Struct, frozen=True, kw_only=True):
    """A threshold and what it would have meant for the turns that it was taken from."""

    strong_at: float
    turns: int
    strong: int  #: turns that would have begun with the strong models
    unproven: int  #: turns whose first draft did not pass the guard
    unproven_strong: int  #: and of those, turns that would have begun with the strong models

    @property
    def share(self) -> float:
        """The part of the turns that would have begun with the strong models."""
        return self.strong / self.turns if self.turns else 0.0


def routed_turns(events: Iterable[ev.Event]) -> list[RoutedTurn]:
    """Return the turns of a conversation's log in which a difficulty decided."""
    scores: dict[TurnId, float] = {}
    first_verdicts: dict[TurnId, bool] = {}
    for event in events:
        match event:
            case ev.RouteChosen(turn_id=turn_id, difficulty=float() as difficulty):
                scores[turn_id] = difficulty
            case ev.VerdictGiven(turn_id=turn_id, passed=passed):
                first_verdicts.setdefault(turn_id, passed)
            case _:
                pass
    return [
        RoutedTurn(difficulty=score, unproven=not first_verdicts.get(turn_id, True))
        for turn_id, score in scores.items()
    ]


def calibrate(turns: Iterable[RoutedTurn], share: float) -> Calibration:
    """Return the lowest threshold at which no more than ``share`` of the turns, 0 to 1, begin strong.

    Turns of one difficulty stay together, so the share that is reached may be lower than the one asked for.
    """
    ordered = sorted(turns, key=lambda turn: turn.difficulty, reverse=True)
    allowed = int(share * len(ordered) + 1e-9)
    above = ordered[allowed].difficulty if allowed < len(ordered) else None
    strong_at = 0.0 if above is None else round(above + _STEP, 4)
    strong = [turn for turn in ordered if turn.difficulty >= strong_at]
    return Calibration(
        strong_at=min(1.0, strong_at),
        turns=len(ordered),
        strong=len(strong),
        unproven=sum(turn.unproven for turn in ordered),
        unproven_strong=sum(turn.unproven for turn in strong),
    )

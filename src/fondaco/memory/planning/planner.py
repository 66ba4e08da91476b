"""Chooses how an episode's history is kept: the cheapest way that keeps what is needed within reach."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from fondaco.memory.planning.rules import (
    PER_MILLE,
    best_step,
    least_that_pays,
    recall_is_cheaper,
    requests_until_paid,
)
from fondaco.memory.planning.sheets import PriceSheet
from fondaco.memory.planning.turns import Expectation, expected_requests
from fondaco.memory.strategies import FLOOR_TOKENS, Marks, StrategyName

#: Tokens that a request adds to the history where a conversation is too young to tell.
USUAL_GROWTH = 70


class Aim(msgspec.Struct, frozen=True, kw_only=True):
    """How much of what is hidden must be within reach, and how often it is reached for.

    With a fifth of what is hidden beside the window nine of ten questions have everything that they need in
    the prompt where turns are found by words alone, and more of them with sentence vectors
    (``fondaco lab memory --cost``).  That old turns are wanted on every tenth request is an assumption; the
    log tells how often they really were.
    """

    recall_per_mille: int = 200  #: of the hidden tokens come back where old turns are asked for
    recalled_per_mille: int = 100  #: of the requests bring old turns back
    floor_tokens: int = FLOOR_TOKENS


class Talk(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of an episode when it is planned, in tokens."""

    head_tokens: int  #: rules, tools, card and digests
    reserve_tokens: int  #: what the answer, the passages and the message may take at most
    growth_tokens: int = USUAL_GROWTH  #: that a request adds on average
    lengths: Mapping[int, int] = {}  #: how many earlier episodes ended after how many requests
    can_recall: bool = True  #: old turns can be brought back, by a tool or a gate


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """How the history is kept from now on, and why."""

    strategy: StrategyName
    marks: Marks
    recall: bool  #: what it hides can be brought back
    recall_per_mille: int  #: of the hidden tokens may come back at once
    why: str  #: one sentence with the figures, for teammates

    def recall_tokens(self, hidden_tokens: int, affordable: int | None = None) -> int:
        """Return how many of the hidden tokens may come back into a prompt.

        ``affordable`` is what savings allow.
        """
        wanted = max(0, hidden_tokens) * self.recall_per_mille // PER_MILLE
        return wanted if affordable is None else min(wanted, affordable)


_NO_AIM = Aim()


def plan(sheet: PriceSheet, talk: Talk, aim: Aim = _NO_AIM) -> Plan:
    """Return the cheapest way of keeping a history that never costs more than telling everything.

    It tells everything where nothing is charged, where nothing could be brought back, where bringing back
    costs more than telling (second rule), and where the model takes too little for a cut ever to pay.  Else a
    window beyond the high mark is cut, provided that ``surely_pays`` says so: the first cut waits until it
    pays, later ones pay earlier, since much is hidden by then.  What the model's limit forces is cut under
    any plan.
    """
    most = max(0, sheet.context_tokens - talk.head_tokens - talk.reserve_tokens)
    low = _low(sheet, talk.head_tokens, aim)
    pays = least_that_pays(sheet, talk.head_tokens, low)
    against = _against_cutting(sheet, talk, aim)
    if not against and (pays is None or pays > most):
        against = f"a cut would pay from {pays or 0:,} tokens on, and the model takes {most:,}"
    if against or pays is None:
        marks = Marks(high_tokens=most, low_tokens=most // 2, most_tokens=most, floor_tokens=aim.floor_tokens)
        return _plan(StrategyName.APPEND, marks, aim, f"Everything is told: {against}.")
    step = _best_step(sheet, talk, aim, low)
    expected = expected_requests(talk.lengths, max(pays, low + step) // max(1, talk.growth_tokens))
    high = min(most, low + _paid_step(sheet, low, step, expected))
    marks = Marks(high_tokens=high, low_tokens=low, most_tokens=most, floor_tokens=aim.floor_tokens)
    return _plan(StrategyName.STEPPED, marks, aim, f"{_why(sheet, marks, pays)} {_told(expected)}")


def _low(sheet: PriceSheet, head_tokens: int, aim: Aim) -> int:
    """Return what a cut keeps: the floor, and no less than the provider's cache takes at all."""
    if sheet.again_pico >= sheet.new_pico:
        return aim.floor_tokens
    habit = sheet.habit
    return max(aim.floor_tokens, habit.minimum_tokens + habit.block_tokens - head_tokens)


def _against_cutting(sheet: PriceSheet, talk: Talk, aim: Aim) -> str:
    """Return why nothing is cut for money, whatever the sizes; empty where nothing speaks against it."""
    if sheet.is_free:
        return "nothing is charged for what the model reads"
    if not talk.can_recall:
        return "nothing could bring back what a cut hides"
    if not recall_is_cheaper(sheet, aim.recall_per_mille, aim.recalled_per_mille, PER_MILLE):
        recalled = f"{aim.recall_per_mille / 10:g} % on {aim.recalled_per_mille / 10:g} % of the requests"
        return (
            f"bringing back {recalled} costs more than reading all again at {_share(sheet)}{_unsaid(sheet)}"
        )
    return ""


def _best_step(sheet: PriceSheet, talk: Talk, aim: Aim, low: int) -> int:
    """Return by how much the window should grow between cuts in a conversation without an end."""
    best = best_step(sheet, low, talk.growth_tokens, aim.recall_per_mille * aim.recalled_per_mille)
    return max(best, talk.growth_tokens)


def _paid_step(sheet: PriceSheet, low: int, step: int, expected: Expectation) -> int:
    """Return a step, as long at least, after which a cut is paid within the requests that are still to come.

    They are those expected behind the first cut, for a conversation that never gets there is never cut.
    """
    needed = requests_until_paid(sheet, low, step)
    if needed is None or needed <= expected.requests_left:
        return step
    return -(-step * needed // expected.requests_left)


def _plan(strategy: StrategyName, marks: Marks, aim: Aim, why: str) -> Plan:
    return Plan(
        strategy=strategy,
        marks=marks,
        recall=strategy is StrategyName.STEPPED,
        recall_per_mille=aim.recall_per_mille,
        why=why,
    )


def _why(sheet: PriceSheet, marks: Marks, pays: int) -> str:
    later = f", later from {marks.high_tokens:,} on" if marks.high_tokens < pays else ""
    first = max(pays, marks.high_tokens)
    return (
        f"From {first:,} tokens on{later} the history is cut to {marks.low_tokens:,}: with known tokens at "
        f"{_share(sheet)}{_unsaid(sheet)} such a request costs no more than one that tells everything."
    )


def _told(expected: Expectation) -> str:
    source = f"as {expected.based_on:,} earlier ones did" if expected.based_on else "which is assumed"
    return f"An episode that gets so far is expected to take {expected.requests_left:,} more, {source}."


def _share(sheet: PriceSheet) -> str:
    if sheet.again_pico >= sheet.new_pico:
        return "the full price"
    return f"1/{sheet.new_pico / sheet.again_pico:.3g} of the price" if sheet.again_pico else "no cost"


def _unsaid(sheet: PriceSheet) -> str:
    return f" (not published: {'; '.join(sheet.unpublished)})" if sheet.unpublished else ""

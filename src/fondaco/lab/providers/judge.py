"""Judges a cell of the matrix: pure functions over what was seen."""

from __future__ import annotations

import re
from collections import Counter
from enum import StrEnum
from statistics import median

import msgspec

from fondaco.lab.providers.plan import Mode
from fondaco.lab.providers.seen import Bill, By, Played, Turn
from fondaco.lab.providers.words import STORED, House, Topic, answer_of, wrong_answers
from fondaco.testing.provider.script import WireName

_RUN = 3  # words in a row that no text but a model's own has
_MARKUP = re.compile(r"<[\w/|]|\|>|[{}]|\ufffd")


class Books(StrEnum):
    """How our ledger and the provider's bill agree."""

    EQUAL = "equal"  #: to the last digit
    COVERED = "covered"  #: ours is higher, and says that it is a bound
    BELOW = "below"  #: the provider charges more than the ledger knows of
    UNEXPLAINED = "unexplained"  #: ours is higher and claims to be exact
    BEYOND = "beyond"  #: below, where a provider makes more than anybody can know; ours is marked
    OPEN = "open"  #: an attempt is over and its end was never written down


_SOUND = {Books.EQUAL, Books.COVERED, Books.BEYOND}


class Cell(msgspec.Struct, frozen=True, kw_only=True):
    """The verdict on a cell."""

    row: str
    wire: WireName
    mode: Mode
    turns: int
    answered_by: dict[By, int]
    p50_ms: float
    max_ms: float
    intact: int  #: turns in which the contact saw one whole text
    books: Books
    bills: tuple[Bill, ...]
    drafts: int  #: states of unfinished answers that were shown on the way
    handed_over: int  #: turns that nobody could answer and a teammate was asked about
    wanting: int  #: turns that nobody could answer
    in_time: int
    hits: int
    faults: tuple[str, ...]  #: what is wrong; empty: the cell is good

    @property
    def good(self) -> bool:
        """Whether nothing is wrong."""
        return not self.faults


def judged(played: Played) -> Cell:
    """Return the verdict on a cell."""
    turns = played.turns
    by = [answered_by(turn) for turn in turns]
    waits = [turn.after_ms for turn in turns if turn.after_ms is not None]
    found = books(played.bills, overruns=played.overruns)
    wanting = [turn for turn, who in zip(turns, by, strict=True) if who is By.PERSON or turn.handed_over]
    cell = Cell(
        row=played.row,
        wire=played.wire,
        mode=played.mode,
        turns=len(turns),
        answered_by=dict(Counter(by)),
        p50_ms=median(waits) if waits else 0.0,
        max_ms=max(waits, default=0.0),
        intact=sum(who not in {By.BROKEN, By.NOBODY} for who in by),
        books=found,
        bills=played.bills,
        drafts=sum(len(turn.drafts) for turn in turns),
        handed_over=sum(turn.handed_over for turn in wanting),
        wanting=len(wanting),
        in_time=sum(wait <= played.deadline_ms for wait in waits),
        hits=played.hits,
        faults=(),
    )
    return msgspec.structs.replace(cell, faults=_faults(cell, played.allowed))


def answered_by(turn: Turn) -> By:
    """Return whose one whole answer the contact saw."""
    if not turn.texts:
        return By.NOBODY
    if len(turn.texts) > 1 or turn.left_over or not all(is_beginning(one, turn) for one in turn.drafts):
        return By.BROKEN
    text = turn.texts[0]
    for house, by in ((House.FIRST, By.FIRST), (House.SECOND, By.SECOND)):
        if text == answer_of(house, turn.question.text):
            return by if not turn.handed_over else By.BROKEN
    if has_pieces(text, turn.question.text):
        return By.BROKEN
    if turn.handed_over:
        return By.PERSON
    is_stored = turn.question.topic is Topic.STORED and text == STORED[turn.question.place][2]
    return By.LOCAL if is_stored else By.BROKEN


def is_beginning(draft: str, turn: Turn) -> bool:
    """Return whether what was shown of an unfinished answer is the beginning of something that a model said.

    That may be an answer that was taken back as a whole, such as one in another language.
    """
    whole = (*(answer_of(house, turn.question.text) for house in House), *wrong_answers())
    return any(one.startswith(draft) for one in whole)


def has_pieces(text: str, asked: str) -> bool:
    """Return whether a text holds words of a model's answer, or markup, that do not belong there."""
    models = set[tuple[str, ...]]().union(*(_runs(answer_of(house, asked)) for house in House))
    return bool(_MARKUP.search(text)) or not models.isdisjoint(_runs(text))


def books(bills: tuple[Bill, ...], *, overruns: bool = False) -> Books:
    """Return the worst agreement of all providers."""
    found = {_agreement(bill, overruns=overruns) for bill in bills}
    worst_first = (Books.OPEN, Books.BELOW, Books.UNEXPLAINED, Books.BEYOND, Books.COVERED)
    return next((one for one in worst_first if one in found), Books.EQUAL)


def told(bills: tuple[Bill, ...]) -> str:
    """Return both sums of every provider, in millionths of the currency."""
    return ", ".join(
        f"{one.provider} ours {one.ours_pico / 1e6:.1f} theirs {one.theirs_pico / 1e6:.1f} {one.ends}"
        for one in bills
    )


def _agreement(bill: Bill, *, overruns: bool) -> Books:
    if bill.unsettled:
        return Books.OPEN
    if bill.ours_pico == bill.theirs_pico:
        return Books.EQUAL
    if bill.ours_pico < bill.theirs_pico:
        return Books.BEYOND if overruns and bill.doubtful else Books.BELOW
    return Books.COVERED if bill.doubtful else Books.UNEXPLAINED


def _faults(cell: Cell, allowed: tuple[By, ...]) -> tuple[str, ...]:
    wrong = {who: count for who, count in cell.answered_by.items() if who not in allowed}
    found = [f"answered by {who.value}: {count}" for who, count in wrong.items()]
    if not cell.turns:
        found.append("nobody wrote")
    if cell.intact < cell.turns:
        found.append(f"not one whole text: {cell.turns - cell.intact}")
    if cell.books not in _SOUND:
        found.append(f"books: {cell.books.value}, {told(cell.bills)}")
    if cell.handed_over < cell.wanting:
        found.append(f"not handed over: {cell.wanting - cell.handed_over}")
    if cell.in_time < cell.turns:
        found.append(f"too late: {cell.turns - cell.in_time}")
    return tuple(found)


def _runs(text: str) -> set[tuple[str, ...]]:
    words = re.findall(r"\w+", text.lower())
    return {tuple(words[at : at + _RUN]) for at in range(len(words) - _RUN + 1)}

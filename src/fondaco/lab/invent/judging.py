"""Judges everything that contacts had on their screens, without asking the product what it thinks of it."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum

import msgspec

from fondaco.lab.invent.claims import invented
from fondaco.lab.invent.facts import proof_of
from fondaco.lab.invent.played import Conversed, Played
from fondaco.lab.invent.tongue import is_in, markup_in
from fondaco.lab.invent.turns import Turn, turns_of
from fondaco.lab.invent.watching import Seen


class Sort(StrEnum):
    """What must not be on a contact's screen."""

    VALUE = "unprovable value"  #: nothing proves it, not even the contact's own words
    CLAIM = "invented claim"  #: the merchant system has done nothing of the kind
    MARKUP = "raw markup"  #: brackets, tags and other words of machines
    LANGUAGE = "wrong language"  #: not the contact's


class Fault(msgspec.Struct, frozen=True, kw_only=True):
    """Something that got through."""

    sort: Sort
    number: int  #: of the conversation
    what: str
    seen: Seen

    def told(self) -> str:
        """Return the fault as a line for people."""
        where = "draft" if self.seen.is_draft else "reply"
        place = f"{self.sort.value} in a {where} of conversation {self.number}"
        return f"{place}: {self.what!r} in {self.seen.text!r}"


class Judged(msgspec.Struct, frozen=True, kw_only=True):
    """What was found in a run."""

    faults: tuple[Fault, ...]
    replies: int  #: messages of the shop
    drafts: int  #: states of unfinished answers that were shown, each counted once
    values: int  #: read in all of them
    only_said: int  #: of these, proven by nothing but the contact's own words
    turns: tuple[Turn, ...]


def judged(played: Played) -> Judged:
    """Return the verdict on a run."""
    texts = [(one, seen) for one in played.conversations for seen in dict.fromkeys(one.seen)]
    proofs = [proof_of(seen, one, played) for one, seen in texts]
    faults = [fault for one, seen in texts for fault in _faults(seen, one, played)]
    return Judged(
        faults=tuple(faults),
        replies=sum(not seen.is_draft for _, seen in texts),
        drafts=sum(seen.is_draft for _, seen in texts),
        values=sum(proof.values for proof in proofs),
        only_said=sum(len(proof.only_said) for proof in proofs),
        turns=tuple(turn for one in played.conversations for turn in turns_of(one.records)),
    )


def _faults(seen: Seen, conversed: Conversed, played: Played) -> Iterator[Fault]:
    number = conversed.talk.number
    for value in proof_of(seen, conversed, played).unprovable:
        yield Fault(sort=Sort.VALUE, number=number, what=value.written, seen=seen)
    for claim in invented(seen, conversed, played):
        yield Fault(sort=Sort.CLAIM, number=number, what=claim, seen=seen)
    for piece in markup_in(seen.text):
        yield Fault(sort=Sort.MARKUP, number=number, what=piece, seen=seen)
    if not is_in(seen.text, conversed.talk.language):
        what = f"not in {conversed.talk.language.value}"
        yield Fault(sort=Sort.LANGUAGE, number=number, what=what, seen=seen)

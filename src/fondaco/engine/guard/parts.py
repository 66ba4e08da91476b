"""Cuts a text into parts that speak of one thing each: what a statement names, and what is said beside it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from fondaco.engine.guard.facts import Facts
from fondaco.engine.guard.naming import Told, named_in, stands_in
from fondaco.engine.guard.records import Trait
from fondaco.engine.guard.scopes import scopes
from fondaco.engine.guard.segments import segments
from fondaco.engine.guard.statements import Statement, statements
from fondaco.engine.guard.tracing import Proof

#: What a line calls its value: ``Price:``.
_LABEL = re.compile(r"[*_\s]*([^:：,，、\d]{1,30}[:：])")


_ANOTHER = re.compile(
    r"\b(?:from|in|of) (?:a|an|your|one of your) (?:previous|earlier|other|another|different|older|past)\b"
    r"|\b(?:from|in|of) another\b"
    r"|\b(?:aus|von|in|bei) (?:einer|ihrer) (?:früheren|anderen|vorherigen|älteren)\b"
    r"|(?:之前|以前|另外?一个|其他|其它)的?订单|(?:以前|過去|前回|別)のご?注文|(?:이전|지난|다른) ?주문",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Part:
    """A statement, what it speaks of, and what is said beside it."""

    text: str
    told: Told
    named: Told  #: by the statement itself
    inside: list[Proof]
    pieces: list[str]  #: the statement, those that head it, and those that tell of the same thing
    around: list[Proof]  #: the values in these


def parts_of(text: str, proofs: Sequence[Proof], facts: Facts, focus: Iterable[Trait]) -> Iterator[Part]:
    """Yield the statements that hold a value."""
    cut = statements(text)
    own = named_in(text, cut, proofs, facts)
    anywhere = _merged([*own, _told(focus)])
    above = scopes(text)
    inside = [[proof for proof in proofs if one.begin <= proof.value.begin < one.end] for one in cut]
    labels = [_label(one.text, facts) for one in cut]
    told: list[Told] = []
    for place, head in enumerate(above):
        told.append({**(told[head] if head is not None else {}), **own[place]})
        told_apart = segments(inside[place], facts)
        if told_apart:
            yield from (
                Part(cut[place].text, {**told[place], **names}, names, values, [cut[place].text], values)
                for names, values in told_apart
            )
        elif inside[place]:
            siblings = _siblings(place, above, labels)
            together = sorted({place, *_heads(place, above), *siblings})
            shared = _merged([own[one] for one in siblings])
            yield Part(
                cut[place].text,
                {**shared, **told[place]} or ({} if _is_of_another(together, cut) else anywhere),
                own[place],
                inside[place],
                [cut[one].text for one in together],
                [proof for one in together for proof in inside[one]],
            )


def _is_of_another(together: Iterable[int], cut: Sequence[Statement]) -> bool:
    """Return whether the text says that it takes something from another thing, which it leaves open."""
    return any(_ANOTHER.search(cut[one].text) for one in together)


def _heads(place: int, above: Sequence[int | None]) -> Iterator[int]:
    head = above[place]
    while head is not None:
        yield head
        head = above[head]


def _siblings(place: int, above: Sequence[int | None], of_lines: Sequence[str]) -> list[int]:
    """Return the lines that tell of the same thing: under the same head, each with a label of its own."""
    labels = {one: label for one, label in enumerate(of_lines) if above[one] == above[place]}
    if above[place] is None:
        labels = dict(_run_around(place, labels))
    told = list(labels.values())
    return list(labels) if all(told) and len(set(told)) == len(told) else []


def _run_around(place: int, labels: Mapping[int, str]) -> Iterator[tuple[int, str]]:
    """Return the lines with a label that stand in one row with a line: what no head holds together."""
    begin = end = place
    while labels.get(begin - 1):
        begin -= 1
    while labels.get(end + 1):
        end += 1
    return ((one, labels[one]) for one in range(begin, end + 1))


def _label(text: str, facts: Facts) -> str:
    """Return what a line calls its value; empty where that is the name of a thing, such as a place."""
    found = _LABEL.match(text)
    label = found[1].casefold() if found else ""
    return "" if any(word in label and stands_in(word, label) for word in facts.words) else label


def _told(traits: Iterable[Trait]) -> Told:
    return _merged([{trait.type: frozenset({trait.id})} for trait in traits])


def _merged(parts: Iterable[Told]) -> Told:
    merged: Told = {}
    for part in parts:
        for type_, ids in part.items():
            merged[type_] = merged.get(type_, frozenset()) | ids
    return merged

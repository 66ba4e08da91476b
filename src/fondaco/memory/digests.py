"""What stands for hidden turns without any model: the contact's own words, or an extract of both sides.

In conversations between people and assistants the person's own turns are a seventh of the tokens and three
quarters of what is needed later (the measurement is in docs/benchmarks.md), so they are kept first.
A digest is written once, goes on the log with its cut, and is never written again.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

import msgspec

from fondaco.llm.asking import Speaker
from fondaco.memory.atoms import Atom
from fondaco.memory.shortening import shortened

_SHARE = 4  # a digest takes a quarter of what it stands for
_WHOLE_SHARE = 2  # all of them take half of what a window may have
_LEAST_TOKENS = 32  #: in less nothing can be said
_SMALL_TALK = 4  #: tokens; a shorter turn says yes, thanks or good bye
_LONGEST_SHARE = 3  #: one turn takes a third of a digest at most
_LINE_TOKENS = 2  #: for the mark before a turn and the end of its line

_SAID = "What the person wrote before, in their own words:"
_EXTRACT = "What was said before, in short:"
_NUMBER = re.compile(r"\d{2,}")
_BLANKS = re.compile(r"\s+")
_SENTENCE = re.compile(r".+?(?:[.!?…](?=\s|$)|[。！？]|$)", re.DOTALL)

CONTACT = "contact"  #: who wrote a digest: the contact's own words
EXTRACT = "extract"  #: or taken from both sides' words by rule; else a model's name

Counts = Callable[[str], int]


class Digest(msgspec.Struct, frozen=True, kw_only=True):
    """What is told in place of what a cut hides."""

    text: str = ""
    by: str = ""  #: ``contact``, ``extract``, or the name of the model that wrote it


def room_of(hidden_tokens: int, high_tokens: int) -> int:
    """Return how many tokens a digest may have; 0 where nothing could be said in them."""
    room = min(hidden_tokens, high_tokens) // _SHARE
    return room if room >= _LEAST_TOKENS else 0


def whole_room(high_tokens: int) -> int:
    """Return how many tokens all digests may have together."""
    return high_tokens // _WHOLE_SHARE


def shown_digests(tokens: Sequence[int], high_tokens: int) -> int:
    """Return how many of the latest digests, of which these are the sizes, have room together."""
    room, shown = whole_room(high_tokens), 0
    for size in reversed(tokens):
        room -= size
        if room < 0:
            break
        shown += 1
    return shown


def own_words(hidden: Sequence[Atom], room: int, count: Counts) -> Digest:
    """Return the contact's own turns, the latest first to be kept, oldest first to be told."""
    said = [atom.text for atom in hidden if atom.by is Speaker.CONTACT and atom.is_message]
    return _digest(_SAID, [f"- {_line(text)}" for text in said], room, count, CONTACT)


def extract(hidden: Sequence[Atom], room: int, count: Counts) -> Digest:
    """Return the contact's turns with the first sentence of every answer to them."""
    lines = [_told(atom) for atom in hidden if atom.is_message]
    return _digest(_EXTRACT, lines, room, count, EXTRACT)


def keeps_numbers(summary: str, hidden: Sequence[Atom]) -> bool:
    """Return whether a summary holds any number that the contact wrote; True where it wrote none.

    One that holds none of them has summed up something else.
    """
    said = " ".join(atom.text for atom in hidden if atom.by is Speaker.CONTACT and atom.is_message)
    numbers = set(_NUMBER.findall(said))
    return not numbers or not numbers.isdisjoint(_NUMBER.findall(summary))


def _told(atom: Atom) -> str:
    if atom.by is Speaker.CONTACT:
        return f"- person: {_line(atom.text)}"
    first = _SENTENCE.match(atom.text.strip())
    return f"- shop: {_line(first.group() if first else '')}"


def _digest(title: str, lines: Iterable[str], room: int, count: Counts, by: str) -> Digest:
    left = room - count(title) - _LINE_TOKENS
    longest = max(left // _LONGEST_SHARE, _LEAST_TOKENS)
    kept: list[str] = []
    for whole in reversed(list(lines)):
        line = _line(shortened(whole, longest)[0])
        tokens = count(line) + _LINE_TOKENS
        if _SMALL_TALK + _LINE_TOKENS < tokens <= left:
            kept.append(line)
            left -= tokens
    return Digest(text="\n".join((title, *reversed(kept))), by=by) if kept else Digest()


def _line(text: str) -> str:
    return _BLANKS.sub(" ", text).strip()

"""In which order a model is told things: what changes least comes first, so that prefixes last.

Rules and tools | the contact's card | digests, one a cut, oldest first | the window, word for word | what is
told for this turn alone | the contact's message.  Everything up to the window's end is the beginning of the
next prompt too, until the log tells of a cut or of a new plan.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from fondaco.llm.asking import Entry, Said, Speaker
from fondaco.memory.atoms import Atom

_CARD = "<person>\n{card}\n</person>"
_EARLIER = "<earlier>\n{text}\n</earlier>"
_LEFT_OUT = "Earlier words of this conversation are not shown, or only in short."


class Head(msgspec.Struct, frozen=True, kw_only=True):
    """What stands between the rules and the window; it changes only with a plan or a cut."""

    card: str = ""
    digests: tuple[str, ...] = ()  #: oldest first
    is_cut: bool = False  #: whether anything is hidden


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """A history as a prompt has it."""

    entries: tuple[Entry, ...]
    stable: int  #: so many of the first entries begin the next prompt too, unless the log tells of a cut


def head_entries(head: Head) -> tuple[Entry, ...]:
    """Return the card and what stands for hidden words; a new digest leaves those before it as they are."""
    texts = [_CARD.format(card=head.card)] if head.card else []
    if head.is_cut:
        texts += [_EARLIER.format(text=text) for text in (_LEFT_OUT, *head.digests)]
    return tuple(Said(by=Speaker.CONTACT, text=text) for text in texts)


def laid_out(head: Sequence[Entry], window: Iterable[Atom], tail: Sequence[Entry]) -> Told:
    """Return head, window and tail as one history."""
    stable = [*head]
    for atom in window:
        stable += atom.entries
    return Told(entries=(*stable, *tail), stable=len(stable))

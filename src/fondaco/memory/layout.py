"""In which order a model is told things: what changes least comes first, so that prefixes last.

Rules and tools | the contact's card | digests, one a cut, oldest first | the window, word for word | what is
told for this turn alone | the contact's message.  Everything up to the window's end is the beginning of the
next prompt too, until the log tells of a cut or of a new plan.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from fondaco.llm.asking import Entry, Prompt, Said, Speaker

_CARD = "<person>\n{card}\n</person>"
_EARLIER = "<earlier>\n{text}\n</earlier>"
_LEFT_OUT = "Earlier words of this conversation are not shown, or only in short."


class Head(msgspec.Struct, frozen=True, kw_only=True):
    """What stands between the rules and the window; it changes only with a plan or a cut."""

    card: str = ""
    digests: tuple[str, ...] = ()  #: oldest first
    is_cut: bool = False  #: whether anything is hidden


def head_entries(head: Head) -> tuple[Entry, ...]:
    """Return the card and what stands for hidden words; a new digest leaves those before it as they are."""
    texts = [_CARD.format(card=head.card)] if head.card else []
    if head.is_cut:
        texts += [_EARLIER.format(text=text) for text in (_LEFT_OUT, *head.digests)]
    return tuple(Said(by=Speaker.CONTACT, text=text) for text in texts)


def laid_out(
    frame: Prompt, head: Iterable[Entry], window: Iterable[Entry], tail: Iterable[Entry], *, tokens: int = 0
) -> Prompt:
    """Return the prompt; ``tokens`` is what head and window take, where that is known."""
    stable = (*head, *window)
    return msgspec.structs.replace(frame, history=(*stable, *tail), stable=len(stable), stable_tokens=tokens)

"""Lets the contact read an answer while it is being given: sentence by sentence, each one judged before.

A sentence that does not pass is held back together with all that follows until more words make it pass;
what never does is judged as a part of the whole answer.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Protocol

from fondaco.domain.conversation import Conversation
from fondaco.domain.ids import ConversationId, TurnId
from fondaco.domain.ports import Voice
from fondaco.engine.draft import Draft

_CLOSING = "[\"'”’»«“)\\]」』）]*"
#: The end of a sentence.  A point ends none after a digit (24. November, 1. Open), after a single letter
#: (z. B.), within a number (49.90), or before a small letter, so its next letter is waited for.
_END = re.compile(
    rf"(?<![\s\d])(?<!\b\w)\.{_CLOSING}\s+(?=[^\s\d])(?![a-zäöüß])|[!?…]{_CLOSING}(?=\s)|[。！？]{_CLOSING}|\n"
)


class Voices(Protocol):
    """Gives the assistant a voice where it may have one."""

    async def voice_of(self, conversation: Conversation) -> Voice | None:
        """Return the voice; None where what was said could not be taken back."""
        ...


class Releaser:
    """Hears a model and releases what is proven; takes everything back when the attempt fails."""

    def __init__(
        self,
        voice: Voice,
        conversation_id: ConversationId,
        turn_id: TurnId,
        draft_of: Callable[[str], Draft],
        passes: Callable[[Draft], bool],
    ) -> None:
        self._voice = voice
        self._place = (conversation_id, turn_id)
        self._draft_of = draft_of  #: a draft of these words with everything that may prove them
        self._passes = passes  #: whether the guard lets a draft out
        self._shown = False
        self.begin_step()

    def begin_step(self) -> None:
        """Hear a further step: what it says replaces what was said before it."""
        self._released = self._held = ""
        self._judged = 0  #: so much of what is held was judged already

    async def heard(self, text: str) -> None:
        """Take the next piece; release every sentence that has become whole and passes the guard."""
        self._held += text
        end = max((match.end() for match in _END.finditer(self._held)), default=0)
        whole = self._held[:end]
        if end == self._judged or not whole.strip():
            return
        self._judged = end
        if self._passes(self._draft_of(whole.strip())):
            self._released, self._held, self._judged = self._released + whole, self._held[end:], 0
            self._shown = True
            await self._voice.say(*self._place, self._released.strip())

    async def retracted(self) -> None:
        """Forget what was heard; what the contact has seen of it is taken back."""
        self.begin_step()
        if self._shown:
            self._shown = False
            await self._voice.retract(*self._place)

    async def end(self, draft: Draft | None) -> None:
        """Leave what was shown to be replaced by its message, or take it back where there will be another.

        ``draft`` is the whole answer; None where none came.
        """
        if draft is None or draft.handoff is not None or not self._passes(draft):
            await self.retracted()
        elif self._shown:
            await self._voice.fall_silent(*self._place)

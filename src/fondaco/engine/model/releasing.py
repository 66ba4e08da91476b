"""Lets the contact read an answer while it is being given: sentence by sentence, each one judged before.

A sentence that does not pass is held back together with all that follows until more words make it pass;
what never does is judged as a part of the whole answer.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from fondaco.domain.ids import ConversationId, TurnId
from fondaco.domain.ports import Voice
from fondaco.engine import guard
from fondaco.engine.draft import Draft

#: The end of a sentence: nothing that may go on as a number or a date is one before its next letter came.
_END = re.compile(r"[.!?…](?=\s)|[。！？\n]")


class Releaser:
    """Hears a model and releases what is proven; takes everything back when the attempt fails."""

    def __init__(
        self,
        voice: Voice,
        conversation_id: ConversationId,
        turn_id: TurnId,
        draft_of: Callable[[str], Draft],
    ) -> None:
        self._voice = voice
        self._place = (conversation_id, turn_id)
        self._draft_of = draft_of  #: a draft of these words with everything that may prove them
        self._released = ""
        self._held = ""

    async def heard(self, text: str) -> None:
        """Take the next piece; release every sentence that has become whole and passes the guard."""
        self._held += text
        ends = [match.end() for match in _END.finditer(self._held)]
        if not ends or not text.strip():
            return
        whole = self._held[: ends[-1]]
        if guard.judge(self._draft_of(whole.strip())).passed:
            self._released, self._held = self._released + whole, self._held[ends[-1] :]
            await self._voice.say(*self._place, self._released.strip())

    async def retracted(self) -> None:
        """Forget what was heard; what the contact has seen of it is taken back."""
        shown = bool(self._released)
        self._released = self._held = ""
        if shown:
            await self._voice.retract(*self._place)

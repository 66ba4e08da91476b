"""The answer that is being given, as one reader of a conversation sees it grow, go, or become a message."""

from __future__ import annotations

import msgspec

from fondaco.domain import events as ev
from fondaco.domain.conversation import Conversation
from fondaco.domain.ids import TurnId
from fondaco.inbox.voice import Drafts


class DraftGrown(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="draft"):
    """Everything that was released of an answer so far; its message will replace it."""

    turn_id: TurnId
    text: str


class DraftVoid(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="draft_void"):
    """What was shown of this turn is taken back."""

    turn_id: TurnId


ShownDraft = DraftGrown | DraftVoid


class DraftInView:
    """Follows one conversation's draft for one reader, who has to see at most one voice."""

    def __init__(self, drafts: Drafts, conversation: Conversation) -> None:
        self._drafts = drafts
        self._id = conversation.id
        self._epoch = conversation.epoch
        self._shown: DraftGrown | None = None
        self._over: TurnId | None = None  #: the turn whose message or end was read last

    def after(self, event: ev.Event) -> DraftVoid | None:
        """Return what has to be taken back after one more event of the log."""
        match event:
            case ev.AssigneeChanged(epoch=epoch):
                self._epoch = epoch
                return self._void()
            case ev.MessagePosted(turn_id=turn_id) if turn_id is not None:
                self._over, self._shown = turn_id, None
                return None
            case ev.TurnSettled(turn_id=turn_id):
                self._over = turn_id
                return self._void()
            case _:
                return None

    def news(self) -> ShownDraft | None:
        """Return what has changed since the last time; None where nothing has."""
        spoken = self._drafts.of(self._id)
        if spoken is None or spoken.epoch != self._epoch or spoken.turn_id == self._over:
            return None
        if not spoken.text:
            return self._void()
        grown = DraftGrown(turn_id=spoken.turn_id, text=spoken.text)
        if grown == self._shown:
            return None
        self._shown = grown
        return grown

    def _void(self) -> DraftVoid | None:
        shown, self._shown = self._shown, None
        return DraftVoid(turn_id=shown.turn_id) if shown else None

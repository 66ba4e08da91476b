"""What the assistant is saying at this moment: shown where it can be taken back, stored nowhere."""

from __future__ import annotations

from collections import OrderedDict
from typing import Protocol

import msgspec

from fondaco.domain.conversation import Conversation
from fondaco.domain.ids import ConversationId, TurnId
from fondaco.domain.ports import Relay, Voice
from fondaco.kit.clock import Clock
from fondaco.kit.signals import SignalHub
from fondaco.outbox.connections import Connections

_MOST = 2_000  # conversations that are being answered at once
_KEEP_MS = 60_000.0  # a draft that has not grown for so long belongs to a worker that has died


class Spoken(msgspec.Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """An answer that is being given."""

    conversation_id: ConversationId
    turn_id: TurnId
    epoch: int  #: of the conversation when the turn began; in another one nobody may hear it
    text: str = ""  #: everything released so far; empty: it was taken back
    whole: bool = False  #: nothing more comes, and its message is about to be written


class Drafts(Protocol):
    """Where the side that shows conversations reads what is being said."""

    def of(self, conversation_id: ConversationId) -> Spoken | None:
        """Return what is being said in a conversation, or that it was taken back."""
        ...


class DraftBoard:
    """What is being said in each conversation, in this process and, over a relay, in the others.

    Rings ``conversation:ID`` at every change.
    """

    def __init__(self, signals: SignalHub, clock: Clock, relay: Relay | None = None) -> None:
        self._signals = signals
        self._clock = clock
        self._relay = relay
        self._spoken: OrderedDict[ConversationId, tuple[float, Spoken]] = OrderedDict()
        if relay is not None:
            relay.listen(self._heard)

    def __len__(self) -> int:
        return len(self._spoken)

    def of(self, conversation_id: ConversationId) -> Spoken | None:
        found = self._spoken.get(conversation_id)
        if found is None or self._clock.monotonic_ms() - found[0] > _KEEP_MS:
            return None
        return found[1]

    def put(self, spoken: Spoken) -> None:
        """Show it here and tell the other processes."""
        self._keep(spoken)
        if self._relay is not None:
            self._relay.tell(spoken.conversation_id, _written(spoken, self._relay.longest_bytes))

    def _heard(self, words: str) -> None:
        try:
            spoken = msgspec.json.decode(words, type=Spoken)
        except msgspec.DecodeError:  # of another version
            return
        self._keep(spoken)

    def _keep(self, spoken: Spoken) -> None:
        self._spoken.pop(spoken.conversation_id, None)
        if not spoken.whole:
            self._forget_old()
            self._spoken[spoken.conversation_id] = (self._clock.monotonic_ms(), spoken)
        self._signals.ring(f"conversation:{spoken.conversation_id}")

    def _forget_old(self) -> None:
        """Make room: the longest silent ones stand first."""
        now_ms = self._clock.monotonic_ms()
        while self._spoken:
            said_ms, _ = next(iter(self._spoken.values()))
            if now_ms - said_ms <= _KEEP_MS and len(self._spoken) < _MOST:
                return
            self._spoken.popitem(last=False)


class DraftVoices:
    """Gives a voice to conversations whose channel can take words back, and to no others."""

    def __init__(self, board: DraftBoard, connections: Connections) -> None:
        self._board = board
        self._connections = connections

    async def voice_of(self, conversation: Conversation) -> Voice | None:
        """Return the voice of the assistant as long as the conversation is as it is.  Raises NotFound."""
        connection = await self._connections.connection(conversation.connection_id)
        return _EpochsVoice(self._board, conversation.epoch) if connection.takes_back else None


class _EpochsVoice:
    """Speaks within one epoch: whoever takes the conversation over silences it."""

    def __init__(self, board: DraftBoard, epoch: int) -> None:
        self._board = board
        self._epoch = epoch

    async def say(self, conversation_id: ConversationId, turn_id: TurnId, text: str) -> None:
        self._put(conversation_id, turn_id, text)

    async def retract(self, conversation_id: ConversationId, turn_id: TurnId) -> None:
        self._put(conversation_id, turn_id, "")

    async def fall_silent(self, conversation_id: ConversationId, turn_id: TurnId) -> None:
        self._put(conversation_id, turn_id, "", whole=True)

    def _put(
        self, conversation_id: ConversationId, turn_id: TurnId, text: str, *, whole: bool = False
    ) -> None:
        self._board.put(
            Spoken(
                conversation_id=conversation_id, turn_id=turn_id, epoch=self._epoch, text=text, whole=whole
            )
        )


def _written(spoken: Spoken, most: int) -> str:
    """Return it in at most so many bytes; a text that is too long loses its end."""
    data = msgspec.json.encode(spoken)
    text = spoken.text.encode()
    while len(data) > most and text:
        text = text[: max(0, len(text) - (len(data) - most))].decode(errors="ignore").encode()
        data = msgspec.json.encode(msgspec.structs.replace(spoken, text=text.decode()))
    return data.decode()

"""Remembers the events of open episodes, so that a turn reads and decodes only what it has not seen yet."""

from __future__ import annotations

from collections import OrderedDict

from fondaco.domain.changes import Change
from fondaco.domain.conversation import Conversation
from fondaco.domain.events import Recorded
from fondaco.domain.ids import ConversationId

#: Conversations whose events are kept, those longest unread first to go.
CONVERSATIONS = 1_024

#: Events that are kept of all of them together: 640 bytes each, as they come in service conversations.
EVENTS = 262_144

#: An episode with more events than this is read anew each time, so that none takes the memory of many.
EVENTS_OF_ONE = 16_384

Records = tuple[Recorded, ...]


class Episodes:
    """What is known of open episodes in this process.

    Events are only ever appended, so what was read or written once stays true whoever writes next; what came
    after it is for the database to say.
    """

    def __init__(
        self, conversations: int = CONVERSATIONS, events: int = EVENTS, events_of_one: int = EVENTS_OF_ONE
    ) -> None:
        self._conversations = conversations
        self._events = events
        self._events_of_one = events_of_one
        self._held = 0  # events of all that are known
        self._known: OrderedDict[ConversationId, Records] = OrderedDict()

    def known(self, conversation: Conversation) -> Records:
        """Return the first events of the open episode, as far as they are known and without a gap."""
        records = self._known.get(conversation.id, ())
        if not records or records[0].episode_id != conversation.episode_id:
            return ()
        if records[-1].seq > conversation.last_seq:  # the conversation was read before they were written
            return tuple(record for record in records if record.seq <= conversation.last_seq)
        return records

    def remember(self, conversation: Conversation, records: Records) -> None:
        """Keep the events of an open episode, all from its first one on."""
        self._held -= len(self._known.pop(conversation.id, ()))
        if not records or len(records) > self._events_of_one:
            return
        self._known[conversation.id] = records
        self._held += len(records)
        while len(self._known) > self._conversations or self._held > self._events:
            self._held -= len(self._known.popitem(last=False)[1])

    def follow(self, change: Change) -> None:
        """Add what was written, if everything before it is known; an episode that it opens begins with it."""
        if change.after.episode_id != change.base.episode_id:
            own = (record for record in change.records if record.episode_id == change.after.episode_id)
            self.remember(change.after, tuple(own))
            return
        known = self.known(change.base)
        if known and known[-1].seq == change.base.last_seq:
            self.remember(change.after, known + change.records)

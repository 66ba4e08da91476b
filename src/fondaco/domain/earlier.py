"""Earlier episodes of a contact, as far as they are looked into again."""

from __future__ import annotations

import msgspec

from fondaco.domain import events as ev
from fondaco.domain.ids import ConversationId, EpisodeId

#: Looked into at once, the latest: more than that nobody means by what was said before.
MOST_EPISODES = 12
#: Entries of the log that are looked through of one episode, from its beginning; ten or so are one turn.
ENTRIES_OF_ONE = 500
#: Read of all episodes together: twelve of twenty turns each.
MOST_EVENTS = 600
#: What is read of them: what the contact could see, and who it was proven to be.  Neither notes of teammates
#: nor results of tools are among them.
READ: tuple[type[ev.Event], ...] = (
    ev.EpisodeOpened,
    ev.EpisodeClosed,
    ev.MessageReceived,
    ev.MessagePosted,
    ev.IdentityVerified,
    ev.HandoffRequested,
)


class EarlierEpisode(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """What was said in one of them."""

    conversation_id: ConversationId
    id: EpisodeId
    records: tuple[ev.Recorded, ...]  #: of the kinds in ``READ``, oldest first; begins with its opening

    @property
    def opened_at_ms(self) -> int:
        """When the contact began it."""
        return self.records[0].at_ms

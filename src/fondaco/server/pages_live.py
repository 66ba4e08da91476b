"""What an open console page is told: changed rows of the inbox, and whatever is new in a conversation."""

from __future__ import annotations

from dataclasses import dataclass, field

import msgspec

from fondaco.domain.ids import ConversationId
from fondaco.domain.ports import Reader
from fondaco.server.pages_inbox import Inbox, View, inbox_of
from fondaco.server.pages_templates import Templates
from fondaco.server.pages_thread import Fragments, read_thread
from fondaco.server.pages_view import People
from fondaco.server.pages_words import Words
from fondaco.server.stream import frame


@dataclass(slots=True, kw_only=True)
class InboxView:
    """The rows of one view; sent whenever they differ from what was sent last."""

    reader: Reader
    people: People
    templates: Templates
    say: Words
    view: View
    selected: str = ""  #: the conversation that is open beside the list
    topic: str = field(init=False)
    _sent: Inbox | None = None

    def __post_init__(self) -> None:
        """Listen to the whole workspace."""
        self.topic = f"inbox:{self.people.me.workspace_id}"

    async def read(self) -> list[bytes]:
        inbox = await inbox_of(self.reader, self.people, self.view)
        if inbox == self._sent:
            return []
        self._sent = inbox
        html = self.templates.render("parts/list.html", say=self.say, inbox=inbox, selected=self.selected)
        return [frame("list", msgspec.json.encode({"html": html, "needing": inbox.needing}))]


@dataclass(slots=True, kw_only=True)
class ThreadView:
    """A conversation from a place on; the place is the frame's id, so that a broken stream goes on there."""

    reader: Reader
    fragments: Fragments
    conversation_id: ConversationId
    after_seq: int
    topic: str = field(init=False)

    def __post_init__(self) -> None:
        """Listen to this conversation."""
        self.topic = f"conversation:{self.conversation_id}"

    async def read(self) -> list[bytes]:
        workspace_id = self.fragments.people.me.workspace_id
        if not await self.reader.records(workspace_id, self.conversation_id, self.after_seq, 1):
            return []
        thread = await read_thread(self.reader, self.fragments.people, self.conversation_id)
        news = self.fragments.newer(thread, self.after_seq)
        self.after_seq = thread.last_seq
        return [frame("thread", msgspec.json.encode(news), thread.last_seq)]


@dataclass(slots=True, kw_only=True)
class Both:
    """Inbox and conversation in one stream, since a browser holds only six to a host."""

    inbox: InboxView
    thread: ThreadView
    topic: str = field(init=False)

    def __post_init__(self) -> None:
        """Listen to the inbox: whatever rings for the conversation rings there too."""
        self.topic = self.inbox.topic

    async def read(self) -> list[bytes]:
        return [*await self.thread.read(), *await self.inbox.read()]

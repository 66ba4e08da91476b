"""What an open console page is told: changed rows of the inbox, what is new in a conversation, and drafts."""

from __future__ import annotations

from dataclasses import dataclass, field

import msgspec

from fondaco.domain.ids import ConversationId
from fondaco.domain.ports import Reader
from fondaco.server.drafting import DraftGrown, DraftInView, ShownDraft
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
    topics: tuple[str, ...] = field(init=False)
    _sent: Inbox | None = None

    def __post_init__(self) -> None:
        """Listen to the whole workspace."""
        self.topics = (f"inbox:{self.people.me.workspace_id}",)

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
    draft: DraftInView
    after_seq: int
    topics: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        """Listen to this conversation."""
        self.topics = (f"conversation:{self.conversation_id}",)

    async def read(self) -> list[bytes]:
        workspace_id = self.fragments.people.me.workspace_id
        if not await self.reader.records(workspace_id, self.conversation_id, self.after_seq, 1):
            return self._shown(self.draft.news())
        thread = await read_thread(self.reader, self.fragments.people, self.conversation_id)
        over = [self.draft.after(one.event) for one in thread.records if one.seq > self.after_seq]
        news = self.fragments.newer(thread, self.after_seq)
        self.after_seq = thread.last_seq
        gone = [frame("draft_over", b"{}")] if any(over) else []
        return [*gone, frame("thread", msgspec.json.encode(news), thread.last_seq)]

    def _shown(self, shown: ShownDraft | None) -> list[bytes]:
        """Write it without a number: it is forgotten when the page resumes."""
        if shown is None:
            return []
        html = self.fragments.draft(shown.text if isinstance(shown, DraftGrown) else "")
        return [frame("draft", msgspec.json.encode({"html": html}))]


@dataclass(slots=True, kw_only=True)
class Both:
    """Inbox and conversation in one stream, since a browser holds only six to a host."""

    inbox: InboxView
    thread: ThreadView
    topics: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        """Listen to both: what happens in the conversation rings in the inbox too, but no draft does."""
        self.topics = (*self.inbox.topics, *self.thread.topics)

    async def read(self) -> list[bytes]:
        return [*await self.thread.read(), *await self.inbox.read()]

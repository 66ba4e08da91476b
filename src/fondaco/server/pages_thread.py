"""One conversation as the console shows it: thread, handoff, controls, and why the assistant said so."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from fondaco.domain.conversation import Conversation
from fondaco.domain.events import Recorded
from fondaco.domain.handoffs import Handoff
from fondaco.domain.ids import ConversationId
from fondaco.domain.ports import Reader
from fondaco.memory.bills.conversation import ConversationMemory
from fondaco.server.pages_actions import wanted_of
from fondaco.server.pages_templates import Templates
from fondaco.server.pages_view import Controls, Item, People, items_of, state_of, turns_in
from fondaco.server.pages_why import Why, why_of
from fondaco.server.pages_words import Words

_PAGE = 200
_PAGES = 10  # the newest 2,000 events; whoever needs the rest reads the API
REGIONS = ("head", "handoff", "actions", "controls", "memory")

Reckons = Callable[[Iterable[Recorded]], ConversationMemory]  #: tells the bill of what was told


@dataclass(frozen=True, slots=True, kw_only=True)
class Thread:
    """A conversation with what was written and decided in it."""

    conversation: Conversation
    handoff: Handoff | None
    records: tuple[Recorded, ...]

    @property
    def last_seq(self) -> int:
        """The number after which to go on; a record may be newer than the conversation read before it."""
        return self.records[-1].seq if self.records else 0

    @property
    def items(self) -> list[Item]:
        """What was written and what happened."""
        return items_of(self.records)

    def whys(self, after_seq: int = 0) -> list[Why]:
        """Return the turns that have something newer than ``after_seq``, oldest first."""
        newer = (record for record in self.records if record.seq > after_seq)
        return [why_of(turn_id, self.records) for turn_id in turns_in(newer)]


async def read_thread(reader: Reader, people: People, conversation_id: ConversationId) -> Thread:
    """Read a conversation.  Raises NotFound for one that is not this workspace's."""
    workspace_id = people.me.workspace_id
    conversation = await reader.conversation(workspace_id, conversation_id)
    after = max(0, conversation.last_seq - _PAGE * _PAGES)
    records: list[Recorded] = []
    while batch := await reader.records(workspace_id, conversation_id, after, _PAGE):
        records += batch
        after = batch[-1].seq
        if len(batch) < _PAGE:
            break
    handoff = await reader.open_handoff(workspace_id, conversation_id)
    return Thread(conversation=conversation, handoff=handoff, records=tuple(records))


def shown(thread: Thread, people: People, reckons: Reckons | None = None) -> dict[str, Any]:
    """Return what the templates of a conversation read."""
    return {
        "conversation": thread.conversation,
        "handoff": thread.handoff,
        "wanted": wanted_of(thread.records),
        "team": people.teams.get(thread.handoff.team_id, "") if thread.handoff else "",
        "accepted_by": _accepted_by(thread.handoff, people),
        "state": state_of(thread.conversation, people),
        "memory": reckons(thread.records) if reckons is not None else None,
        "controls": Controls.of(thread.conversation, people.me),
        "language_of": thread.conversation.language.value if thread.conversation.language else "",
    }


def _accepted_by(handoff: Handoff | None, people: People) -> str:
    if handoff is None or handoff.accepted_by is None:
        return ""
    return people.teammates.get(handoff.accepted_by, handoff.accepted_by)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fragments:
    """Renders what has changed in a conversation, for a page that shows it already."""

    templates: Templates
    say: Words
    people: People
    reckons: Reckons | None = None

    def draft(self, text: str) -> str:
        """Return what the assistant has said so far; without a text, that it was taken back."""
        return self.templates.render("parts/draft.html", say=self.say, text=text)

    def newer(self, thread: Thread, after_seq: int) -> dict[str, Any]:
        """Return new items, turns and the regions that depend on the conversation's state."""
        values = {"say": self.say, **shown(thread, self.people, self.reckons)}
        return {
            "last_seq": thread.last_seq,
            "can_reply": values["controls"].can_reply,
            "items": [
                {"seq": item.seq, "html": self.templates.render("parts/item.html", item=item, **values)}
                for item in thread.items
                if item.seq > after_seq
            ],
            "whys": [
                {"turn": why.turn_id, "html": self.templates.render("parts/why.html", why=why, **values)}
                for why in thread.whys(after_seq)
            ],
            "regions": {name: self.templates.render(f"parts/{name}.html", **values) for name in REGIONS},
        }

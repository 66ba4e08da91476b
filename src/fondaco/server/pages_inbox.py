"""The inbox: which conversations a teammate sees in which view."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from fondaco.domain.access import Teammate
from fondaco.domain.conversation import Conversation, Status
from fondaco.domain.listing import ConversationFilter
from fondaco.domain.people import AssigneeKind
from fondaco.domain.ports import Reader, Registry
from fondaco.kit.language import Language
from fondaco.server.pages_view import People, Row

_ROWS = 50


class View(StrEnum):
    """A choice of conversations."""

    NEEDS = "needs"  #: a team was asked and nobody has answered; the longest waiting first
    MINE = "mine"  #: this teammate answers
    ASSISTANT = "assistant"  #: the assistant answers
    ALL = "all"  #: whatever changed last


@dataclass(frozen=True, slots=True, kw_only=True)
class Inbox:
    """One view as it is shown."""

    view: View
    rows: tuple[Row, ...]
    needing: int  #: how many conversations wait for a person


async def people_of(registry: Registry, me: Teammate, language: Language) -> People:
    """Return who is who in the workspace."""
    teammates = await registry.teammates(me.workspace_id)
    return People.of(me, teammates, await registry.teams(me.workspace_id), language)


async def inbox_of(reader: Reader, people: People, view: View) -> Inbox:
    """Return a view of the inbox."""
    page = await reader.conversations(_filter(people.me, view), None, _ROWS)
    counts = await reader.counts(people.me.workspace_id)
    items = sorted(page.items, key=_waiting) if view is View.NEEDS else page.items
    rows = tuple(Row.of(one, people) for one in items)
    return Inbox(view=view, rows=rows, needing=counts.get(AssigneeKind.TEAM, 0))


def view_named(name: str) -> View:
    """Return the view that an address names, else the first one."""
    return next((view for view in View if view.value == name), View.NEEDS)


def _waiting(conversation: Conversation) -> int:
    return conversation.waiting_since_ms or conversation.updated_at_ms


def _filter(me: Teammate, view: View) -> ConversationFilter:
    kinds = {
        View.NEEDS: AssigneeKind.TEAM,
        View.MINE: AssigneeKind.TEAMMATE,
        View.ASSISTANT: AssigneeKind.ASSISTANT,
    }
    return ConversationFilter(
        workspace_id=me.workspace_id,
        status=None if view is View.ALL else Status.OPEN,
        assignee_kind=kinds.get(view),
        assignee_id=me.id if view is View.MINE else None,
    )

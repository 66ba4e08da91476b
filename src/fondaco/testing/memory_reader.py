"""The reading half of ``MemoryStore``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection

from fondaco.domain import events as ev
from fondaco.domain.contracts import ActionState
from fondaco.domain.conversation import Conversation, Status
from fondaco.domain.deliveries import Delivery, DeliveryState
from fondaco.domain.earlier import ENTRIES_OF_ONE, MOST_EPISODES, MOST_EVENTS, READ, EarlierEpisode
from fondaco.domain.errors import NotFound
from fondaco.domain.events import Recorded
from fondaco.domain.handoffs import Handoff
from fondaco.domain.ids import (
    ActionId,
    ConversationId,
    DeliveryId,
    EpisodeId,
    HandoffId,
    MessageId,
    WorkspaceId,
)
from fondaco.domain.listing import ConversationFilter, Found, ListedAction, Page
from fondaco.domain.people import AssigneeKind
from fondaco.domain.turns import Step
from fondaco.kit.clock import Clock
from fondaco.kit.text import search_terms
from fondaco.storage import rules
from fondaco.storage.rows import cursor_of, place_of
from fondaco.testing.memory_tables import Tables


class MemoryReader:
    """Looks things up in dictionaries, as the port ``Reader`` promises."""

    def __init__(self, tables: Tables, clock: Clock, silence_ms: int) -> None:
        self._tables = tables
        self._clock = clock
        self._silence_ms = silence_ms

    async def conversation(self, workspace_id: WorkspaceId, conversation_id: ConversationId) -> Conversation:
        found = self._tables.conversation(conversation_id)
        if found.workspace_id != workspace_id:
            raise NotFound(f"There is no conversation {conversation_id}.")
        return found

    async def conversations(
        self, filter_: ConversationFilter, cursor: str | None, limit: int
    ) -> Page[Conversation]:
        before = None if cursor is None else place_of(cursor)
        rows = [row for row in self._tables.conversations.values() if _matches(row, filter_)]
        rows.sort(key=lambda row: (row.updated_at_ms, row.id), reverse=True)
        if before is not None:
            rows = [row for row in rows if (row.updated_at_ms, row.id) < (before.updated_at_ms, before.id)]
        items = rows[:limit]
        return Page(items=items, next_cursor=cursor_of(items[-1]) if len(rows) > limit else None)

    async def records(
        self, workspace_id: WorkspaceId, conversation_id: ConversationId, after_seq: int, limit: int
    ) -> list[Recorded]:
        await self.conversation(workspace_id, conversation_id)
        records = self._tables.records.get(conversation_id, [])
        return [record for record in records if record.seq > after_seq][:limit]

    async def earlier_episodes(
        self, conversation: Conversation, since_ms: int, before_ms: int
    ) -> list[EarlierEpisode]:
        opened = sorted(
            (
                (record.at_ms, record.event.episode_id, known.id)
                for known in self._tables.conversations.values()
                if _is_of_same_contact(known, conversation)
                for record in self._tables.records.get(known.id, ())
                if isinstance(record.event, ev.EpisodeOpened) and since_ms <= record.at_ms < before_ms
                if record.event.episode_id != conversation.episode_id
            ),
            reverse=True,
        )
        left, found = MOST_EVENTS, []
        for _, episode_id, conversation_id in opened[:MOST_EPISODES]:
            records = self._told(conversation_id, episode_id, before_ms)[:left]
            left -= len(records)
            if records:
                found.append(EarlierEpisode(conversation_id=conversation_id, id=episode_id, records=records))
        return found

    def _told(
        self, conversation_id: ConversationId, episode_id: EpisodeId, before_ms: int
    ) -> tuple[Recorded, ...]:
        own = [one for one in self._tables.records[conversation_id] if one.episode_id == episode_id]
        end = own[0].seq + ENTRIES_OF_ONE
        return tuple(
            one for one in own if one.seq < end and one.at_ms < before_ms and isinstance(one.event, READ)
        )

    async def steps(self, workspace_id: WorkspaceId, conversation_id: ConversationId) -> list[Step]:
        known = self._tables.conversations.get(conversation_id)
        if known is None or known.workspace_id != workspace_id:
            return []
        return [step for _, step in sorted(self._tables.steps.get(conversation_id, {}).items())]

    async def handoffs(self, workspace_id: WorkspaceId, *, only_open: bool, limit: int) -> list[Handoff]:
        found = [
            handoff
            for handoff in self._tables.handoffs.values()
            if handoff.workspace_id == workspace_id and not (only_open and handoff.returned_at_ms is not None)
        ]
        return sorted(found, key=lambda handoff: (handoff.opened_at_ms, handoff.id))[:limit]

    async def open_handoff(
        self, workspace_id: WorkspaceId, conversation_id: ConversationId
    ) -> Handoff | None:
        found = await self.handoffs(workspace_id, only_open=True, limit=len(self._tables.handoffs))
        return next(
            (handoff for handoff in reversed(found) if handoff.conversation_id == conversation_id), None
        )

    async def handoff(self, workspace_id: WorkspaceId, handoff_id: HandoffId) -> Handoff:
        found = self._tables.handoffs.get(handoff_id)
        if found is None or found.workspace_id != workspace_id:
            raise NotFound(f"There is no handoff {handoff_id}.")
        return found

    async def actions(
        self, workspace_id: WorkspaceId, states: Collection[ActionState], limit: int
    ) -> list[ListedAction]:
        found = [
            listed
            for listed in self._tables.actions.values()
            if listed.workspace_id == workspace_id and listed.action.state in states
        ]
        return sorted(found, key=lambda listed: (listed.updated_at_ms, listed.action.id))[:limit]

    async def action(self, workspace_id: WorkspaceId, action_id: ActionId) -> ListedAction:
        found = self._tables.actions.get(action_id)
        if found is None or found.workspace_id != workspace_id:
            raise NotFound(f"There is no action {action_id}.")
        return found

    async def deliveries(self, workspace_id: WorkspaceId, conversation_id: ConversationId) -> list[Delivery]:
        found = [
            row.delivery
            for row in self._tables.deliveries.values()
            if (row.delivery.workspace_id, row.delivery.conversation_id) == (workspace_id, conversation_id)
        ]
        return sorted(found, key=lambda delivery: delivery.seq)

    async def delivery_of(self, message_id: MessageId) -> DeliveryId | None:
        rows = self._tables.deliveries.values()
        return next((row.delivery.id for row in rows if row.delivery.message_id == message_id), None)

    async def search(self, workspace_id: WorkspaceId, text: str, limit: int) -> list[Found]:
        wanted = set(rules.required_terms(text))
        if not wanted:
            return []
        found = []
        for conversation_id, record in reversed(self._tables.searched):
            if self._tables.conversation(conversation_id).workspace_id != workspace_id:
                continue
            event = record.event
            if isinstance(event, ev.MessageReceived | ev.MessagePosted) and wanted <= set(
                search_terms(event.text)
            ):
                found.append(
                    Found(
                        conversation_id=conversation_id, seq=record.seq, text=event.text, at_ms=record.at_ms
                    )
                )
        return found[:limit]

    async def figures(self) -> dict[str, float]:
        now_ms = self._clock.now_ms()
        lanes = self._tables.lanes.values()
        held = [lane for lane in lanes if self._tables.alive(lane.owner, now_ms, self._silence_ms)]
        due = [lane for lane in lanes if lane.due_at_ms <= now_ms and lane not in held]
        states = Counter(row.delivery.state for row in self._tables.deliveries.values())
        handoffs = self._tables.handoffs.values()
        return {
            "conversations_open": sum(
                row.status is Status.OPEN for row in self._tables.conversations.values()
            ),
            "lanes_waiting": len(lanes),
            "lanes_due": len(due),
            "lanes_leased": len(held),
            "deliveries_queued": states[DeliveryState.QUEUED],
            "deliveries_sending": states[DeliveryState.SENDING],
            "deliveries_failed": states[DeliveryState.FAILED],
            "deliveries_unknown": states[DeliveryState.UNKNOWN],
            "handoffs_open": sum(handoff.returned_at_ms is None for handoff in handoffs),
        }

    async def counts(self, workspace_id: WorkspaceId) -> dict[Status | AssigneeKind, int]:
        return rules.counted(
            (row.status, row.assignee.kind, 1)
            for row in self._tables.conversations.values()
            if row.workspace_id == workspace_id
        )


def _is_of_same_contact(one: Conversation, other: Conversation) -> bool:
    return (one.workspace_id, one.contact_id) == (other.workspace_id, other.contact_id)


def _matches(row: Conversation, filter_: ConversationFilter) -> bool:
    wanted = (
        (filter_.workspace_id, row.workspace_id),
        (filter_.status, row.status),
        (filter_.assignee_kind, row.assignee.kind),
        (filter_.assignee_id, row.assignee.id),
        (filter_.contact_id, row.contact_id),
    )
    return all(value is None or value == actual for value, actual in wanted)

"""Looks things up in PostgreSQL for pages and the API."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Sequence

from fondaco.domain.contracts import ActionState
from fondaco.domain.conversation import Conversation, Status
from fondaco.domain.deliveries import Delivery, delivery_id_of
from fondaco.domain.earlier import EarlierEpisode
from fondaco.domain.errors import FondacoError, NotFound
from fondaco.domain.events import Recorded
from fondaco.domain.handoffs import Handoff
from fondaco.domain.ids import ActionId, ConversationId, DeliveryId, HandoffId, MessageId, WorkspaceId
from fondaco.domain.listing import ConversationFilter, Found, ListedAction, Page
from fondaco.domain.people import AssigneeKind
from fondaco.domain.turns import Step
from fondaco.kit.clock import Clock
from fondaco.storage import rows
from fondaco.storage.postgres import queries as sql
from fondaco.storage.postgres.coalescer import Coalescer
from fondaco.storage.postgres.database import Database
from fondaco.storage.postgres.terms import query_of
from fondaco.storage.postgres.writes import no_conversation
from fondaco.storage.rules import FIGURES, searched_text
from fondaco.storage.spending_rows import listed_action_of

_Named = tuple[WorkspaceId, ConversationId]


class PostgresReader:
    """The ``Reader`` of ``fondaco.domain.ports``; besides what it names, everything raises StorageError."""

    def __init__(self, database: Database, clock: Clock, silence_ms: int) -> None:
        self._database = database
        self._clock = clock
        self._silence_ms = silence_ms
        self._conversations: Coalescer[_Named, Conversation] = Coalescer(self._read_conversations, _itself)

    async def conversation(self, workspace_id: WorkspaceId, conversation_id: ConversationId) -> Conversation:
        return await self._conversations.submit((workspace_id, conversation_id))

    async def conversations(
        self, filter_: ConversationFilter, cursor: str | None, limit: int
    ) -> Page[Conversation]:
        before = None if cursor is None else rows.place_of(cursor)
        found = await self._database.rows(
            sql.CONVERSATIONS_PAGE,
            filter_.workspace_id,
            filter_.status,
            filter_.assignee_kind,
            filter_.assignee_id,
            filter_.contact_id,
            None if before is None else before.updated_at_ms,
            None if before is None else before.id,
            limit + 1,
        )
        items = [rows.conversation_of(row) for row in found[:limit]]
        more = len(found) > limit
        return Page(items=items, next_cursor=rows.cursor_of(items[-1]) if more and items else None)

    async def records(
        self, workspace_id: WorkspaceId, conversation_id: ConversationId, after_seq: int, limit: int
    ) -> list[Recorded]:
        await self.conversation(workspace_id, conversation_id)
        found = await self._database.rows(sql.RECORDS_AFTER, conversation_id, after_seq, limit)
        return [rows.record_of(row) for row in found]

    async def earlier_episodes(
        self, conversation: Conversation, since_ms: int, before_ms: int
    ) -> list[EarlierEpisode]:
        found = await self._database.rows(
            sql.EARLIER,
            conversation.contact_id,
            conversation.workspace_id,
            since_ms,
            before_ms,
            conversation.episode_id,
        )
        return rows.earlier_of(found)

    async def _read_conversations(self, named: Sequence[_Named]) -> Sequence[Conversation | FondacoError]:
        found = await self._database.rows(sql.CONVERSATIONS_OF, *zip(*named, strict=True))
        conversations = {(each.workspace_id, each.id): each for each in map(rows.conversation_of, found)}
        return [conversations.get(each) or no_conversation(each[1]) for each in named]

    async def steps(self, workspace_id: WorkspaceId, conversation_id: ConversationId) -> list[Step]:
        found = await self._database.rows(sql.STEPS, workspace_id, conversation_id)
        return [rows.step_of(row["body"]) for row in found]

    async def handoffs(self, workspace_id: WorkspaceId, *, only_open: bool, limit: int) -> list[Handoff]:
        found = await self._database.rows(sql.HANDOFFS, workspace_id, only_open, limit)
        return [rows.handoff_of(row) for row in found]

    async def open_handoff(
        self, workspace_id: WorkspaceId, conversation_id: ConversationId
    ) -> Handoff | None:
        row = await self._database.row(sql.OPEN_HANDOFF, workspace_id, conversation_id)
        return None if row is None else rows.handoff_of(row)

    async def handoff(self, workspace_id: WorkspaceId, handoff_id: HandoffId) -> Handoff:
        row = await self._database.row(sql.HANDOFF, workspace_id, handoff_id)
        if row is None:
            raise NotFound(f"There is no handoff {handoff_id}.")
        return rows.handoff_of(row)

    async def actions(
        self, workspace_id: WorkspaceId, states: Collection[ActionState], limit: int
    ) -> list[ListedAction]:
        found = await self._database.rows(sql.ACTIONS, workspace_id, [state.value for state in states], limit)
        return [listed_action_of(row) for row in found]

    async def action(self, workspace_id: WorkspaceId, action_id: ActionId) -> ListedAction:
        row = await self._database.row(sql.ACTION, workspace_id, action_id)
        if row is None:
            raise NotFound(f"There is no action {action_id}.")
        return listed_action_of(row)

    async def deliveries(self, workspace_id: WorkspaceId, conversation_id: ConversationId) -> list[Delivery]:
        found = await self._database.rows(sql.DELIVERIES, workspace_id, conversation_id)
        return [rows.delivery_of(row) for row in found]

    async def delivery_of(self, message_id: MessageId) -> DeliveryId | None:
        row = await self._database.row(sql.HAS_DELIVERY, delivery_id_of(message_id))
        return None if row is None else DeliveryId(row["id"])

    async def search(self, workspace_id: WorkspaceId, text: str, limit: int) -> list[Found]:
        query = query_of(text)
        if not query:
            return []
        return [
            Found(
                conversation_id=row["conversation_id"],
                seq=row["seq"],
                text=searched_text(rows.event_of(row["body"])) or "",
                at_ms=row["at_ms"],
            )
            for row in await self._database.rows(sql.SEARCH, workspace_id, query, limit)
        ]

    async def figures(self) -> dict[str, float]:
        now_ms = self._clock.now_ms()
        [row] = await self._database.rows(sql.FIGURES, now_ms, now_ms - self._silence_ms)
        return {name: float(row[name]) for name in FIGURES}

    async def counts(self, workspace_id: WorkspaceId) -> dict[Status | AssigneeKind, int]:
        counted: dict[Status | AssigneeKind, int] = {
            **dict.fromkeys(Status, 0),
            **dict.fromkeys(AssigneeKind, 0),
        }
        for row in await self._database.rows(sql.COUNTS, workspace_id):
            status, assignee = Status(row["status"]), AssigneeKind(row["assignee_kind"])
            counted[status] += row["number"]
            if status is Status.OPEN:
                counted[assignee] += row["number"]
        return counted


def _itself(named: _Named) -> Hashable:
    return named

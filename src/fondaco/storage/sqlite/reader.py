"""Looks things up in a SQLite file while the writer writes."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

from fondaco.domain.contracts import ActionState
from fondaco.domain.conversation import Conversation, Status
from fondaco.domain.deliveries import Delivery, delivery_id_of
from fondaco.domain.earlier import EarlierEpisode
from fondaco.domain.errors import LeaseLost, NotFound
from fondaco.domain.events import Recorded
from fondaco.domain.handoffs import Handoff
from fondaco.domain.ids import ActionId, ConversationId, DeliveryId, HandoffId, MessageId, WorkspaceId
from fondaco.domain.listing import ConversationFilter, Found, ListedAction, Page
from fondaco.domain.people import AssigneeKind
from fondaco.domain.turns import Contact, Lease, Step, Work
from fondaco.kit.clock import Clock
from fondaco.kit.text import search_terms
from fondaco.storage import rows, rules
from fondaco.storage.episodes import Episodes, Records
from fondaco.storage.spending_rows import listed_action_of
from fondaco.storage.sqlite import changes, queries
from fondaco.storage.sqlite import statements as sql
from fondaco.storage.sqlite.connect import closed, connect_reading, told

T = TypeVar("T")

_BEFORE_ALL = rows.Place(2**63 - 1, ConversationId(""))


class SqliteReader:
    """The port ``Reader`` on a file.

    What a turn or a stream needs is read on the event loop's own thread: tens of microseconds, less than a
    change of threads costs.  Lists, searches and counts are read in a thread beside it.
    """

    def __init__(self, path: Path, clock: Clock, silence_ms: int) -> None:
        self._place = str(path)
        self._clock = clock
        self._silence_ms = silence_ms
        self._closing = False
        self._episodes = Episodes()
        self._near = connect_reading(path)
        self._far = connect_reading(path)
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="fondaco-reader")

    async def _close_reader(self) -> None:
        self._closing = True
        await asyncio.to_thread(self._thread.shutdown)
        self._near.close()
        self._far.close()

    async def _aside(self, read: Callable[[sqlite3.Connection], T]) -> T:
        """Read in the other thread; a caller that goes away lets the reading end there."""
        if self._closing:
            raise closed(self._place)
        loop = asyncio.get_running_loop()
        with told(self._place):
            return await loop.run_in_executor(self._thread, read, self._far)

    async def _all(self, query: str, values: Sequence[Any]) -> list[Any]:
        return await self._aside(lambda db: db.execute(query, values).fetchall())

    async def read_work(self, lease: Lease) -> Work:
        with told(self._place):
            return _read_work(self._near, lease, self._episodes)

    async def earlier_episodes(
        self, conversation: Conversation, since_ms: int, before_ms: int
    ) -> list[EarlierEpisode]:
        own = (conversation.contact_id, conversation.workspace_id)
        values = (*own, since_ms, before_ms, conversation.episode_id)
        return await self._aside(lambda db: rows.earlier_of(db.execute(queries.EARLIER, values)))

    async def conversation(self, workspace_id: WorkspaceId, conversation_id: ConversationId) -> Conversation:
        with told(self._place):
            found = changes.read_conversation(self._near, conversation_id)
        if found.workspace_id != workspace_id:
            raise NotFound(f"There is no conversation {conversation_id}.")
        return found

    async def records(
        self, workspace_id: WorkspaceId, conversation_id: ConversationId, after_seq: int, limit: int
    ) -> list[Recorded]:
        await self.conversation(workspace_id, conversation_id)
        with told(self._place):
            found = self._near.execute(sql.READ_EVENTS, (conversation_id, after_seq, limit)).fetchall()
        return [rows.record_of(row) for row in found]

    async def conversations(
        self, filter_: ConversationFilter, cursor: str | None, limit: int
    ) -> Page[Conversation]:
        place = _BEFORE_ALL if cursor is None else rows.place_of(cursor)
        values = (
            filter_.workspace_id,
            filter_.status and filter_.status.value,
            filter_.assignee_kind and filter_.assignee_kind.value,
            filter_.assignee_id,
            filter_.contact_id,
            *place,
            limit + 1,
        )
        found = [rows.conversation_of(row) for row in await self._all(queries.CONVERSATIONS, values)]
        more = len(found) > limit
        return Page(items=found[:limit], next_cursor=rows.cursor_of(found[limit - 1]) if more else None)

    async def steps(self, workspace_id: WorkspaceId, conversation_id: ConversationId) -> list[Step]:
        with told(self._place):
            found = self._near.execute(queries.STEPS, (workspace_id, conversation_id)).fetchall()
        return [rows.step_of(body) for (body,) in found]

    async def handoffs(self, workspace_id: WorkspaceId, *, only_open: bool, limit: int) -> list[Handoff]:
        found = await self._all(queries.HANDOFFS, (workspace_id, only_open, limit))
        return [rows.handoff_of(row) for row in found]

    async def open_handoff(
        self, workspace_id: WorkspaceId, conversation_id: ConversationId
    ) -> Handoff | None:
        with told(self._place):
            found = self._near.execute(queries.OPEN_HANDOFF, (workspace_id, conversation_id)).fetchone()
        return None if found is None else rows.handoff_of(found)

    async def handoff(self, workspace_id: WorkspaceId, handoff_id: HandoffId) -> Handoff:
        with told(self._place):
            found = self._near.execute(queries.HANDOFF, (workspace_id, handoff_id)).fetchone()
        if found is None:
            raise NotFound(f"There is no handoff {handoff_id}.")
        return rows.handoff_of(found)

    async def actions(
        self, workspace_id: WorkspaceId, states: Collection[ActionState], limit: int
    ) -> list[ListedAction]:
        values = (workspace_id, rows.to_json([state.value for state in states]), limit)
        return [listed_action_of(row) for row in await self._all(queries.ACTIONS, values)]

    async def action(self, workspace_id: WorkspaceId, action_id: ActionId) -> ListedAction:
        with told(self._place):
            found = self._near.execute(queries.ACTION, (workspace_id, action_id)).fetchone()
        if found is None:
            raise NotFound(f"There is no action {action_id}.")
        return listed_action_of(found)

    async def deliveries(self, workspace_id: WorkspaceId, conversation_id: ConversationId) -> list[Delivery]:
        found = await self._all(queries.DELIVERIES, (workspace_id, conversation_id))
        return [rows.delivery_of(row) for row in found]

    async def delivery_of(self, message_id: MessageId) -> DeliveryId | None:
        with told(self._place):
            found = self._near.execute(queries.HAS_DELIVERY, (delivery_id_of(message_id),)).fetchone()
        return None if found is None else delivery_id_of(message_id)

    async def search(self, workspace_id: WorkspaceId, text: str, limit: int) -> list[Found]:
        terms = rules.required_terms(text)
        if not terms:
            return []
        # What waits for the index is read first: a message that comes into it meanwhile is found twice.
        waiting = [_found(row) for row in await self._all(queries.WAITING, (workspace_id,))]
        newest = [one for one in waiting if set(terms) <= set(search_terms(one.text))]
        # Terms hold letters and digits only, so in quotation marks nothing in them is an operator of FTS5.
        query = " AND ".join(f'"{term}"' for term in terms)
        indexed = [_found(row) for row in await self._all(queries.SEARCH, (query, workspace_id, limit))]
        found = {(one.conversation_id, one.seq): one for one in (*newest, *indexed)}
        return list(found.values())[:limit]

    async def figures(self) -> dict[str, float]:
        now_ms = self._clock.now_ms()
        [row] = await self._all(queries.FIGURES, (now_ms, now_ms - self._silence_ms))
        return dict(zip(rules.FIGURES, map(float, row), strict=True))

    async def counts(self, workspace_id: WorkspaceId) -> dict[Status | AssigneeKind, int]:
        found = await self._all(queries.COUNTS, (workspace_id,))
        return rules.counted((Status(status), AssigneeKind(kind), count) for status, kind, count in found)


def _read_work(db: sqlite3.Connection, lease: Lease, episodes: Episodes) -> Work:
    """Read in one statement what may change; only the lease's holder writes steps, and events stay."""
    leased = db.execute(sql.READ_LEASED, (lease.conversation_id, lease.token)).fetchone()
    if leased is None:
        raise LeaseLost(rules.lease_lost(lease))
    conversation = rows.conversation_of(leased)
    contact, has_steps = leased[len(rows.CONVERSATION_COLUMNS) : -1], leased[-1]
    steps = db.execute(sql.READ_STEPS, (conversation.id,)).fetchall() if has_steps else ()
    return Work(
        conversation=conversation,
        contact=rows.contact_of(contact) if contact[0] else Contact(id=conversation.contact_id),
        records=_episode(db, conversation, episodes),
        steps=tuple(rows.step_of(body) for (body,) in steps),
    )


def _episode(db: sqlite3.Connection, conversation: Conversation, episodes: Episodes) -> Records:
    known = episodes.known(conversation)
    if known and known[-1].seq == conversation.last_seq:
        return known
    after_seq = known[-1].seq if known else 0
    place = (conversation.id, conversation.episode_id, after_seq, conversation.last_seq)
    found = db.execute(sql.READ_EPISODE, place)
    records = known + tuple(map(rows.record_of, found))
    episodes.remember(conversation, records)
    return records


def _found(row: Sequence[Any]) -> Found:
    conversation_id, seq, body, at_ms = row
    text = rules.searched_text(rows.event_of(body)) or ""
    return Found(conversation_id=conversation_id, seq=seq, text=text, at_ms=at_ms)

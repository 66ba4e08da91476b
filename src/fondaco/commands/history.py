"""Walks through conversations that were kept."""

from __future__ import annotations

from collections.abc import AsyncIterator

from fondaco.domain.conversation import Conversation
from fondaco.domain.events import Recorded
from fondaco.domain.ids import WorkspaceId
from fondaco.domain.listing import ConversationFilter
from fondaco.domain.ports import Reader

_BATCH = 500


async def conversations_since(
    reader: Reader, workspace_id: WorkspaceId, since_ms: int
) -> AsyncIterator[Conversation]:
    """Yield every conversation that has changed since then; the newest change comes first."""
    cursor: str | None = None
    while True:
        page = await reader.conversations(ConversationFilter(workspace_id=workspace_id), cursor, _BATCH)
        for conversation in page.items:
            if conversation.updated_at_ms < since_ms:
                return
            yield conversation
        cursor = page.next_cursor
        if cursor is None:
            return


async def whole_log(reader: Reader, conversation: Conversation) -> list[Recorded]:
    """Return every event of a conversation, oldest first."""
    found: list[Recorded] = []
    while len(found) < conversation.last_seq:
        after = found[-1].seq if found else 0
        batch = await reader.records(conversation.workspace_id, conversation.id, after, _BATCH)
        found += batch
        if len(batch) < _BATCH:
            break
    return found

"""What a conversation's memory has cost, for the API and the console."""

from __future__ import annotations

from collections.abc import Iterable

from fondaco.domain.events import Recorded
from fondaco.domain.ids import ConversationId, WorkspaceId
from fondaco.domain.ports import Reader
from fondaco.memory.bills.conversation import ConversationMemory, memory_of
from fondaco.memory.planning.sheets import PriceSheet, price_sheet
from fondaco.server.parts import WorkspaceModels

_PAGE = 200
_PAGES = 50  # the newest 10,000 events


async def read_memory(
    reader: Reader, models: WorkspaceModels | None, place: tuple[WorkspaceId, ConversationId], now_ms: int
) -> ConversationMemory:
    """Return what the log of a conversation tells.  Raises NotFound."""
    workspace_id, conversation_id = place
    conversation = await reader.conversation(workspace_id, conversation_id)
    after = max(0, conversation.last_seq - _PAGE * _PAGES)
    records: list[Recorded] = []
    while batch := await reader.records(workspace_id, conversation_id, after, _PAGE):
        records += batch
        after = batch[-1].seq
        if len(batch) < _PAGE:
            break
    return memory_shown(records, models_of(models, workspace_id), now_ms)


def memory_shown(
    records: Iterable[Recorded], models: WorkspaceModels | None, now_ms: int
) -> ConversationMemory:
    """Return what these records tell, reckoned with the prices of now."""

    def sheet(name: str) -> PriceSheet | None:
        priced = models.overseer.priced(name, now_ms) if models is not None else None
        return price_sheet(*priced) if priced is not None else None

    return memory_of(records, sheet)


def models_of(models: WorkspaceModels | None, workspace_id: WorkspaceId) -> WorkspaceModels | None:
    """Return the models if they are this workspace's."""
    return models if models is not None and models.workspace_id == workspace_id else None

"""Memory: how much of a conversation models were told, what that cost, and what it would have cost."""

from __future__ import annotations

from fondaco.domain.access import Scope
from fondaco.domain.errors import NotFound
from fondaco.memory.bills.conversation import ConversationMemory
from fondaco.server.access import KeyWith
from fondaco.server.operation import Call, Nothing, Operation
from fondaco.server.remembering import read_memory


async def get_memory(call: Call[Nothing, Nothing]) -> ConversationMemory:
    """Return plan, cuts and bill of a conversation."""
    parts, place = call.parts, (call.workspace_id, call.conversation_id)
    return await read_memory(parts.reader, parts.models, place, parts.clock.now_ms())


OPERATIONS = (
    Operation(
        name="get_memory",
        method="GET",
        path="/v1/conversations/{conversation_id}/memory",
        summary="Read how the history is told to models, its bill, and the bills of the usual ways",
        access=KeyWith(Scope.CONVERSATIONS_READ),
        handler=get_memory,
        query=Nothing,
        body=Nothing,
        answer=ConversationMemory,
        errors=(NotFound,),
    ),
)

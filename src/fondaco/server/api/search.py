"""Search: messages by their words, in any of the five languages."""

from __future__ import annotations

from typing import Annotated

import msgspec

from fondaco.domain.access import Scope
from fondaco.domain.listing import Found
from fondaco.server.access import KeyWith
from fondaco.server.operation import Call, Nothing, Operation
from fondaco.server.shapes import Limit


class SearchQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What to look for."""

    q: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    limit: Limit = 20


class FoundMessages(msgspec.Struct, frozen=True, kw_only=True):
    """Messages that hold the words."""

    items: list[Found]


async def search(call: Call[SearchQuery, Nothing]) -> FoundMessages:
    """Find messages of the workspace."""
    return FoundMessages(
        items=await call.parts.reader.search(call.workspace_id, call.query.q, call.query.limit)
    )


OPERATIONS = (
    Operation(
        name="search",
        method="GET",
        path="/v1/search",
        summary="Find messages by their words",
        access=KeyWith(Scope.CONVERSATIONS_READ),
        handler=search,
        query=SearchQuery,
        body=Nothing,
        answer=FoundMessages,
    ),
)

"""The public API, one file a noun."""

from __future__ import annotations

from fondaco.server.api import (
    actions,
    articles,
    conversations,
    events,
    handoffs,
    health,
    memory,
    messages,
    providers,
    search,
    team,
)
from fondaco.server.operation import AnyOperation

#: Every operation below ``/v1``.
OPERATIONS: tuple[AnyOperation, ...] = (
    *messages.OPERATIONS,
    *conversations.OPERATIONS,
    *events.OPERATIONS,
    *memory.OPERATIONS,
    *team.OPERATIONS,
    *handoffs.OPERATIONS,
    *actions.OPERATIONS,
    *articles.OPERATIONS,
    *search.OPERATIONS,
    *providers.OPERATIONS,
    *health.OPERATIONS,
)

"""How many requests to models the latest episodes of a workspace took."""

from __future__ import annotations

from sqlalchemy import Executable, func, or_, select
from sqlalchemy.ext.asyncio import AsyncEngine

from fondaco.domain.events import ModelAsked
from fondaco.domain.ids import WorkspaceId
from fondaco.storage.database import engine_for, place_of_engine, reading, told_of
from fondaco.storage.schema import conversation, event

#: So many of the conversations that changed last are looked at, each by the key of its events.
CONVERSATIONS = 1_000
#: An open episode in which nothing was said for so long has ended, too: few shops close what is done.
QUIET_MS = 7 * 86_400_000


async def lengths_of_episodes(url: str, workspace_id: WorkspaceId, now_ms: int) -> dict[int, int]:
    """Return how many ended episodes took how many requests, over a connection that is closed again.

    Raises StorageError or one of its kin, ConfigurationError.
    """
    engine = engine_for(url)
    try:
        return await episode_lengths(engine, workspace_id, now_ms)
    finally:
        await engine.dispose()


async def episode_lengths(engine: AsyncEngine, workspace_id: WorkspaceId, now_ms: int) -> dict[int, int]:
    """Return how many ended episodes took how many requests; those that no model was asked in are left out.

    Raises StorageError or one of its kin.
    """
    with told_of(place_of_engine(engine)):
        async with reading(engine).connect() as connection:
            found = (await connection.execute(_lengths(workspace_id, now_ms - QUIET_MS))).all()
    return {row.requests: row.episodes for row in found}


def _lengths(workspace_id: WorkspaceId, quiet_since_ms: int) -> Executable:
    latest = (
        select(conversation.c.id, conversation.c.episode_id, conversation.c.updated_at_ms)
        .where(conversation.c.workspace_id == workspace_id)
        .order_by(conversation.c.updated_at_ms.desc(), conversation.c.id.desc())
        .limit(CONVERSATIONS)
        .subquery()
    )
    has_ended = or_(
        latest.c.episode_id.is_(None),
        latest.c.episode_id != event.c.episode_id,
        latest.c.updated_at_ms < quiet_since_ms,
    )
    lengths = (
        select(func.count().label("requests"))
        .select_from(latest)
        .join(event, event.c.conversation_id == latest.c.id)
        .where(event.c.type == ModelAsked.__name__, event.c.episode_id.is_not(None), has_ended)
        .group_by(event.c.conversation_id, event.c.episode_id)
        .subquery()
    )
    return select(lengths.c.requests, func.count().label("episodes")).group_by(lengths.c.requests)

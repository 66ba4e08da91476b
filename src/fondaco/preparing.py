"""What the settings promise is in the database: the workspace, its teams, and its articles."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

import msgspec

from fondaco.config import Settings
from fondaco.domain.access import Stored, Team, Workspace
from fondaco.domain.errors import Conflict
from fondaco.domain.ids import TeamId, WorkspaceId
from fondaco.domain.ports import Registry
from fondaco.kit.clock import Clock
from fondaco.kit.ids import IdMaker
from fondaco.knowledge.importing import ArticleDraft, ImportProblem, articles_from, read_articles


class Prepared(msgspec.Struct, frozen=True, kw_only=True):
    """What was stored of the articles that the settings name, and what was left out."""

    stored: Stored = Stored()
    problems: tuple[ImportProblem, ...] = ()


async def prepare(registry: Registry, settings: Settings, clock: Clock, ids: IdMaker) -> Prepared:
    """Create the workspace if there is none, write its teams, and import the articles; safe to repeat."""
    workspace_id = await ensure_workspace(registry, settings, clock)
    for team in settings.workspace.teams:
        await registry.put_team(
            Team(id=TeamId(team.id), workspace_id=workspace_id, names=team.names, topics=team.topics)
        )
    paths = [Path(name) for name in settings.knowledge.articles]
    if not paths:
        return Prepared()
    found = await asyncio.to_thread(read_articles, paths, fallback=settings.workspace.language)
    stored = await store_drafts(registry, workspace_id, found.drafts, ids)
    return Prepared(stored=stored, problems=found.problems)


async def ensure_workspace(registry: Registry, settings: Settings, clock: Clock) -> WorkspaceId:
    """Return the workspace's id, creating the workspace at first."""
    workspace_id = WorkspaceId(settings.workspace.id)
    if workspace_id in {workspace.id for workspace in await registry.workspaces()}:
        return workspace_id
    fresh = Workspace(id=workspace_id, name=settings.workspace.name, created_at_ms=clock.now_ms())
    try:
        await registry.create_workspace(fresh)
    except Conflict:  # another process has created it in the meantime
        return workspace_id
    return workspace_id


async def store_drafts(
    registry: Registry, workspace_id: WorkspaceId, drafts: Sequence[ArticleDraft], ids: IdMaker
) -> Stored:
    """Create or update articles by (key, language); what did not change is left alone."""
    return await registry.put_articles(workspace_id, articles_from(drafts, workspace_id, ids))

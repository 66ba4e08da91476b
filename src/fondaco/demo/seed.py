"""Fills the demo shop: its workspace, ways in, people and articles.  Safe to repeat."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from importlib import resources
from pathlib import Path

from fondaco.config import Settings
from fondaco.domain.access import ChannelKind, Connection, Stored, Teammate
from fondaco.domain.ids import ConnectionId, TeammateId, WorkspaceId
from fondaco.domain.ports import Registry
from fondaco.kit.clock import Clock
from fondaco.kit.ids import IdMaker
from fondaco.knowledge.importing import ArticleDraft, read_articles
from fondaco.preparing import prepare, store_drafts

WIDGET_ID = ConnectionId("widget-demo")
API_ID = ConnectionId("api-demo")
TEAMMATE_ID = TeammateId("tm_demo")


async def seed(
    registry: Registry, settings: Settings, clock: Clock, ids: IdMaker, origins: Sequence[str] = ()
) -> Stored:
    """Write everything that the demo shop needs and return what became of its articles.

    ``origins`` are the pages that may embed the widget, such as ``http://127.0.0.1:8080``.
    """
    await prepare(registry, settings, clock, ids)
    workspace_id = WorkspaceId(settings.workspace.id)
    for connection in _connections(workspace_id, tuple(origins)):
        await registry.put_connection(connection)
    await registry.put_teammate(
        Teammate(id=TEAMMATE_ID, workspace_id=workspace_id, name="Mira", email="mira@rialto.example")
    )
    return await store_drafts(registry, workspace_id, await asyncio.to_thread(_drafts), ids)


def _connections(workspace_id: WorkspaceId, origins: tuple[str, ...]) -> tuple[Connection, Connection]:
    widget = Connection(
        id=WIDGET_ID, workspace_id=workspace_id, channel=ChannelKind.WIDGET, name="Rialto", origins=origins
    )
    api = Connection(
        id=API_ID, workspace_id=workspace_id, channel=ChannelKind.API, name="Rialto's own programs"
    )
    return widget, api


def _drafts() -> tuple[ArticleDraft, ...]:
    with resources.as_file(resources.files("fondaco.demo").joinpath("content/articles")) as folder:
        return read_articles([Path(folder)]).drafts

"""How long a shop's episodes were is known to the process that plans the next ones."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

from fondaco.app import App, open_app
from fondaco.config import KnowledgeSettings, Settings, StorageSettings
from fondaco.domain import events as ev
from fondaco.domain.access import ChannelKind, Connection, Workspace
from fondaco.domain.changes import changed
from fondaco.domain.conversation import Conversation
from fondaco.domain.ids import ConnectionId, ContactId, ConversationId, EpisodeId, TurnId, WorkspaceId
from fondaco.domain.people import SYSTEM
from fondaco.domain.turns import Contact, Opening
from fondaco.kit.clock import SystemClock
from tests.scenario.test_drafts import options_at

EPISODE = EpisodeId("epi_1")
ASKED = ev.ModelAsked(turn_id=TurnId("trn_1"), step=1, target="m")


async def write_an_episode(app: App, requests: int) -> None:
    """Let an episode have happened in which a model was asked so often."""
    workspace_id = WorkspaceId(app.settings.workspace.id)
    await app.registry.create_workspace(Workspace(id=workspace_id, name="Shop", created_at_ms=0))
    connection = Connection(
        id=ConnectionId("con_1"), workspace_id=workspace_id, channel=ChannelKind.API, name="Shop"
    )
    await app.registry.put_connection(connection)
    contact = Contact(id=ContactId("ctc_1"))
    fresh = Conversation(
        id=ConversationId("cnv_1"),
        workspace_id=workspace_id,
        connection_id=connection.id,
        contact_id=contact.id,
    )
    opening = Opening(
        contact=contact, contact_external_id="somebody", conversation=fresh, external_id="somebody"
    )
    base = await app.store.open_conversation(opening)
    asked: list[ev.Event] = [ASKED] * requests
    events = (ev.EpisodeOpened(episode_id=EPISODE), *asked, ev.EpisodeClosed(by=SYSTEM))
    await app.store.commit(changed(base, events, at_ms=1))


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not holds():
            await SystemClock().sleep(0.01)


async def test_a_process_that_begins_reads_how_long_earlier_episodes_were(tmp_path: Path) -> None:
    settings = Settings(
        storage=StorageSettings(url=f"sqlite:///{tmp_path / 'shop.db'}"),
        knowledge=KnowledgeSettings(embeddings=False),
        llm=options_at("http://127.0.0.1:9"),
    )
    async with open_app(settings) as app:
        await write_an_episode(app, requests=5)

        async with app.working():
            await until(lambda: bool(app.lengths.latest()))

        assert app.lengths.latest() == {5: 1}

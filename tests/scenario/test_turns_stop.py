"""A whole process is stopped in the middle of its work."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from aiohttp import web
from aiohttp.test_utils import TestServer

from fondaco.app import App, open_app
from fondaco.config import KnowledgeSettings, Settings, StorageSettings
from fondaco.domain.access import ChannelKind, Connection, Workspace
from fondaco.domain.ids import ConnectionId, WorkspaceId
from fondaco.inbox import InboxOptions


@dataclass(slots=True)
class SlowShop:
    """Receives a message and takes its time to say so."""

    reached: asyncio.Event = field(default_factory=asyncio.Event)
    may_answer: asyncio.Event = field(default_factory=asyncio.Event)
    heard: list[bytes] = field(default_factory=list)

    async def answer(self, request: web.Request) -> web.Response:
        self.heard.append(await request.read())
        self.reached.set()
        await self.may_answer.wait()
        return web.Response(status=204)


@asynccontextmanager
async def calling(shop: SlowShop, folder: Path) -> AsyncIterator[tuple[App, Connection]]:
    place, receiver = web.Application(), shop.answer
    place.router.add_post("/hook", receiver)
    settings = Settings(
        storage=StorageSettings(url=f"sqlite:///{folder / 'shop.db'}"),
        inbox=InboxOptions(burst_ms=0),
        knowledge=KnowledgeSettings(embeddings=False),
    )
    async with TestServer(place) as server, open_app(settings) as app:
        workspace_id = WorkspaceId(settings.workspace.id)
        await app.registry.create_workspace(Workspace(id=workspace_id, name="Shop", created_at_ms=0))
        connection = Connection(
            id=ConnectionId("con_1"),
            workspace_id=workspace_id,
            channel=ChannelKind.CALLBACK,
            name="Shop",
            callback_url=str(server.make_url("/hook")),
        )
        await app.registry.put_connection(connection)
        yield app, connection


async def test_a_message_that_is_being_sent_is_finished_before_the_end(
    tmp_path: Path,
) -> None:
    shop = SlowShop()
    async with calling(shop, tmp_path) as (app, connection):
        conversation = await app.intake.open(connection, contact_external_id="mira", external_id="one")

        async with app.working():
            await app.intake.receive(conversation, text="Hello", external_id="1")
            await shop.reached.wait()
            asyncio.get_running_loop().call_later(0.05, shop.may_answer.set)
        deliveries = await app.reader.deliveries(connection.workspace_id, conversation.id)

    assert [one.state.value for one in deliveries] == ["sent"]
    assert len(shop.heard) == 1

"""The whole server: storage on disk, workers and HTTP as an operator runs them; and who sends it nonsense."""

from __future__ import annotations

import asyncio
import json
import re
import sqlite3
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import msgspec

from fondaco.app import App, open_app
from fondaco.config import Settings, parse
from fondaco.config.settings import KnowledgeSettings
from fondaco.demo.erp.server import DEMO_TOKEN, ErpOptions, running
from fondaco.demo.seed import seed
from fondaco.demo.settings import demo_settings
from fondaco.domain.access import ApiKey, ChannelKind, Connection, Scope
from fondaco.domain.ids import ConnectionId, KeyId, WorkspaceId
from fondaco.domain.ports import Registry
from fondaco.kit.chance import SystemChance
from fondaco.kit.clock import SystemClock
from fondaco.llm.options import LlmOptions
from fondaco.memory.options import MemoryOptions
from fondaco.preparing import prepare
from fondaco.server.assembling import asgi_of, server_options
from fondaco.server.credentials import hash_secret, new_secret
from fondaco.server.serve import listening
from tests.scenario.api_house import Reply

PATIENCE_SECONDS = 10
IDENTITY_SECRET = "the shop's own secret, of at least 64 bytes so that SHA-512 takes it too"
OTHER_SECRET = "a secret of another site, of at least 64 bytes so that SHA-512 takes it"
API, WIDGET, OTHER_WIDGET = "api", "widget", "other-widget"
SETTINGS = """
[server]
port = 0
max_body_bytes = 600_000
request_timeout_seconds = 0.3
[storage]
url = "sqlite:///{database}"
[inbox]
burst_ms = 0
[knowledge]
embeddings = false
[streams]
poll_seconds = 0.05
[limits]
visitor = {{ per_minute = 1e6, burst = 1000000 }}
key = {{ per_minute = 1e6, burst = 1000000 }}
address = {{ per_minute = 1e6, burst = 1000000 }}
new_conversation = {{ per_minute = 1e6, burst = 1000000 }}
"""
#: What belongs into a log and into no answer.
INSIDES = re.compile(rb"Traceback|\.py\b|line \d+|sqlite|SELECT|msgspec|asyncio|0x[0-9a-f]{6}|<class|Error\b")
_COUNTED = ("contact", "conversation", "event", "delivery", "handoff", "visitor", "article", "kept_reply")


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole:
    """A server that works, and a program that talks to it."""

    url: str
    app: App
    database: Path
    http: aiohttp.ClientSession
    key: str

    async def ask(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        key: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Reply:
        """Send a request; a body of bytes goes as it is, anything else as JSON."""
        said = {"Authorization": f"Bearer {self.key if key is None else key}", **(headers or {})}
        data = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        if data is not None:
            said.setdefault("Content-Type", "application/json")
        async with self.http.request(method, self.url + path, headers=said, data=data) as answer:
            return Reply(answer.status, answer.headers, await answer.read())

    async def open(self, name: str) -> str:
        """Open a conversation over the API and return its id."""
        body = {"connection_id": API, "contact": {"external_id": name}, "external_id": name}
        opened = await self.ask("POST", "/v1/conversations", body)
        assert opened.status == 201, opened.body
        return str(opened.json["id"])

    async def begin(self, text: str, **more: Any) -> Reply:
        """Begin a conversation in the widget."""
        return await self.ask("POST", f"/widget/v1/{WIDGET}/conversations", {"text": text, **more}, key="")

    async def events(self, conversation_id: str) -> list[dict[str, Any]]:
        """Return the log of a conversation."""
        read = await self.ask("GET", f"/v1/conversations/{conversation_id}/events?limit=100")
        return [dict(one["event"]) for one in read.json["items"]]

    async def until(self, conversation_id: str, kind: str, count: int = 1) -> list[dict[str, Any]]:
        """Wait until the log holds so many events of a kind and return the log."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while True:
                found = await self.events(conversation_id)
                if sum(one["type"] == kind for one in found) >= count:
                    return found
                await self.app.clock.sleep(0.02)

    async def stored(self) -> dict[str, int]:
        """Return how many rows there are of everything that a request could leave behind.

        What an earlier test has asked is answered first: nobody is in line any more.
        """
        async with asyncio.timeout(PATIENCE_SECONDS):
            while self._rows("lane"):
                await self.app.clock.sleep(0.02)
        return {table: self._rows(table) for table in _COUNTED}

    def _rows(self, table: str) -> int:
        with closing(sqlite3.connect(f"file:{self.database}?mode=ro", uri=True)) as reading:
            (count,) = reading.execute(f"select count(*) from {table}").fetchone()  # noqa: S608
        return int(count)

    async def still_answers(self) -> None:
        """Take a message in and see it answered; fails if the server does not."""
        conversation_id = await self.open(self.app.ids.new("after"))
        said = await self.ask("POST", f"/v1/conversations/{conversation_id}/messages", {"text": "Hello"})
        assert said.status == 202, said.body
        await self.until(conversation_id, "TurnSettled")

    async def raw(self, *pieces: bytes) -> bytes:
        """Send bytes as they are over a connection of their own and return all that comes back."""
        reader, writer = await self.connect()
        async with asyncio.timeout(PATIENCE_SECONDS):
            for piece in pieces:
                writer.write(piece)
                await writer.drain()
            heard = await reader.read()
        await let_go(writer)
        return heard

    async def connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """Open a connection."""
        host, port = self.url.removeprefix("http://").split(":")
        return await asyncio.open_connection(host, int(port))

    def head(self, method: str, path: str, *lines: str, key: str | None = None) -> bytes:
        """Return the head of a request."""
        own = ["Host: localhost", f"Authorization: Bearer {self.key if key is None else key}", *lines]
        return "\r\n".join([f"{method} {path} HTTP/1.1", *own, "", ""]).encode()


async def let_go(writer: asyncio.StreamWriter) -> None:
    """Close a connection."""
    writer.close()
    await writer.wait_closed()


def demand_problem(reply: Reply, status: int, *told: str, field: str | None = None) -> None:
    """Fail unless an answer is a problem that says what, where and what to do, and nothing of the insides."""
    assert reply.status == status, reply.body
    assert reply.headers["Content-Type"] == "application/problem+json"
    problem = reply.json
    assert problem["type"].startswith("urn:fondaco:problem:")
    assert problem["status"] == status
    assert problem["title"]
    assert problem["detail"].endswith(".")
    assert [word for word in told if word not in problem["detail"]] == [], problem["detail"]
    assert problem.get("field") == field
    assert INSIDES.search(reply.body) is None, reply.body


def problem_in(heard: bytes) -> Reply:
    """Return the one answer that came over a raw connection."""
    head, _, body = heard.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = {name.title(): value for name, _, value in (line.partition(": ") for line in lines)}
    return Reply(int(first.split()[1]), headers, body)


def settings_at(folder: Path) -> Settings:
    """Return settings with the database in a folder."""
    return parse(SETTINGS.format(database=folder / "fondaco.db"), {})


@asynccontextmanager
async def open_whole(
    folder: Path,
    llm: LlmOptions | None = None,
    memory: MemoryOptions | None = None,
    *,
    embeddings: bool = False,
) -> AsyncIterator[Whole]:
    """Serve a shop without articles or tools, and with these models, if any."""
    knowledge = KnowledgeSettings(embeddings=embeddings)
    settings = msgspec.structs.replace(
        settings_at(folder), memory=memory or MemoryOptions(), knowledge=knowledge
    )
    if llm is not None:
        settings = msgspec.structs.replace(settings, llm=llm)
    async with open_app(settings) as app:
        await prepare(app.registry, settings, app.clock, app.ids)
        async with _served(app, folder) as whole:
            yield whole


@asynccontextmanager
async def open_rialto(folder: Path) -> AsyncIterator[Whole]:
    """Serve the demo shop with its merchant system."""
    async with AsyncExitStack() as stack:
        books = ErpOptions(database_path=folder / "erp.db", token=DEMO_TOKEN)
        address = await stack.enter_async_context(running(books, SystemClock()))
        settings = demo_settings(settings_at(folder), address, DEMO_TOKEN, folder)
        app = await stack.enter_async_context(open_app(settings))
        await seed(app.registry, settings, app.clock, app.ids)
        await app.librarian.refresh()
        yield await stack.enter_async_context(_served(app, folder))


@asynccontextmanager
async def _served(app: App, folder: Path) -> AsyncIterator[Whole]:
    key = await furnish(app.registry, WorkspaceId(app.settings.workspace.id))
    async with (
        listening(asgi_of(app), server_options(app.settings)) as served,
        app.working(),
        aiohttp.ClientSession() as http,
    ):
        yield Whole(url=served.url, app=app, database=folder / "fondaco.db", http=http, key=key)


async def furnish(registry: Registry, workspace_id: WorkspaceId) -> str:
    """Make the connections and a key that has every scope, and return the key's secret."""
    for connection in _connections(workspace_id):
        await registry.put_connection(connection)
    secret = new_secret(SystemChance(), "fk_")
    key = ApiKey(
        id=KeyId(f"key_{len(await registry.keys(workspace_id))}"),
        workspace_id=workspace_id,
        name="tests",
        scopes=tuple(Scope),
        created_at_ms=0,
    )
    await registry.create_key(key, hash_secret(secret))
    return secret


def _connections(workspace_id: WorkspaceId) -> list[Connection]:
    kinds = ((API, ChannelKind.API, ""), (WIDGET, ChannelKind.WIDGET, IDENTITY_SECRET))
    return [
        Connection(
            id=ConnectionId(name),
            workspace_id=workspace_id,
            channel=kind,
            name=name,
            identity_secrets=(secret,) if secret else (),
        )
        for name, kind, secret in (*kinds, (OTHER_WIDGET, ChannelKind.WIDGET, OTHER_SECRET))
    ]

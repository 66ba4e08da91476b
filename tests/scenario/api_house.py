"""A real server on loopback with a store in memory, and a program that talks to it."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import structlog
from prometheus_client import CollectorRegistry

from fondaco import engine
from fondaco.domain.access import ApiKey, ChannelKind, Connection, Scope, Teammate, Visitor, Workspace
from fondaco.domain.ids import ConnectionId, ContactId, KeyId, TeammateId, WorkspaceId
from fondaco.domain.ports import SharedNotes
from fondaco.inbox.desk import Desk
from fondaco.inbox.intake import Intake
from fondaco.inbox.options import InboxOptions
from fondaco.inbox.voice import DraftBoard
from fondaco.kit.chance import SeededChance, SystemChance
from fondaco.kit.clock import Clock
from fondaco.kit.http import HttpClient
from fondaco.kit.ids import IdMaker
from fondaco.llm.cellar import Cellar, Surroundings, build_cellar
from fondaco.llm.options import ChainOptions, LlmOptions, ModelOptions, ProviderOptions
from fondaco.llm.targets import ProviderKind
from fondaco.server.asgi import MakesPages, build_asgi, no_pages
from fondaco.server.credentials import hash_secret, new_secret
from fondaco.server.operation import Machinery
from fondaco.server.options import LimitOptions, Rate, ServerOptions, StreamOptions
from fondaco.server.parts import ServerParts, WorkspaceModels
from fondaco.server.serve import listening
from fondaco.testing.clock import FakeClock
from fondaco.testing.memory_ledger import MemoryLedger
from fondaco.testing.memory_registry import MemoryRegistry
from fondaco.testing.memory_store import MemoryStore
from fondaco.testing.shared_notes import MemorySharedNotes

IDENTITY_SECRET = "the shop's own secret of at least 32 bytes"
MANY = Rate(per_minute=1_000_000, burst=1_000_000)
WIDE = LimitOptions(visitor=MANY, key=MANY, address=MANY, new_conversation=MANY)
QUICK_STREAMS = StreamOptions(poll_seconds=0.05, heartbeat_seconds=3_600)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shop:
    """One workspace with a connection of each kind, a teammate, and keys."""

    workspace_id: WorkspaceId
    api: Connection
    widget: Connection
    teammate: Teammate
    key: str  #: has every scope


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """Everything that a scenario touches."""

    url: str
    parts: ServerParts
    machinery: Machinery
    store: MemoryStore
    clock: FakeClock
    http: aiohttp.ClientSession
    shop: Shop
    other: Shop
    log: list[dict[str, Any]] = field(default_factory=list)

    async def ask(
        self,
        method: str,
        path: str,
        *,
        key: str = "",
        body: Any = None,
        headers: Mapping[str, str] | None = None,
    ) -> Reply:
        """Send a request with a JSON body, if any, and read the whole answer."""
        said = dict(headers or {})
        if key:
            said["Authorization"] = f"Bearer {key}"
        data = None if body is None else json.dumps(body).encode()
        if data is not None:
            said.setdefault("Content-Type", "application/json")
        return await self.send(method, path, said, data)

    async def send(self, method: str, path: str, headers: Mapping[str, str], data: bytes | None) -> Reply:
        """Send a request as it is."""
        async with self.http.request(
            method, self.url + path, headers=headers, data=data, allow_redirects=False
        ) as answer:
            return Reply(answer.status, answer.headers, await answer.read())

    async def open(self, shop: Shop | None = None, name: str = "ann") -> str:
        """Open a conversation over the API and return its id."""
        shop = shop or self.shop
        body = {"connection_id": shop.api.id, "contact": {"external_id": name}, "external_id": name}
        opened = await self.ask("POST", "/v1/conversations", key=shop.key, body=body)
        assert opened.status == 201, opened.body
        return str(opened.json["id"])

    async def say(self, conversation_id: str, text: str, shop: Shop | None = None) -> int:
        """Write as the contact over the API and return the message's number."""
        path = f"/v1/conversations/{conversation_id}/messages"
        said = await self.ask("POST", path, key=(shop or self.shop).key, body={"text": text})
        assert said.status == 202, said.body
        return int(said.json["seq"])

    async def begin(self, text: str = "Where is my order?", shop: Shop | None = None) -> dict[str, Any]:
        """Begin a conversation in the widget and return what the widget gets."""
        path = f"/widget/v1/{(shop or self.shop).widget.id}/conversations"
        begun = await self.ask("POST", path, body={"text": text})
        assert begun.status == 201, begun.body
        return dict(begun.json)

    async def make_key(self, shop: Shop, *scopes: Scope) -> str:
        """Make a key and return its secret."""
        return await make_key(self.parts, shop.workspace_id, *scopes)


@dataclass(frozen=True, slots=True)
class Reply:
    """A whole answer."""

    status: int
    headers: Mapping[str, str]  #: by name, whatever its case
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


async def make_key(parts: ServerParts, workspace_id: WorkspaceId, *scopes: Scope) -> str:
    secret = new_secret(parts.chance, "fk_")
    key = ApiKey(
        id=KeyId(parts.ids.new("key")),
        workspace_id=workspace_id,
        name="test",
        scopes=scopes,
        created_at_ms=parts.clock.now_ms(),
    )
    await parts.registry.create_key(key, hash_secret(secret))
    return secret


async def make_shop(parts: ServerParts, name: str) -> Shop:
    workspace_id = WorkspaceId(f"wsp_{name}")
    now_ms = parts.clock.now_ms()
    await parts.registry.create_workspace(Workspace(id=workspace_id, name=name, created_at_ms=now_ms))
    teammate = Teammate(
        id=TeammateId(f"tmt_{name}"), workspace_id=workspace_id, name="Mia", email="mia@example.org"
    )
    await parts.registry.put_teammate(teammate)
    connections = [
        Connection(
            id=ConnectionId(f"{kind.value}_{name}"),
            workspace_id=workspace_id,
            channel=kind,
            name=f"{name} {kind.value}",
            identity_secrets=(IDENTITY_SECRET,),
        )
        for kind in (ChannelKind.API, ChannelKind.WIDGET)
    ]
    for connection in connections:
        await parts.registry.put_connection(connection)
    return Shop(
        workspace_id=workspace_id,
        api=connections[0],
        widget=connections[1],
        teammate=teammate,
        key=await make_key(parts, workspace_id, *Scope),
    )


def make_models(clock: Clock, metrics: CollectorRegistry, notes: SharedNotes | None = None) -> Cellar:
    """Return two models at an address where nobody listens."""
    nowhere = ProviderOptions(
        name="nowhere", kind=ProviderKind.OPENAI, base_url="http://127.0.0.1:9/v1", region="eu"
    )
    options = LlmOptions(
        providers=(nowhere,),
        models=(
            ModelOptions(name="small", provider="nowhere", model="gpt-4.1-mini"),
            ModelOptions(name="large", provider="nowhere", model="gpt-4.1"),
        ),
        chains=ChainOptions(cheap=("small", "large"), strong=("large",)),
    )
    around = Surroundings(
        http=HttpClient(),
        ledger=MemoryLedger(),
        notes=notes or MemorySharedNotes(),
        clock=clock,
        chance=SeededChance(7),
        ids=IdMaker(clock, SeededChance(7)),
        metrics=metrics,
    )
    cellar = build_cellar(options, around)
    assert cellar is not None
    return cellar


def make_parts(
    clock: Clock, store: MemoryStore, options: ServerOptions, log: list[dict[str, Any]]
) -> ServerParts:
    registry = MemoryRegistry()
    ids = IdMaker(clock, SeededChance(7))
    inbox, metrics = InboxOptions(), CollectorRegistry()
    return ServerParts(
        store=store,
        reader=store,
        registry=registry,
        intake=Intake(store, inbox, clock, ids),
        desk=Desk(store, store, store.spending, engine.Shop(), inbox, clock, ids),
        clock=clock,
        chance=SystemChance(),
        ids=ids,
        signals=store.signals,
        drafts=DraftBoard(store.signals, clock),
        log=logger_into(log),
        metrics=metrics,
        models=WorkspaceModels(WorkspaceId("wsp_rialto"), make_models(clock, metrics).overseer),
        options=options,
    )


def logger_into(lines: list[dict[str, Any]]) -> structlog.typing.FilteringBoundLogger:
    """Return a logger that appends each line to a list."""

    def keep(_: object, level: str, line: structlog.typing.EventDict) -> structlog.typing.EventDict:
        lines.append({"level": level, **line})
        raise structlog.DropEvent

    made: structlog.typing.FilteringBoundLogger = structlog.wrap_logger(
        structlog.PrintLogger(),
        processors=[keep],
        wrapper_class=structlog.make_filtering_bound_logger(0),
    )
    return made


@asynccontextmanager
async def open_house(
    options: ServerOptions | None = None, pages: MakesPages = no_pages
) -> AsyncIterator[House]:
    """Serve two shops on a free port of this machine."""
    clock, log = FakeClock(), list[dict[str, Any]]()
    store = MemoryStore(clock)
    options = options or ServerOptions(port=0, streams=QUICK_STREAMS, limits=WIDE)
    parts = make_parts(clock, store, options, log)
    app = build_asgi(parts, pages)
    shop, other = await make_shop(parts, "rialto"), await make_shop(parts, "other")
    async with listening(app, options) as running, aiohttp.ClientSession() as http:
        yield House(
            url=running.url,
            parts=parts,
            machinery=app.state.machinery,
            store=store,
            clock=clock,
            http=http,
            shop=shop,
            other=other,
            log=log,
        )


def visitor_of(house: House, begun: Mapping[str, Any], expires_at_ms: int) -> Visitor:
    """Return a visitor of a conversation that was begun, for a token of the test's own."""
    return Visitor(
        workspace_id=house.shop.workspace_id,
        connection_id=house.shop.widget.id,
        contact_id=ContactId("con_any"),
        conversation_id=begun["conversation_id"],
        created_at_ms=0,
        expires_at_ms=expires_at_ms,
    )

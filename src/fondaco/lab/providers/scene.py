"""The stage of a cell: a small shop in a database of its own, and the configuration of its server."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

from fondaco.domain.access import ApiKey, ChannelKind, Connection, Scope, Workspace
from fondaco.domain.articles import Article
from fondaco.domain.ids import ArticleId, ConnectionId, KeyId, WorkspaceId
from fondaco.kit.clock import Clock
from fondaco.kit.language import Language
from fondaco.kit.signals import SignalHub
from fondaco.lab.providers.plan import MatrixPlan, Mode
from fondaco.lab.providers.rows import Case, second_wire
from fondaco.lab.providers.words import STORED
from fondaco.storage.opening import opened
from fondaco.testing.provider.script import WireName

WORKSPACE = WorkspaceId("drill")
CALLBACK, WIDGET = "drill", "drill-widget"  #: the two connections
SECRET = "fk_" + "d" * 64  # opens nothing but the drill's own server
ENVIRON = {"DRILL_FIRST_KEY": "key-of-the-first", "DRILL_SECOND_KEY": "key-of-the-second"}

#: Of every protocol the model that is asked; each has a price.
MODELS: Mapping[WireName, str] = {
    WireName.OPENAI: "gpt-4.1",
    WireName.ANTHROPIC: "claude-sonnet-4-5",
    WireName.GEMINI: "gemini-2.5-flash",
}


async def prepare(database_url: str, shop_url: str, clock: Clock) -> None:
    """Fill the database with the shop, its two articles and a key that may do everything."""
    async with opened(database_url, clock, SignalHub()) as storage:
        registry, now_ms = storage.registry, clock.now_ms()
        await registry.create_workspace(Workspace(id=WORKSPACE, name="Drill", created_at_ms=now_ms))
        for connection in _connections(shop_url):
            await registry.put_connection(connection)
        key = ApiKey(
            id=KeyId("key_drill"),
            workspace_id=WORKSPACE,
            name="Drill",
            scopes=tuple(Scope),
            created_at_ms=now_ms,
        )
        await registry.create_key(key, hashlib.sha256(SECRET.encode()).hexdigest())
        await registry.put_articles(WORKSPACE, [_article(*stored) for stored in STORED])


def _connections(shop_url: str) -> tuple[Connection, Connection]:
    callback = Connection(
        id=ConnectionId(CALLBACK),
        workspace_id=WORKSPACE,
        channel=ChannelKind.CALLBACK,
        name="Drill",
        callback_url=f"{shop_url}/receive",
        lookup_url=f"{shop_url}/look-up",
    )
    widget = Connection(
        id=ConnectionId(WIDGET), workspace_id=WORKSPACE, channel=ChannelKind.WIDGET, name="Drill"
    )
    return callback, widget


def _article(key: str, asked: str, body: str) -> Article:
    return Article(
        id=ArticleId(f"art_{key}"),
        workspace_id=WORKSPACE,
        key=key,
        language=Language.EN,
        title=asked.rstrip("?"),
        body=body,
        questions=(asked,),
    )


class Config:
    """Writes what a cell's server reads at its start."""

    def __init__(self, plan: MatrixPlan, shop_url: str) -> None:
        self._plan = plan
        self._shop_url = shop_url

    def write(self, folder: Path, database_url: str, case: Case, urls: tuple[str, str]) -> Path:
        """Return where the configuration is; ``urls`` are those of the two providers."""
        wires = (case.wire, second_wire(case.wire))
        models = "\n".join(
            self._model(name, wire, url, case.mode)
            for name, wire, url in zip(("first", "second"), wires, urls, strict=True)
        )
        path = folder / "drill.toml"
        path.write_text(self._common(database_url) + models + (_NO_MONEY if case.row.no_money else ""))
        return path

    def _common(self, database_url: str) -> str:
        plan = self._plan
        return f"""
[workspace]
id = {json.dumps(WORKSPACE)}
[storage]
url = {json.dumps(database_url)}
[inbox]
burst_ms = 0
[outbox]
backoff_base_ms = 50
[knowledge]
embeddings = false
[limits]
key = {{ per_minute = 1000000, burst = 100000 }}
visitor = {{ per_minute = 1000000, burst = 100000 }}
address = {{ per_minute = 1000000, burst = 100000 }}
new_conversation = {{ per_minute = 1000000, burst = 100000 }}
[telemetry]
log_level = "warning"
[[tools]]
name = "shelf"
description = "Tells where something lies."
url = "{self._shop_url}/shelf/{{item}}"
fields = {{ place = "text" }}
parameters = [{{ name = "item", pattern = "glass|brass", ask = "ask_value" }}]
[llm.deadlines]
first_token_seconds = {plan.first_token_seconds}
answer_seconds = {plan.answer_seconds}
[llm.chains]
cheap = ["first", "second"]
"""

    def _model(self, name: str, wire: WireName, url: str, mode: Mode) -> str:
        return f"""
[[llm.providers]]
name = "{name}"
kind = "{wire.value}"
base_url = "{url}"
key = "env:DRILL_{name.upper()}_KEY"
connect_seconds = 1.0
event_seconds = {self._plan.event_seconds}
[[llm.models]]
name = "{name}"
provider = "{name}"
model = "{MODELS[wire]}"
stream = {str(mode is Mode.STREAMED).lower()}
"""


_NO_MONEY = """
[[llm.budgets]]
scope = "workspace"
period = "ever"
limit = "0.000001"
"""

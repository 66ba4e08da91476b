"""The stage of a drill: a database with one entry and one connection, a merchant system, a configuration."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from importlib import resources
from pathlib import Path

from fondaco.demo.erp.generate import generate
from fondaco.demo.erp.records import OrderState
from fondaco.domain.access import ApiKey, ChannelKind, Connection, Scope, Teammate, Workspace
from fondaco.domain.articles import Article
from fondaco.domain.ids import ArticleId, ConnectionId, KeyId, TeammateId, WorkspaceId
from fondaco.kit.chance import Chance
from fondaco.kit.clock import Clock
from fondaco.kit.language import Language
from fondaco.kit.signals import SignalHub
from fondaco.storage.opening import opened

_WORKSPACE = WorkspaceId("drill")


def orders(now_ms: int) -> list[tuple[str, str]]:
    """Return order numbers of the demo shop with the e-mail that proves each, those with an invoice only."""
    rows = generate(today=datetime.fromtimestamp(now_ms / 1000, UTC).date())
    emails = {person.customer_ref: person.email for person in rows.people}
    return [
        (order.order_number, emails[order.customer_ref])
        for order in rows.orders
        if order.state is not OrderState.CANCELLED
    ]


async def prepare(database_url: str, shop_url: str, clock: Clock, chance: Chance) -> str:
    """Fill the database and return an API key that may do everything."""
    secret = f"fk_{chance.bits(256):064x}"
    async with opened(database_url, clock, SignalHub()) as storage:
        registry, now_ms = storage.registry, clock.now_ms()
        await registry.create_workspace(Workspace(id=_WORKSPACE, name="Drill", created_at_ms=now_ms))
        await registry.put_connection(_connection(shop_url))
        await registry.put_teammate(
            Teammate(
                id=TeammateId("tm_drill"), workspace_id=_WORKSPACE, name="Drill", email="drill@example.com"
            )
        )
        key = ApiKey(
            id=KeyId("key_drill"),
            workspace_id=_WORKSPACE,
            name="Drill",
            scopes=tuple(Scope),
            created_at_ms=now_ms,
        )
        await registry.create_key(key, hashlib.sha256(secret.encode()).hexdigest())
        await registry.put_articles(_WORKSPACE, [_entry()])
    return secret


def _connection(shop_url: str) -> Connection:
    return Connection(
        id=ConnectionId("drill"),
        workspace_id=_WORKSPACE,
        channel=ChannelKind.CALLBACK,
        name="Drill",
        callback_url=f"{shop_url}/receive",
        lookup_url=f"{shop_url}/look-up",
    )


def _entry() -> Article:
    return Article(
        id=ArticleId("art_invoice"),
        workspace_id=_WORKSPACE,
        key="invoice-copy",
        language=Language.EN,
        title="Send an invoice again",
        body="Invoice {invoice_send.invoice_number} for order {invoice_send.order_number} is on its way to "
        "{invoice_send.sent_to}.",
        questions=("Please send me the invoice for my order again", "I need a copy of my invoice"),
        rules=("invoice.*again",),
    )


def write_config(folder: Path, database_url: str) -> Path:
    """Write the configuration file that the killed server reads at every start, and return where it is."""
    tools = resources.files("fondaco.demo").joinpath("fondaco-demo.toml").read_text("utf-8")
    own = f"""
[workspace]
id = {json.dumps(_WORKSPACE)}

[storage]
url = {json.dumps(database_url)}

[inbox]
burst_ms = 0

[outbox]
backoff_base_ms = 50
backoff_cap_ms = 500

[knowledge]
embeddings = false

[limits]
key = {{ per_minute = 1000000, burst = 100000 }}

[telemetry]
log_level = "warning"
"""
    path = folder / "drill.toml"
    path.write_text(tools + own, encoding="utf-8")
    return path

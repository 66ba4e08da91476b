"""The demo shop as an operator runs it, with a model of the attacker's and a gateway at the merchant's door.

Nothing of the product is replaced: the real server, workers, storage on SQLite, tools over HTTP, contracts
and guard.  Only two things differ from ``fondaco demo``: who answers for the model, and who stands before
the merchant's system.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec

from fondaco.app import App, open_app
from fondaco.config import KnowledgeSettings, Settings, StorageSettings, parse
from fondaco.demo.erp.server import DEMO_TOKEN, ErpOptions, running
from fondaco.demo.seed import TEAMMATE_ID, WIDGET_ID, seed
from fondaco.demo.settings import demo_settings
from fondaco.domain.access import Teammate
from fondaco.domain.ids import WorkspaceId
from fondaco.engine.model.prompting import system_text
from fondaco.inbox import InboxOptions
from fondaco.kit.chance import SeededChance
from fondaco.kit.clock import SystemClock
from fondaco.kit.http import HttpClient
from fondaco.lab.attacks.adversary import Adversary
from fondaco.lab.attacks.cast import Casting
from fondaco.lab.attacks.gateway import Gateway, opened_gateway
from fondaco.lab.attacks.ledger import Ledger
from fondaco.lab.attacks.library import POISONED, sources
from fondaco.lab.attacks.people import OWN_SECRET
from fondaco.llm.options import ChainOptions, LlmOptions, ModelOptions, ProviderOptions
from fondaco.preparing import store_drafts
from fondaco.server.assembling import asgi_of, server_options
from fondaco.server.serve import listening
from fondaco.testing.provider.script import WireName
from fondaco.testing.provider.simulator import ProviderSimulator

_LIMITS = """
[server]
port = 0
[limits]
visitor = { per_minute = 1e6, burst = 1000000 }
key = { per_minute = 1e6, burst = 1000000 }
address = { per_minute = 1e6, burst = 1000000 }
new_conversation = { per_minute = 1e6, burst = 1000000 }
"""


class MovableClock(SystemClock):
    """The machine's clock, which an attack may put forward."""

    def __init__(self) -> None:
        self.ahead_ms = 0

    def now_ms(self) -> int:
        """Return the wall clock with what it was put forward by."""
        return super().now_ms() + self.ahead_ms


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """Everything that attacks share."""

    app: App
    url: str  #: of the server
    http: HttpClient
    clock: MovableClock
    adversary: Adversary
    gateway: Gateway
    ledger: Ledger
    casting: Casting
    teammate: Teammate
    chance: SeededChance

    def rules(self) -> str:
        """Return what a model is told before anything else."""
        return system_text(self.app.settings.workspace.name, self.app.toolbox)


@asynccontextmanager
async def open_house(seed_number: int) -> AsyncIterator[House]:
    """Open the shop on a passing database.  Raises StorageError, ConfigurationError."""
    clock, adversary = MovableClock(), Adversary()
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="fondaco-attacks-")))
        http = await stack.enter_async_context(HttpClient())
        books = ErpOptions(database_path=folder / "erp.db", token=DEMO_TOKEN, faults=True)
        merchant_url = await stack.enter_async_context(running(books, SystemClock()))
        gateway = await stack.enter_async_context(opened_gateway(merchant_url, http))
        model = await stack.enter_async_context(ProviderSimulator(adversary.script, seed=seed_number))
        settings = _settings(folder, gateway.url, model.base_url(WireName.OPENAI))
        app = await stack.enter_async_context(
            open_app(settings, clock=clock, chance=SeededChance(seed_number))
        )
        await _furnish(app)
        options = server_options(settings)
        served = await stack.enter_async_context(listening(asgi_of(app), options))
        await stack.enter_async_context(app.working())
        yield House(
            app=app,
            url=served.url,
            http=http,
            clock=clock,
            adversary=adversary,
            gateway=gateway,
            ledger=Ledger(merchant_url, http),
            casting=Casting(datetime.fromtimestamp(clock.now_ms() / 1000, UTC).date(), seed_number),
            teammate=await _teammate(app),
            chance=SeededChance(seed_number),
        )


def _settings(folder: Path, merchant_url: str, model_url: str) -> Settings:
    own = msgspec.structs.replace(
        parse(_LIMITS, {}),
        storage=StorageSettings(url=f"sqlite:///{folder / 'fondaco.db'}"),
        inbox=InboxOptions(burst_ms=0),
        knowledge=KnowledgeSettings(embeddings=False),
        llm=_llm(model_url),
    )
    demo = demo_settings(own, merchant_url, DEMO_TOKEN, folder)
    return msgspec.structs.replace(demo, tool_sources=sources(folder, merchant_url))


def _llm(model_url: str) -> LlmOptions:
    provider = ProviderOptions(name="bought", base_url=model_url)
    model = ModelOptions(name="bought", provider="bought", model="gpt-4o", price="openai/gpt-4.1")
    return LlmOptions(providers=(provider,), models=(model,), chains=ChainOptions(cheap=("bought",)))


async def _furnish(app: App) -> None:
    """Fill the shop, let its page sign identities, and hide poison among its articles."""
    await seed(app.registry, app.settings, app.clock, app.ids)
    widget = await app.registry.connection(WIDGET_ID)
    await app.registry.put_connection(msgspec.structs.replace(widget, identity_secrets=(OWN_SECRET,)))
    await store_drafts(app.registry, WorkspaceId(app.settings.workspace.id), POISONED, app.ids)
    await app.librarian.refresh()


async def _teammate(app: App) -> Teammate:
    return await app.registry.teammate(TEAMMATE_ID)

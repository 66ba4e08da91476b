"""What the server is built from; ``fondaco.app`` fills it."""

from __future__ import annotations

from dataclasses import dataclass, field

import structlog
from prometheus_client import CollectorRegistry

from fondaco.domain.ids import WorkspaceId
from fondaco.domain.ports import Reader, Registry, Store
from fondaco.inbox import Desk, Intake
from fondaco.inbox.voice import Drafts
from fondaco.kit.chance import Chance
from fondaco.kit.clock import Clock
from fondaco.kit.ids import IdMaker
from fondaco.kit.signals import SignalHub
from fondaco.llm.overview import Overseer
from fondaco.server.options import ServerOptions


@dataclass(frozen=True, slots=True)
class WorkspaceModels:
    """The models that answer for the one workspace that this server serves."""

    workspace_id: WorkspaceId
    overseer: Overseer


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerParts:
    """Everything that a request may need."""

    store: Store
    reader: Reader
    registry: Registry
    intake: Intake
    desk: Desk
    clock: Clock
    chance: Chance
    ids: IdMaker
    signals: SignalHub
    drafts: Drafts
    log: structlog.typing.FilteringBoundLogger
    metrics: CollectorRegistry
    models: WorkspaceModels | None = None  #: None where the local assistant answers alone
    options: ServerOptions = field(default_factory=ServerOptions)

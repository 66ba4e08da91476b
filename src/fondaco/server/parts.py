"""What the server is built from; ``fondaco.app`` fills it."""

from __future__ import annotations

from dataclasses import dataclass, field

import structlog
from prometheus_client import CollectorRegistry

from fondaco.domain.ports import Reader, Registry, Store
from fondaco.inbox import Desk, Intake
from fondaco.kit.chance import Chance
from fondaco.kit.clock import Clock
from fondaco.kit.ids import IdMaker
from fondaco.kit.signals import SignalHub
from fondaco.server.options import ServerOptions


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
    log: structlog.typing.FilteringBoundLogger
    metrics: CollectorRegistry
    options: ServerOptions = field(default_factory=ServerOptions)

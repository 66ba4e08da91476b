"""The settings as one frozen tree; rooms bring their own options, and what belongs to no room stands here."""

from __future__ import annotations

from datetime import date, time
from enum import StrEnum

import msgspec

from fondaco.domain.hours import Hours
from fondaco.engine.acting.wording import ActionTexts
from fondaco.engine.guard.cases import GuardOptions
from fondaco.engine.handover import Shop, TeamOptions
from fondaco.engine.routing import RoutingOptions
from fondaco.inbox.options import InboxOptions
from fondaco.kit.language import Language
from fondaco.knowledge.options import KnowledgeOptions
from fondaco.llm.options import LlmOptions
from fondaco.memory.options import MemoryOptions
from fondaco.outbox.options import OutboxOptions
from fondaco.tools.options import (
    HttpToolOptions,
    ToolOptions,
    ToolSourceOptions,
    VerifierOptions,
    tool_name,
)


class WorkspaceSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The shop: what it is called, when its people are there, and who answers what."""

    id: str = "default"
    name: str = "Shop"
    language: Language = Language.EN  #: where nobody knows the contact's
    timezone: str = "UTC"  #: an IANA name, such as ``Europe/Berlin``
    opens: time = time(9, 0)
    closes: time = time(18, 0)
    weekdays: tuple[int, ...] = (0, 1, 2, 3, 4)  #: Monday is 0
    holidays: tuple[date, ...] = ()
    answer_minutes: int = 60  #: how soon a person answers within the hours; contacts are told so
    teams: tuple[TeamOptions, ...] = (TeamOptions(id="general"),)


class ServerSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where the server listens and what it lets in."""

    host: str = "127.0.0.1"
    port: int = 8080  #: 0 lets the system choose
    public_url: str = ""  #: the address that others see, such as ``https://help.shop.example``
    behind_tls: bool = False  #: a proxy in front ends TLS and sets ``X-Forwarded-For`` and ``-Proto``
    trusted_proxies: tuple[str, ...] = ("127.0.0.1", "::1")  #: whose forwarded headers are believed
    allowed_hosts: tuple[str, ...] = ()  #: names besides the loopback ones and that of ``public_url``
    max_body_bytes: int = 1_000_000
    request_timeout_seconds: float = 10.0  #: for the whole request to arrive
    shutdown_seconds: float = 4.0  #: for turns and requests under way to end


class StorageSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where everything is kept."""

    url: str = "sqlite:///var/fondaco.db"  #: or ``postgresql://name:password@host/database``


class KnowledgeSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How sure the assistant must be, and where its articles come from."""

    answer_at: float = 0.9  #: probability that the first entry is right, from which it is sent unasked
    offer_at: float = 0.1  #: probability that one of the first three is right, from which they are offered
    answer_at_by_language: dict[Language, float] = {}  #: replaces ``answer_at`` in a language
    embeddings: bool = True  #: false works by words alone: no model in memory, no match across languages
    passage_characters: int = 400  #: about how long a passage of a page is
    articles: tuple[str, ...] = ()  #: files and folders that are imported at every start


class RateSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How often something may happen: so many a minute, and so many at once."""

    per_minute: float
    burst: int


class LimitSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How much one visitor, one key and one address may ask for."""

    visitor: RateSettings = RateSettings(per_minute=60, burst=30)  #: requests with one visitor token
    key: RateSettings = RateSettings(per_minute=12_000, burst=1_000)  #: requests with one API key
    #: Requests without a key, per IPv4 address or IPv6 /64.
    address: RateSettings = RateSettings(per_minute=600, burst=200)
    #: Conversations begun in the widget, per address.
    new_conversation: RateSettings = RateSettings(per_minute=30, burst=20)
    tracked: int = 50_000  #: how many visitors, keys and addresses are remembered of each kind
    streams_per_visitor: int = 8  #: event streams that one visitor may hold open
    streams_per_key: int = 500  #: event streams that one key may hold open
    streams: int = 5_000  #: event streams of everybody together


class CredentialSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How long credentials are good for, in seconds."""

    visitor_seconds: int = 30 * 86_400
    sign_in_idle_seconds: int = 12 * 3_600
    sign_in_seconds: int = 7 * 86_400  #: whatever the teammate does meanwhile
    cache_seconds: float = 5.0  #: so long after its revocation a key may still open a request
    cached: int = 10_000  #: how many credentials are remembered of each kind


class StreamSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How event streams are kept alive, in seconds."""

    poll_seconds: float = 1.0  #: how often a stream looks for events that it was not woken for
    heartbeat_seconds: float = 15.0
    stalled_seconds: float = 30.0  #: a reader that takes nothing for so long is let go


class LogLevel(StrEnum):
    """From which weight on something is written to the log."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class LogFormat(StrEnum):
    """How a line of the log is written."""

    JSON = "json"  #: one JSON object a line
    TEXT = "text"  #: for people


class TelemetrySettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is told about the running server, and where."""

    log_level: LogLevel = LogLevel.INFO
    log_format: LogFormat = LogFormat.JSON
    otlp_endpoint: str = ""  #: where traces go (OTLP over HTTP); empty: nowhere
    otlp_metrics_endpoint: str = ""  #: where metrics of model calls go; Prometheus reads them at /v1/metrics
    service_name: str = "fondaco"
    genai_old_names: bool = False  #: metrics of model calls go out under OpenTelemetry's former names, too


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything an operator can decide."""

    workspace: WorkspaceSettings = WorkspaceSettings()
    server: ServerSettings = ServerSettings()
    storage: StorageSettings = StorageSettings()
    inbox: InboxOptions = InboxOptions()
    outbox: OutboxOptions = OutboxOptions()
    knowledge: KnowledgeSettings = KnowledgeSettings()
    limits: LimitSettings = LimitSettings()
    credentials: CredentialSettings = CredentialSettings()
    streams: StreamSettings = StreamSettings()
    telemetry: TelemetrySettings = TelemetrySettings()
    llm: LlmOptions = LlmOptions()
    routing: RoutingOptions = RoutingOptions()
    guard: GuardOptions = GuardOptions()
    memory: MemoryOptions = MemoryOptions()
    tools: tuple[HttpToolOptions, ...] = ()
    tool_sources: tuple[ToolSourceOptions, ...] = ()
    verification: VerifierOptions | None = None
    #: ``tool.field`` -> value -> language -> word: how a state of the shop's system is said.
    state_names: dict[str, dict[str, dict[str, str]]] = {}
    action_texts: dict[str, ActionTexts] = {}  #: tool -> how what it changes is proposed and receipted


def shop(settings: Settings) -> Shop:
    """Return what the engine must know about the shop to hand over."""
    workspace = settings.workspace
    hours = Hours(
        timezone=workspace.timezone,
        opens=workspace.opens,
        closes=workspace.closes,
        weekdays=workspace.weekdays,
        holidays=workspace.holidays,
        answer_minutes=workspace.answer_minutes,
    )
    return Shop(hours=hours, teams=workspace.teams, language=workspace.language)


def knowledge_options(settings: Settings) -> KnowledgeOptions:
    """Return what the index must know."""
    knowledge = settings.knowledge
    return KnowledgeOptions(
        answer_at=knowledge.answer_at,
        offer_at=knowledge.offer_at,
        answer_at_by_language=knowledge.answer_at_by_language,
        embeddings=knowledge.embeddings,
        passage_characters=knowledge.passage_characters,
    )


def tool_options(settings: Settings) -> dict[str, ToolOptions]:
    """Return what is said of every tool that the settings name; a source may have more of them."""
    own: dict[str, ToolOptions] = {tool.name: tool for tool in settings.tools}
    taken = {
        tool_name(source, chosen.operation, chosen.name): chosen
        for source in settings.tool_sources
        for chosen in source.tools
    }
    return own | taken


def state_names_of(settings: Settings, tool: str) -> dict[str, dict[str, dict[str, str]]]:
    """Return the names of one tool's states: field -> value -> language -> word."""
    start = f"{tool}."
    return {
        key.removeprefix(start): names for key, names in settings.state_names.items() if key.startswith(start)
    }

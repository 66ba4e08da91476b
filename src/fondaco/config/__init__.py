"""One frozen settings tree, read once: defaults, then a TOML file, then the environment."""

from fondaco.config.loading import DEFAULT_FILE, PREFIX, load, parse
from fondaco.config.settings import (
    CredentialSettings,
    KnowledgeSettings,
    LimitSettings,
    LogFormat,
    LogLevel,
    RateSettings,
    ServerSettings,
    Settings,
    StorageSettings,
    StreamSettings,
    TelemetrySettings,
    WorkspaceSettings,
    knowledge_options,
    shop,
    state_names_of,
    tool_options,
)

__all__ = [
    "DEFAULT_FILE",
    "PREFIX",
    "CredentialSettings",
    "KnowledgeSettings",
    "LimitSettings",
    "LogFormat",
    "LogLevel",
    "RateSettings",
    "ServerSettings",
    "Settings",
    "StorageSettings",
    "StreamSettings",
    "TelemetrySettings",
    "WorkspaceSettings",
    "knowledge_options",
    "load",
    "parse",
    "shop",
    "state_names_of",
    "tool_options",
]

"""What an operator decides about the server."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Rate:
    """How often something may happen: so many a minute, and so many at once."""

    per_minute: float
    burst: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitOptions:
    """How much one visitor, one key and one address may ask for."""

    visitor: Rate = Rate(60, 30)  #: requests with one visitor token
    key: Rate = Rate(12_000, 1_000)  #: requests with one API key
    address: Rate = Rate(600, 200)  #: requests without a key, per IPv4 address or IPv6 /64
    new_conversation: Rate = Rate(30, 20)  #: conversations begun in the widget, per address
    tracked: int = 50_000  #: how many visitors, keys and addresses are remembered of each kind
    streams_per_visitor: int = 8  #: event streams that one visitor may hold open
    streams_per_key: int = 500  #: event streams that one key may hold open
    streams: int = 5_000  #: event streams of everybody together


@dataclass(frozen=True, slots=True, kw_only=True)
class CredentialOptions:
    """How long credentials are good for, in seconds."""

    visitor_seconds: int = 30 * 86_400
    sign_in_idle_seconds: int = 12 * 3_600
    sign_in_seconds: int = 7 * 86_400  #: whatever the teammate does meanwhile
    cache_seconds: float = 5.0  #: so long after its revocation a key may still open a request
    cached: int = 10_000  #: how many credentials are remembered of each kind


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamOptions:
    """How event streams are kept alive, in seconds."""

    poll_seconds: float = 1.0
    heartbeat_seconds: float = 15.0
    stalled_seconds: float = 30.0  #: a reader that takes nothing for so long is let go


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerOptions:
    """Where the server listens and what it lets in."""

    host: str = "127.0.0.1"
    port: int = 8080  #: 0 lets the system choose
    public_url: str = ""  #: the address that others see, such as ``https://help.shop.example``
    behind_tls: bool = False  #: a proxy in front ends TLS and sets ``X-Forwarded-For`` and ``-Proto``
    trusted_proxies: tuple[str, ...] = ("127.0.0.1", "::1")  #: whose forwarded headers are believed
    allowed_hosts: tuple[str, ...] = ()  #: names besides the loopback ones and that of ``public_url``
    max_body_bytes: int = 1_000_000
    max_message_characters: int = 4_000
    request_timeout_seconds: float = 10.0  #: for the whole request to arrive
    shutdown_seconds: float = 4.0
    limits: LimitOptions = field(default_factory=LimitOptions)
    credentials: CredentialOptions = field(default_factory=CredentialOptions)
    streams: StreamOptions = field(default_factory=StreamOptions)

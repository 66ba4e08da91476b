"""The checks of ``fondaco doctor``: each asks one thing and says what it found."""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
from collections.abc import Awaitable, Callable
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from fondaco.app import opened_toolbox
from fondaco.commands.place import Place
from fondaco.commands.slot_faults import slot_faults
from fondaco.config import DEFAULT_FILE, Settings, tool_options
from fondaco.domain.articles import Article
from fondaco.domain.errors import ConfigurationError, FondacoError
from fondaco.domain.ids import WorkspaceId
from fondaco.kit.clock import SystemClock
from fondaco.kit.http import HttpClient, HttpFault
from fondaco.knowledge import load_embedder
from fondaco.llm.chain import chains_of
from fondaco.llm.price_files import load_prices
from fondaco.llm.prices import demand_prices, price_key
from fondaco.server.api.health import Health
from fondaco.server.assembling import server_options
from fondaco.server.serve import demand_safe_address
from fondaco.storage.beside import opened_registry
from fondaco.storage.place import is_postgres, place_of, sqlite_path
from fondaco.storage.stored_version import stored_version
from fondaco.storage.version import SCHEMA_VERSION, demand_readable

_ENOUGH_BYTES = 500_000_000
_CONNECT_SECONDS = 3.0


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """What a check has found."""

    check: str
    passed: bool
    note: bool = False  #: passed, and yet worth knowing before the next step
    detail: str


class _Note(str):
    """What a check says that has not failed and that is yet worth knowing."""

    __slots__ = ()


Check = Callable[[Settings], Awaitable[str]]


class _Failed(Exception):
    """A check has failed; the text says why and what to do."""


async def checkup(place: Place) -> list[Finding]:
    """Return the findings, in order; without a readable configuration there is only the first."""
    try:
        settings = place.settings()
        demand_safe_address(server_options(settings))
    except FondacoError as error:
        return [Finding(check="configuration", passed=False, detail=str(error))]
    findings = [Finding(check="configuration", passed=True, detail=_source(place))]
    checks: dict[str, Check] = {
        "database": _database,
        "disk": _disk,
        "port": _port,
        "embeddings": _embeddings,
        "tools": _tools,
        "articles": _articles,
        "slots": _slots,
        "hours": _hours,
        "prices": _prices,
    }
    findings += [await _found(name, check, settings) for name, check in checks.items()]
    # The demo's merchant system starts with the server, so there is nothing to reach before.
    tools = {} if place.demo else _addresses(settings)
    return findings + [await _reached(names, address) for address, names in tools.items()]


def _source(place: Place) -> str:
    named = place.config or (DEFAULT_FILE if DEFAULT_FILE.exists() else None)
    return "defaults and environment" if named is None else f"{named} and environment"


async def _found(name: str, check: Check, settings: Settings) -> Finding:
    try:
        detail = await check(settings)
        return Finding(check=name, passed=True, note=isinstance(detail, _Note), detail=str(detail))
    except (_Failed, FondacoError) as failed:
        return Finding(check=name, passed=False, detail=str(failed))


async def _database(settings: Settings) -> str:
    url = settings.storage.url
    version = await stored_version(url)
    demand_readable(version, place_of(url))
    if version is None:
        return f"{place_of(url)}: empty; the first start makes its tables"
    if version < SCHEMA_VERSION:
        return f"{place_of(url)}: schema {version}; the next start brings it to {SCHEMA_VERSION}"
    return f"{place_of(url)}: schema {version}"


async def _disk(settings: Settings) -> str:
    if is_postgres(settings.storage.url):
        return "PostgreSQL looks after its own"
    folder = sqlite_path(settings.storage.url).parent
    if not os.access(folder, os.W_OK):
        raise _Failed(f"{folder} cannot be written to; let this account write there")
    free = shutil.disk_usage(folder).free
    if free < _ENOUGH_BYTES:
        raise _Failed(
            f"{free // 1_000_000} MB free in {folder}; make room for {_ENOUGH_BYTES // 1_000_000} MB"
        )
    return f"{free // 1_000_000_000} GB free in {folder}"


async def _port(settings: Settings) -> str:
    host, port = settings.server.host, settings.server.port
    try:
        with socket.create_server((host, port), family=_family(host)):
            return f"{host} port {port} is free"
    except OSError as error:
        if await _is_ours(host, port):
            return _Note(f"fondaco serves {host} port {port} already; a second server needs another port")
        raise _Failed(f"{host} port {port}: {error.strerror}; set server.host and server.port") from error


def _family(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET


async def _is_ours(host: str, port: int) -> bool:
    name = f"[{host}]" if ":" in host else host
    async with HttpClient() as client:
        try:
            answer = await client.request(
                "GET", f"http://{name}:{port}/v1/health", timeout_seconds=_CONNECT_SECONDS
            )
        except HttpFault:
            return False
    return answer.status == 200 and answer.body.strip() == msgspec.json.encode(Health())


async def _embeddings(settings: Settings) -> str:
    if not settings.knowledge.embeddings:
        return "switched off; search works by words alone"
    embedder = await asyncio.to_thread(load_embedder)
    if embedder is None:
        raise _Failed(
            "the sentence encoder does not load; install fondaco anew, or set knowledge.embeddings = false"
        )
    return f"{embedder.name}, {embedder.dimensions} dimensions"


async def _stored_articles(settings: Settings) -> list[Article]:
    if await stored_version(settings.storage.url) is None:
        return []
    async with opened_registry(settings.storage.url) as registry:
        return await registry.articles(WorkspaceId(settings.workspace.id))


async def _articles(settings: Settings) -> str:
    stored = await _stored_articles(settings)
    if not stored:
        raise _Failed("none; every question will go to a person; run fondaco import PATH")
    languages = sorted({article.language for article in stored})
    return f"{len(stored)} in {', '.join(languages)}"


async def _tools(settings: Settings) -> str:
    async with HttpClient() as client, opened_toolbox(settings, client) as toolbox:
        count = len(toolbox.specs)
    return f"{count:,} tools, whose schemas, sources and fallbacks are right"


async def _slots(settings: Settings) -> str:
    faults = [
        f"{article.key} ({article.language}): {fault}"
        for article in await _stored_articles(settings)
        for fault in slot_faults(article.body, article.variants, tool_options(settings))
    ]
    if faults:
        more = f", and {len(faults) - 1:,} more" if len(faults) > 1 else ""
        raise _Failed(f"{faults[0]}{more}; correct the article, or declare the tool and its fields")
    return "every slot of an article names a declared field of a tool"


async def _hours(settings: Settings) -> str:
    workspace = settings.workspace
    if not workspace.weekdays:
        raise ConfigurationError("workspace.weekdays is empty; contacts are promised no time at all")
    return f"{workspace.opens:%H:%M} to {workspace.closes:%H:%M}, {workspace.timezone}"


async def _prices(settings: Settings) -> str:
    options, now_ms = settings.llm, SystemClock().now_ms()
    targets = chains_of(options).all
    if not targets:
        return "no model is asked"
    book = load_prices(Path(options.prices) if options.prices else None, options.currency)
    demand_prices(book, targets, options.currency, now_ms)
    used = {price_key(target) for target in targets}
    stale = [price for price in book.stale_prices(now_ms) if price.key in used]
    if stale:
        first = stale[0]
        more = f"; {len(stale) - 1} more like it" if len(stale) > 1 else ""
        return _Note(
            f"{first.key} was last looked up on {first.checked}; compare it with {first.source}, and write "
            f"what has changed into the file that llm.prices names{more}"
        )
    return f"{len(used)} in {options.currency}"


def _addresses(settings: Settings) -> dict[tuple[str, int], list[str]]:
    """Return which tools live at which host and port."""
    found: dict[tuple[str, int], list[str]] = {}
    for tool in settings.tools:
        parts = urlsplit(tool.url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
        found.setdefault((parts.hostname or "", port), []).append(tool.name)
    return found


async def _reached(names: list[str], address: tuple[str, int]) -> Finding:
    """Open a connection and close it; no request is sent, for a request may change something."""
    host, port = address
    check = f"tools at {host}:{port}"
    try:
        async with asyncio.timeout(_CONNECT_SECONDS):
            _, writer = await asyncio.open_connection(host, port)
    except (OSError, TimeoutError) as error:
        reason = getattr(error, "strerror", None) or "no answer"
        detail = f"{', '.join(names)}: {reason}; start the shop's system, or correct tools.url"
        return Finding(check=check, passed=False, detail=detail)
    writer.close()
    return Finding(check=check, passed=True, detail=", ".join(names))

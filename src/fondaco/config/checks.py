"""What a setting's type does not say: ranges, names that must exist, expressions that must compile."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from typing import Any, NoReturn
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from fondaco.config.reading import Path, Where, dotted
from fondaco.config.settings import Settings, tool_options
from fondaco.config.source_checks import check_sources
from fondaco.domain.contracts import Contract
from fondaco.domain.errors import ConfigurationError
from fondaco.domain.tools import BOUND_BY_SERVER, Effect, Parameter, ParameterSource, Verification
from fondaco.engine.guard.claim_book import claim_kinds
from fondaco.engine.phrasebook import phrases
from fondaco.kit.language import Language
from fondaco.tools.options import HttpToolOptions, VerifierOptions

#: Numbers that may be 0; every other one must be greater.
_MAY_BE_ZERO = frozenset(
    {
        "port",
        "burst_ms",
        "cache_seconds",
        "cached",
        "shutdown_seconds",
        "weekdays",
        "calls_per_minute",
        "last_known_seconds",
        "approve_above_minor",
        "requests_per_minute",
        "tokens_per_minute",
        "after_ms",
        "budget_floor",
        "in_a_row",
        "limit",
        "local_at",
        "characters_a_second",
        "weights",
        "earlier_days",
    }
)
_SHARES = frozenset(
    {
        "answer_at",
        "offer_at",
        "answer_at_by_language",
        "failure_share",
        "slow_share",
        "share",
        "budget_share",
        "strong_share",
        "strong_at",
        "recall_share",
    }
)
#: Tables whose numbers are the operator's own.
_FREE = frozenset({"schema", "result_schema", "definitions", "examples"})
_MOST_EARLIER_DAYS = 3_650
_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
_PLACE = re.compile(r"\{(\w+)\}")


def check(settings: Settings, where: Where) -> None:
    """Raise ConfigurationError for the first setting that cannot work."""
    _earlier_days(settings.memory.earlier_days, where)
    for path, number in _numbers(msgspec.to_builtins(settings), ()):
        _number(path, number, where)
    _server(settings, where)
    _workspace(settings, where)
    _storage(settings, where)
    _memory(settings, where)
    for place, tool in enumerate(settings.tools):
        _Tool(tool, ("tools", str(place)), where).check()
    check_sources(settings, where)
    _contracts(settings, where)
    _names(settings, where)


def _contracts(settings: Settings, where: Where) -> None:
    declared: list[tuple[Path, Contract | None]] = [
        (("tools", str(place)), tool.contract) for place, tool in enumerate(settings.tools)
    ]
    declared += [
        (("tool_sources", str(at), "tools", str(place)), tool.contract)
        for at, source in enumerate(settings.tool_sources)
        for place, tool in enumerate(source.tools)
    ]
    for inner, contract in declared:
        path = (*inner, "contract", "claims")
        try:
            claim_kinds(contract.claims if contract is not None else ())
        except ConfigurationError as error:
            raise ConfigurationError(f"{where(path)}{dotted(path)} {error}") from None


def _numbers(value: Any, path: Path) -> Iterator[tuple[Path, float]]:
    if isinstance(value, dict):
        for name, one in value.items():
            if name not in _FREE:
                yield from _numbers(one, (*path, name))
    elif isinstance(value, list):
        for place, one in enumerate(value):
            yield from _numbers(one, (*path, str(place)))
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield path, value


def _number(path: Path, number: float, where: Where) -> None:
    names = set(path)
    if names & _SHARES and not 0 < number <= 1:
        _refuse(path, f"is {number}", "write a share greater than 0, at most 1", where)
    may_be_zero = bool(names & _MAY_BE_ZERO)
    if not math.isfinite(number) or number < 0 or (number == 0 and not may_be_zero):
        least = "that is 0 or greater" if may_be_zero else "greater than 0"
        _refuse(path, f"is {number}", f"write a number {least}", where)


def _earlier_days(days: int, where: Where) -> None:
    if not 0 <= days <= _MOST_EARLIER_DAYS:
        _refuse(
            ("memory", "earlier_days"),
            f"is {days}",
            f"write a number from 0 to {_MOST_EARLIER_DAYS:,}",
            where,
        )


def _server(settings: Settings, where: Where) -> None:
    server = settings.server
    if server.port > 65_535:
        _refuse(("server", "port"), f"is {server.port}", "write a port from 0 to 65535", where)
    if server.public_url and not re.fullmatch(r"https?://[^/\s]+(/\S*)?", server.public_url):
        _refuse(
            ("server", "public_url"),
            f"is {server.public_url!r}",
            "write https:// and the name of the host",
            where,
        )


def _workspace(settings: Settings, where: Where) -> None:
    workspace = settings.workspace
    try:
        ZoneInfo(workspace.timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        name = workspace.timezone
        _refuse(("workspace", "timezone"), f"is {name!r}", "write an IANA name, such as Europe/Berlin", where)
    if any(day > 6 for day in workspace.weekdays):
        _refuse(("workspace", "weekdays"), "names a day over 6", "write 0 for Monday to 6 for Sunday", where)
    if workspace.opens >= workspace.closes:
        _refuse(("workspace", "closes"), "is not after workspace.opens", "write a later time of day", where)
    if not workspace.id or not workspace.id.isascii():
        _refuse(("workspace", "id"), f"is {workspace.id!r}", "write a short name in plain letters", where)
    _teams(settings, where)


def _teams(settings: Settings, where: Where) -> None:
    teams = settings.workspace.teams
    if not any(not team.topics for team in teams):
        _refuse(
            ("workspace", "teams"),
            "gives every team topics",
            "give one team no topics, so that it takes the rest",
            where,
        )
    _once([team.id for team in teams], ("workspace", "teams"), where)


def _storage(settings: Settings, where: Where) -> None:
    url = settings.storage.url
    if not re.match(r"sqlite:///[^:]|postgres(ql)?://", url):
        form = url.partition(":")[0]
        _refuse(
            ("storage", "url"),
            f"has an unknown form ({form}:…)",
            "write sqlite:///path/to/fondaco.db or postgresql://name:password@host/database",
            where,
        )


def _memory(settings: Settings, where: Where) -> None:
    memory = settings.memory
    if memory.low_tokens >= memory.high_tokens:
        _refuse(
            ("memory", "low_tokens"),
            f"is {memory.low_tokens} and not below memory.high_tokens",
            f"write less than {memory.high_tokens}",
            where,
        )


class _Tool:
    """The checks of one tool."""

    def __init__(self, tool: HttpToolOptions, path: Path, where: Where) -> None:
        self._tool = tool
        self._path = path
        self._where = where

    def check(self) -> None:
        tool, declared = self._tool, {parameter.name for parameter in self._tool.parameters}
        if not re.match(r"https?://", tool.url):
            # The address itself may hold a secret, so it is not told.
            self._refuse("url", "is no address", "begin it with http:// or https://")
        if tool.method not in _METHODS:
            self._refuse("method", f"is {tool.method!r}", f"write one of {', '.join(_METHODS)}")
        for key, text in {
            "url": tool.url,
            **{f"headers.{name}": text for name, text in tool.headers.items()},
        }.items():
            self._filled_from(key, set(_PLACE.findall(text)), declared)
        self._filled_from("body", set(tool.body), declared)
        for place, parameter in enumerate(tool.parameters):
            self._parameter(parameter, place)
        self._effect()

    def _filled_from(self, key: str, wanted: set[str], declared: set[str]) -> None:
        lost = sorted(wanted - declared)
        if lost:
            known = ", ".join(sorted(declared)) or "none"
            self._refuse(key, f"names {lost[0]!r}", f"declare it as a parameter (declared: {known})")

    def _parameter(self, parameter: Parameter, place: int) -> None:
        key = f"parameters.{place}"
        if parameter.source is ParameterSource.SERVER and parameter.server_value not in BOUND_BY_SERVER:
            self._refuse(
                f"{key}.server_value",
                f"is {parameter.server_value!r}",
                f"write one of {', '.join(BOUND_BY_SERVER)}",
            )
        if parameter.source is ParameterSource.MESSAGE:
            self._from_message(parameter, key)
        try:
            re.compile(parameter.pattern)
        except re.error as error:
            self._refuse(
                f"{key}.pattern", f"does not compile ({error})", "write a regular expression of Python"
            )

    def _from_message(self, parameter: Parameter, key: str) -> None:
        if not parameter.pattern and not parameter.schema:
            self._refuse(
                f"{key}.pattern",
                "is empty",
                "write the regular expression that finds the value, or a schema for models to fill",
            )
        known = [name for name in phrases(Language.EN).sentences if name.startswith("ask_")]
        if parameter.required and parameter.pattern and parameter.ask not in known:
            self._refuse(f"{key}.ask", f"is {parameter.ask!r}", f"write one of {', '.join(known)}")

    def _effect(self) -> None:
        reads = self._tool.effect is Effect.READ
        if reads and self._tool.method not in {"GET", "POST"}:
            self._refuse(
                "effect", "is 'read'", f'write effect = "write": {self._tool.method} changes something'
            )
        personal = any(one.server_value == "subject" for one in self._tool.parameters)
        if personal and self._tool.verification is Verification.NONE:
            self._refuse("verification", "is 'none'", 'write "matched": only then is there a subject to bind')

    def _refuse(self, key: str, wrong: str, write: str) -> NoReturn:
        _refuse((*self._path, *key.split(".")), wrong, write, self._where)


def _names(settings: Settings, where: Where) -> None:
    tools = tool_options(settings)
    _once([tool.name for tool in settings.tools], ("tools",), where)
    # An MCP server from which nothing is chosen gives all that it has, which only it knows.
    if any(not source.tools for source in settings.tool_sources):
        return
    declared = ", ".join(sorted(tools)) or "none"
    for path, name in _named_by_verification(settings.verification):
        if name not in tools:
            _refuse(path, f"names {name!r}", f"write a declared tool: {declared}", where)
    for key in settings.state_names:
        tool, _, field = key.partition(".")
        if tool not in tools or field not in tools[tool].fields:
            _refuse(
                ("state_names", key),
                "names no field of a tool",
                f"write tool.field; tools: {declared}",
                where,
            )
    for name in settings.action_texts:
        if name in tools and getattr(tools[name], "effect", None) is Effect.READ:
            _refuse(("action_texts", name), "names a tool that only reads", "remove it", where)


def _named_by_verification(verification: VerifierOptions | None) -> Iterator[tuple[Path, str]]:
    if verification is not None:
        yield ("verification", "tool"), verification.tool
    if verification is not None and verification.code is not None:
        yield ("verification", "code", "send_tool"), verification.code.send_tool
        yield ("verification", "code", "check_tool"), verification.code.check_tool


def _once(names: list[str], path: Path, where: Where) -> None:
    for place, name in enumerate(names):
        if name in names[:place]:
            _refuse(
                (*path, str(place)), f"is the second one called {name!r}", "give it a name of its own", where
            )


def _refuse(path: Path, wrong: str, write: str, where: Where) -> NoReturn:
    raise ConfigurationError(f"{where(path)}{dotted(path)} {wrong}; {write}.")

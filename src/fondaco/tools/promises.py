"""Finds at the start what a tool promises and could never keep."""

from __future__ import annotations

from collections.abc import Mapping, Set
from typing import NoReturn

from fondaco.domain.contracts import Contract
from fondaco.domain.errors import ConfigurationError
from fondaco.domain.tools import Effect, ParameterSource, ToolSpec, Verification
from fondaco.tools.options import CodeOptions


def demand_kept(spec: ToolSpec, known: Mapping[str, ToolSpec], absent: Set[str]) -> None:
    """Raise ConfigurationError where a tool names another one that could never do what it is named for.

    ``absent`` are tools that exist and cannot be reached just now.
    """
    for name in spec.fallback:
        if name not in absent:
            _fallback(spec, name, known)
    if spec.effect is Effect.WRITE and (spec.fallback or spec.last_known_seconds or spec.cache_seconds):
        _refuse(
            spec,
            "changes something, so it has no fallback and no remembered result",
            "leave out fallback, last_known_seconds and cache_seconds",
        )
    if spec.contract is not None:
        _contract(spec, spec.contract, known, absent)


def demand_code(code: CodeOptions, known: Mapping[str, ToolSpec], absent: Set[str]) -> None:
    """Raise ConfigurationError where a message could tell the tools of the one-time code whom it is for.

    ``absent`` are tools that exist and cannot be reached just now.
    """
    for key, name, from_contact in (
        ("send_tool", code.send_tool, set()),
        ("check_tool", code.check_tool, {code.code_parameter}),
    ):
        spec = known.get(name)
        if spec is None and name in absent:
            continue
        if spec is None:
            there = ", ".join(sorted(known)) or "none"
            raise ConfigurationError(
                f"verification.code.{key} names {name!r}, but there is no such tool; declared are: {there}."
            )
        _of_code(spec, from_contact)


def _of_code(spec: ToolSpec, from_contact: Set[str]) -> None:
    told = {one.name for one in spec.parameters if one.source is not ParameterSource.SERVER}
    if told != from_contact:
        wanted = ", ".join(sorted(from_contact)) or "nothing"
        _refuse(spec, f"takes {', '.join(sorted(told)) or 'nothing'} from messages", f"let it be {wanted}")
    if not any(one.server_value == "subject" for one in spec.parameters):
        _refuse(spec, "is not told whom the code is for", 'bind a parameter with server_value = "subject"')
    if spec.verification in (Verification.CODE, Verification.SIGNED):
        _refuse(
            spec,
            f"demands {spec.verification.value!r} and leads to the code",
            'write verification = "matched"',
        )


def _fallback(spec: ToolSpec, name: str, known: Mapping[str, ToolSpec]) -> None:
    other = known.get(name)
    if other is None or name == spec.name or other.effect is Effect.WRITE:
        _refuse(spec, f"falls back on {name!r}, which is no other tool that reads", "name one that is")
    given = {one.name for one in spec.parameters}
    lacking = sorted(one.name for one in other.parameters if one.required and one.name not in given)
    if lacking:
        _refuse(
            spec, f"falls back on {name!r}, which needs {lacking[0]!r} too", "name one of the same parameters"
        )


def _contract(spec: ToolSpec, contract: Contract, known: Mapping[str, ToolSpec], absent: Set[str]) -> None:
    if spec.effect is Effect.READ:
        _refuse(spec, "has a contract and changes nothing", 'leave it out, or write effect = "write"')
    for key, name, effect in (
        ("preview", contract.preview, Effect.READ),
        ("find_out", contract.find_out, Effect.READ),
        ("compensate", contract.compensate, Effect.WRITE),
    ):
        does = "reads" if effect is Effect.READ else "changes something"
        other = known.get(name)
        if other is None and name in absent and key != "preview":  # without its preview nothing is proposed
            continue
        if name and (other is None or other.effect is not effect):
            _refuse(spec, f"has contract.{key} = {name!r}, which is no tool that {does}", "name one that is")
    if contract.record and contract.record not in {one.name for one in spec.parameters}:
        there = ", ".join(one.name for one in spec.parameters) or "none"
        _refuse(spec, f"has contract.record = {contract.record!r}", f"name a parameter: {there}")


def _refuse(spec: ToolSpec, wrong: str, write: str) -> NoReturn:
    raise ConfigurationError(f"Tool {spec.name!r} {wrong}; {write}.")

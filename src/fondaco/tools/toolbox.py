"""All tools of a workspace, by name."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Protocol

import msgspec

from fondaco.domain.errors import ConfigurationError
from fondaco.domain.tools import ToolSpec
from fondaco.tools.options import CodeOptions, VerifierOptions
from fondaco.tools.promises import demand_code, demand_kept
from fondaco.tools.schemas import Schemas

#: The proof that a personal tool demands is described by the operator's settings.
Verifier = VerifierOptions


class Tool(Protocol):
    """Something that can be called by name with checked arguments."""

    @property
    def spec(self) -> ToolSpec:
        """What the tool promises and demands."""
        ...

    async def run(self, arguments: dict[str, Any], idempotency_key: str) -> dict[str, Any]:
        """Do it once.  Raises ToolFailed, or ToolUncertain when a side effect may have begun."""
        ...


@dataclass(frozen=True, slots=True)
class Absent:
    """A tool whose source could not be reached at the start: others may name it, and nobody can call it."""

    name: str


class Toolbox:
    """The tools that the assistant may use, and the one that proves who writes.

    Raises ConfigurationError for two tools of one name, a bad schema, and whatever names a tool that is none.
    """

    def __init__(self, tools: Iterable[Tool | Absent] = (), verifier: Verifier | None = None) -> None:
        given = tuple(tools)
        absent = frozenset(tool.name for tool in given if isinstance(tool, Absent))
        self._tools: dict[str, Tool] = {}
        for tool in (tool for tool in given if not isinstance(tool, Absent)):
            if tool.spec.name in self._tools:
                raise ConfigurationError(f"Two tools are named {tool.spec.name!r}; rename one of them.")
            self._tools[tool.spec.name] = tool
        self._schemas = {name: Schemas(tool.spec) for name, tool in self._tools.items()}
        if verifier is not None and verifier.tool not in self._tools.keys() | absent:
            raise ConfigurationError(
                f"verification.tool names {verifier.tool!r}, but there is no such tool; "
                f"declared are: {', '.join(sorted(self._tools)) or 'none'}."
            )
        self.verifier = verifier
        if verifier is not None and verifier.code is not None:
            demand_code(verifier.code, {one.spec.name: one.spec for one in self._tools.values()}, absent)
        for tool in self._tools.values():
            demand_kept(tool.spec, {one.spec.name: one.spec for one in self._tools.values()}, absent)

    def __contains__(self, name: str) -> bool:
        return name in self._tools

    def get(self, name: str) -> Tool | None:
        """Return the tool, or None if there is none of this name."""
        return self._tools.get(name)

    @property
    def specs_of_records(self) -> list[ToolSpec]:
        """The same without the parameter that takes a one-time code, which is no id of anything."""
        return [_without_code(spec, self.code) for spec in self.specs]

    @property
    def code(self) -> CodeOptions | None:
        """How a one-time code is sent and checked; None where nothing sends one."""
        return self.verifier.code if self.verifier is not None else None

    @property
    def proving(self) -> frozenset[str]:
        """The names of the tools that prove who writes; only the server knows when to call them."""
        code = self.code
        by_code = {code.send_tool, code.check_tool} if code is not None else set()
        return frozenset(by_code | ({self.verifier.tool} if self.verifier is not None else set()))

    def schemas(self, name: str) -> Schemas:
        """Return what arguments and result of the tool must be.  Raises KeyError for no such tool."""
        return self._schemas[name]

    @property
    def specs(self) -> list[ToolSpec]:
        """What every tool promises and demands, in the order of declaration."""
        return [tool.spec for tool in self._tools.values()]


def _without_code(spec: ToolSpec, code: CodeOptions | None) -> ToolSpec:
    if code is None or spec.name != code.check_tool:
        return spec
    kept = tuple(one for one in spec.parameters if one.name != code.code_parameter)
    return msgspec.structs.replace(spec, parameters=kept)

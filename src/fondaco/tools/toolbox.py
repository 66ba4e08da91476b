"""All tools of a workspace, by name."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Protocol

from fondaco.domain.errors import ConfigurationError
from fondaco.domain.tools import Effect, ToolSpec
from fondaco.tools.options import VerifierOptions
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


class Toolbox:
    """The tools that the assistant may use, and the one that proves who writes.

    Raises ConfigurationError for two tools of one name, a verifier that is none of them, and a bad schema.
    """

    def __init__(self, tools: Iterable[Tool] = (), verifier: Verifier | None = None) -> None:
        self._tools: dict[str, Tool] = {}
        for tool in tools:
            if tool.spec.name in self._tools:
                raise ConfigurationError(f"Two tools are named {tool.spec.name!r}; rename one of them.")
            self._tools[tool.spec.name] = tool
        self._schemas = {name: Schemas(tool.spec) for name, tool in self._tools.items()}
        if verifier is not None and verifier.tool not in self._tools:
            raise ConfigurationError(
                f"verification.tool names {verifier.tool!r}, but there is no such tool; "
                f"declared are: {', '.join(sorted(self._tools)) or 'none'}."
            )
        self.verifier = verifier
        for tool in self._tools.values():
            self._demand_fallbacks(tool.spec)

    def __contains__(self, name: str) -> bool:
        return name in self._tools

    def get(self, name: str) -> Tool | None:
        """Return the tool, or None if there is none of this name."""
        return self._tools.get(name)

    def schemas(self, name: str) -> Schemas:
        """Return what arguments and result of the tool must be.  Raises KeyError for no such tool."""
        return self._schemas[name]

    def _demand_fallbacks(self, spec: ToolSpec) -> None:
        """Raise ConfigurationError for a fallback that could never be asked in the place of this tool."""
        if spec.effect is Effect.WRITE and (spec.fallback or spec.last_known_seconds or spec.cache_seconds):
            raise ConfigurationError(
                f"Tool {spec.name!r} changes something, so it has no fallback and no remembered result; "
                "leave out fallback, last_known_seconds and cache_seconds."
            )
        given = {one.name for one in spec.parameters}
        for name in spec.fallback:
            other = self._tools.get(name)
            wanted = {one.name for one in other.spec.parameters if one.required} if other else set()
            if other is None or other is self._tools[spec.name] or other.spec.effect is Effect.WRITE:
                raise ConfigurationError(
                    f"Tool {spec.name!r} falls back on {name!r}, which is no other tool that reads."
                )
            if wanted - given:
                raise ConfigurationError(
                    f"Tool {spec.name!r} falls back on {name!r}, which needs {min(wanted - given)!r} too; "
                    "name a tool with the same parameters."
                )

    @property
    def specs(self) -> list[ToolSpec]:
        """What every tool promises and demands, in the order of declaration."""
        return [tool.spec for tool in self._tools.values()]

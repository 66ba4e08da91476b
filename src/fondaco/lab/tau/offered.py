"""A world's tools as tools of fondaco, and what was done with them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from fondaco.domain.tools import Effect, Parameter, ToolSpec
from fondaco.lab.tau.data import Published
from fondaco.lab.tau.world import World, spelt

#: A list and a text come to the model inside an object, since a result of fondaco is one.
_LIST, _TEXT = "list", "text"


@dataclass(frozen=True, slots=True)
class Executed:
    """One call that reached the world."""

    name: str
    arguments: dict[str, Any]
    result: str
    effect: Effect


@dataclass(slots=True)
class Bench:
    """One world and everything that was done in it."""

    world: World
    executed: list[Executed] = field(default_factory=list)

    def tools(self, schemas: Sequence[Published]) -> tuple[OfferedTool, ...]:
        """Return the world's tools with their published descriptions and schemas."""
        return tuple(OfferedTool(self, _spec(schema)) for schema in schemas)

    @property
    def writes(self) -> list[Executed]:
        """The calls that may have changed something, in order."""
        return [one for one in self.executed if one.effect is Effect.WRITE]


class OfferedTool:
    """One published tool, called by the engine like any other."""

    def __init__(self, bench: Bench, spec: ToolSpec) -> None:
        self.spec = spec
        self._bench = bench

    async def run(self, arguments: dict[str, Any], idempotency_key: str) -> dict[str, Any]:
        """Call the world; what it refuses is a result, too, which the model reads as it was recorded."""
        name = self.spec.name
        result = self._bench.world.call(name, arguments)
        effect = self._bench.world.tools[name].effect
        self._bench.executed.append(Executed(name, arguments, result, effect))
        return as_object(result)


def as_object(result: str) -> dict[str, Any]:
    """Return a published result as an object."""
    if not result.startswith(("{", "[")):
        return {_TEXT: result}
    found = json.loads(result)
    return found if isinstance(found, dict) else {_LIST: found}


def as_published(content: str) -> str:
    """Return what a model was told of a result in the published spelling."""
    try:
        told = json.loads(content)
    except ValueError:
        return content
    if not isinstance(told, dict):
        return content
    if told.keys() == {_TEXT}:
        return str(told[_TEXT])
    return spelt(told[_LIST] if told.keys() == {_LIST} else told)


def _spec(schema: Published) -> ToolSpec:
    properties, required = schema.parameters["properties"], schema.parameters.get("required", [])
    return ToolSpec(
        name=schema.name,
        description=schema.description,
        parameters=tuple(
            Parameter(name=name, schema=told, required=name in required) for name, told in properties.items()
        ),
        # Models are offered what reads alone, so what writes is declared as reading and tried once.
        effect=Effect.READ,
        attempts=1,
    )

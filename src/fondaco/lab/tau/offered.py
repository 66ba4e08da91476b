"""A world's tools as tools of fondaco, and what was done with them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from fondaco.domain.contracts import Contract
from fondaco.domain.tools import Effect, Parameter, ToolSpec
from fondaco.lab.tau.data import Published
from fondaco.lab.tau.world import World, spelt

#: A list and a text come to the model inside an object, since a result of fondaco is one.
_LIST, _TEXT = "list", "text"
#: A recorded model asked the contact itself, so the contract asks nobody; everything else of it holds.
_AT_ONCE = Contract(dry_run=False, confirm=False)


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
    known: dict[str, str] = field(default_factory=dict)  #: results of writes by idempotency key
    repeated: int = 0  #: writes that came again under a key that is known

    def tools(self, schemas: Sequence[Published]) -> tuple[OfferedTool, ...]:
        """Return the world's tools with their published descriptions and schemas."""
        return tuple(
            OfferedTool(self, _spec(schema, self.world.tools[schema.name].effect)) for schema in schemas
        )

    def call(self, name: str, arguments: dict[str, Any], key: str) -> str:
        """Call the world, which honours the key of a write as a merchant's system should."""
        effect = self.world.tools[name].effect
        if effect is Effect.WRITE and key in self.known:
            self.repeated += 1
            return self.known[key]
        result = self.world.call(name, arguments)
        self.executed.append(Executed(name, arguments, result, effect))
        if effect is Effect.WRITE:
            self.known[key] = result
        return result

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
        """Return the world's result; a refusal is one, too, which the model reads as it was recorded."""
        return as_object(self._bench.call(self.spec.name, arguments, idempotency_key))


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


def _spec(schema: Published, effect: Effect) -> ToolSpec:
    properties, required = schema.parameters["properties"], schema.parameters.get("required", [])
    return ToolSpec(
        name=schema.name,
        description=schema.description,
        parameters=tuple(
            Parameter(name=name, schema=told, required=name in required) for name, told in properties.items()
        ),
        effect=effect,
        contract=_AT_ONCE if effect is Effect.WRITE else None,
        attempts=1,
    )

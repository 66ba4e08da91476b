"""Tries tools that only look something up with the operator's examples, as a turn would call them."""

from __future__ import annotations

from typing import Any

import msgspec

from fondaco.domain.errors import InvalidInput
from fondaco.domain.ids import CallId
from fondaco.domain.tools import CallState, Effect, ToolCall
from fondaco.kit.chance import Chance
from fondaco.kit.clock import Clock
from fondaco.tools.toolbox import Tool, Toolbox
from fondaco.tools.trying import Tries
from fondaco.tools.views import tried_with

_LONGEST_MS = 30_000


class Trial(msgspec.Struct, frozen=True, kw_only=True):
    """What came of one example."""

    tool: str
    example: int  #: from 1 on
    passed: bool
    duration_ms: float = 0.0
    fields: tuple[str, ...] = ()  #: of the result; its values may be personal
    why: str = ""  #: what is wrong


class Trials:
    """Calls tools, with the same attempts, time-outs and checks as a turn."""

    def __init__(self, toolbox: Toolbox, clock: Clock, chance: Chance) -> None:
        self._toolbox = toolbox
        self._clock = clock
        self._tries = Tries(toolbox, clock, chance)

    def tools(self, name: str = "") -> list[Tool]:
        """Return the tools that can be tried.

        Raises InvalidInput for a named one that changes something or has no example.
        """
        named = self._toolbox.get(name)
        if named is not None and named.spec.effect is Effect.WRITE:
            raise InvalidInput(f"{name} changes something; look at what it would send with dry-run.")
        if named is not None and not named.spec.examples:
            raise InvalidInput(f"{name} has no examples; write some into the settings.")
        every = [tool for spec in self._toolbox.specs if (tool := self._toolbox.get(spec.name))]
        readable = [one for one in every if one.spec.effect is Effect.READ and one.spec.examples]
        return [named] if named is not None else readable

    async def run(self, tool: Tool) -> list[Trial]:
        """Return what came of each example of the tool."""
        return [await self._one(tool, at, given) for at, given in enumerate(tool.spec.examples, 1)]

    async def _one(self, tool: Tool, at: int, given: dict[str, Any]) -> Trial:
        spec = tool.spec
        try:
            arguments = tried_with(spec, self._toolbox, given)
        except InvalidInput as error:
            return Trial(tool=spec.name, example=at, passed=False, why=str(error))
        call_id = CallId(f"call_trial_{at}")
        call = ToolCall(
            id=call_id,
            tool=spec.name,
            arguments=arguments,
            effect=spec.effect,
            idempotency_key=call_id,
            state=CallState.EXECUTING,
        )
        began = self._clock.monotonic_ms()
        done, _ = await self._tries.run(tool, call, began + _LONGEST_MS, doubtful=False)
        spent = round(self._clock.monotonic_ms() - began, 1)
        why = self._wrong(tool, done)
        return Trial(
            tool=spec.name,
            example=at,
            passed=not why,
            duration_ms=spent,
            fields=tuple(done.result or ()),
            why=why,
        )

    def _wrong(self, tool: Tool, done: ToolCall) -> str:
        if done.result is None:
            return done.error
        if done.result.get("found") is False:
            return "it knows nothing of this example"
        lost = [name for name in tool.spec.fields if name not in done.result]
        return f"the result lacks {', '.join(lost)}, which slots may name" if lost else ""

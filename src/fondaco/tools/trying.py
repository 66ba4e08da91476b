"""Makes the attempts of one call under one deadline, and says for certain what is certain."""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec

from fondaco.domain.errors import ToolError, ToolFailed, ToolRefused, ToolUncertain
from fondaco.domain.tools import CallState, Effect, ToolCall
from fondaco.kit.backoff import full_jitter_ms
from fondaco.kit.chance import Chance
from fondaco.kit.clock import Clock
from fondaco.tools.gate import Gate
from fondaco.tools.schemas import Schemas
from fondaco.tools.toolbox import Tool, Toolbox

MAX_RESULT_BYTES = 256_000
_BASE_MS, _CAP_MS = 100, 2_000  # of the waits between attempts


class Tries:
    """Calls tools through their gates, as often as they may be called."""

    def __init__(self, toolbox: Toolbox, clock: Clock, chance: Chance) -> None:
        self._toolbox = toolbox
        self._clock = clock
        self._chance = chance
        self._gates: dict[str, Gate] = {}

    def gate(self, tool: Tool) -> Gate:
        """Return what lets calls of the tool through."""
        if tool.spec.name not in self._gates:
            self._gates[tool.spec.name] = Gate(tool.spec, self._clock, self._chance)
        return self._gates[tool.spec.name]

    async def run(
        self, tool: Tool, call: ToolCall, deadline_ms: float, *, doubtful: bool
    ) -> tuple[ToolCall, ToolError | None]:
        """Return the finished call, and what went wrong last.

        Once an attempt may have taken effect, no later failure can deny that.
        """
        repeatable = call.effect is Effect.READ or tool.spec.idempotent
        attempts = max(1, tool.spec.attempts if repeatable else 1)
        error: ToolError = ToolFailed("not tried")
        for attempt in range(1, attempts + 1):
            try:
                result = await self._once(tool, call, deadline_ms)
            except ToolError as failed:
                error = failed
            else:
                return msgspec.structs.replace(call, state=CallState.DONE, result=result), None
            doubtful = doubtful or isinstance(error, ToolUncertain)
            if attempt == attempts or not await self._waited(attempt, error, deadline_ms):
                break
        error = ToolUncertain(str(error)) if doubtful else error
        return failed_call(call, error), error

    async def _waited(self, attempt: int, error: ToolError, deadline_ms: float) -> bool:
        """Wait before the next attempt; False where there will be none."""
        asked_ms = 1000 * getattr(error, "wait_seconds", 0.0)
        jitter_ms = full_jitter_ms(attempt, base_ms=_BASE_MS, cap_ms=_CAP_MS, chance=self._chance)
        wait_ms = max(asked_ms, jitter_ms)
        late = self._clock.monotonic_ms() + wait_ms >= deadline_ms
        if late or asked_ms > _CAP_MS or is_final(error):
            return False
        await self._clock.sleep(wait_ms / 1000)
        return True

    async def _once(self, tool: Tool, call: ToolCall, deadline_ms: float) -> dict[str, Any]:
        async with self.gate(tool).passing(deadline_ms):
            timeout_seconds = self._timeout_seconds(tool, call, deadline_ms)
            try:
                async with asyncio.timeout(timeout_seconds):
                    result = await tool.run(call.arguments, call.idempotency_key)
            except TimeoutError as error:
                raise _unusable(call, f"no answer within {timeout_seconds:g} s") from error
            return usable(call, result, self._toolbox.schemas(tool.spec.name))

    def _timeout_seconds(self, tool: Tool, call: ToolCall, deadline_ms: float) -> float:
        """Return how long the attempt may take; a WRITE that has begun is given its whole time."""
        left_seconds = max(deadline_ms - self._clock.monotonic_ms(), 0.0) / 1000
        whole = tool.spec.timeout_seconds
        return whole if call.effect is Effect.WRITE else min(whole, left_seconds)


def usable(call: ToolCall, result: dict[str, Any], schemas: Schemas) -> dict[str, Any]:
    """Return the result.  Raises ToolFailed, or ToolUncertain for a WRITE, where it is not as declared."""
    if len(msgspec.json.encode(result)) > MAX_RESULT_BYTES:
        raise _unusable(call, f"the result is larger than {MAX_RESULT_BYTES} bytes")
    fault = schemas.result_fault(result)
    if fault:
        raise _unusable(call, f"the result is not as declared ({fault})")
    return result


def is_final(error: ToolError | None) -> bool:
    """Return whether nobody has to be asked again: the call itself is what is wrong."""
    return isinstance(error, ToolRefused) or (isinstance(error, ToolFailed) and error.is_final)


def failed_call(call: ToolCall, error: ToolError) -> ToolCall:
    """Return the call as one that did not, or may not, take effect."""
    state = CallState.UNKNOWN if isinstance(error, ToolUncertain) else CallState.FAILED
    return msgspec.structs.replace(call, state=state, error=str(error))


def _unusable(call: ToolCall, why: str) -> ToolError:
    """Return the error for a result that cannot be used; a WRITE has taken effect all the same."""
    return (ToolFailed if call.effect is Effect.READ else ToolUncertain)(f"{call.tool}: {why}")

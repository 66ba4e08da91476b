"""Runs one tool call: bound, authorised, journalled, timed, and with at most one effect."""

from __future__ import annotations

import asyncio
import hashlib
from collections import defaultdict
from collections.abc import Mapping
from typing import Any, Protocol

import msgspec
import structlog
from opentelemetry import trace

from fondaco.domain.errors import ToolError, ToolFailed, ToolRefused, ToolUncertain
from fondaco.domain.ids import CallId, TurnId
from fondaco.domain.tools import CallState, Effect, ToolCall, ToolSpec
from fondaco.domain.turns import Step
from fondaco.kit.clock import Clock
from fondaco.kit.spans import span_of
from fondaco.tools.binding import Binding, authorise, bound
from fondaco.tools.proofs import ProofLimit
from fondaco.tools.toolbox import Tool, Toolbox

log = structlog.get_logger(__name__)
tracer = trace.get_tracer(__name__)

_MAX_RESULT_BYTES = 256_000
_AT_ONCE = (
    32  # calls of one tool by one process; a rush of contacts must not be one for the merchant's system
)
_MASK = "•••"


__all__ = ["Binding", "Journal", "ToolCaller"]


class Journal(Protocol):
    """The memory of one turn, which outlives the worker."""

    def find(self, turn_id: TurnId, key: str) -> Step | None:
        """Return what was written under this key."""
        ...

    async def write(self, step: Step) -> None:
        """Write a step down before anything follows from it.  Raises LeaseLost."""
        ...


class ToolCaller:
    """Calls tools so that what a turn has done once is not done again."""

    def __init__(self, toolbox: Toolbox, clock: Clock) -> None:
        self.toolbox = toolbox
        self.proofs = ProofLimit(clock)
        self._clock = clock
        self._log = log.bind()  # once, since binding costs as much as a line
        self._rooms: defaultdict[str, asyncio.Semaphore] = defaultdict(lambda: asyncio.Semaphore(_AT_ONCE))

    async def call(
        self,
        name: str,
        arguments: Mapping[str, Any],
        binding: Binding,
        journal: Journal,
        *,
        idempotency_key: str = "",
    ) -> ToolCall:
        """Return the finished call: done, failed or unknown; a repetition returns the journalled one.

        What proves who writes is sent and never written down: the returned call shows it masked.
        ``idempotency_key`` makes it a call of its own, known to the receiver by this key; without one,
        equal arguments in one turn are one call.
        Raises ToolRefused when the tool does not exist, an argument is missing or wrong, or the contact is
        not verified enough; then nothing was sent anywhere.
        """
        tool = self.toolbox.get(name)
        if tool is None:
            raise ToolRefused(f"There is no tool named {name!r}.")
        authorise(tool.spec, binding)
        full = bound(tool.spec, arguments, binding)
        fault = self.toolbox.schemas(name).argument_fault(full)
        if fault:
            raise ToolRefused(f"{name}: {fault}; correct it and call again.")
        call = _intended(tool.spec, full, binding.turn_id, idempotency_key)
        key = f"call:{call.id}"
        earlier = journal.find(binding.turn_id, key)
        broke_off = earlier is not None and earlier.call is not None
        if earlier is not None and earlier.call is not None:
            if earlier.call.state is not CallState.EXECUTING:
                return earlier.call
        elif call.effect is Effect.WRITE:
            await journal.write(Step(turn_id=binding.turn_id, key=key, call=self._shown(call)))
        if broke_off and not tool.spec.idempotent:
            finished = _failed(call, ToolUncertain("the call broke off; it may have taken effect"))
        else:
            # Who waits here has not asked the merchant yet, so its time-out has not begun.
            async with self._rooms[tool.spec.name]:
                finished = await self._perform(tool, call, doubtful=broke_off)
        shown = self._shown(finished)
        await journal.write(Step(turn_id=binding.turn_id, key=key, call=shown))
        return shown

    def _shown(self, call: ToolCall) -> ToolCall:
        """Return the call as it is kept: a proof of identity is personal and needed no more."""
        verifier = self.toolbox.verifier
        if verifier is None or call.tool != verifier.tool or verifier.proof_parameter not in call.arguments:
            return call
        return msgspec.structs.replace(call, arguments=call.arguments | {verifier.proof_parameter: _MASK})

    async def _perform(self, tool: Tool, call: ToolCall, *, doubtful: bool) -> ToolCall:
        started = self._clock.monotonic_ms()
        with span_of(tracer, "tool") as span:
            span.set_attribute("fondaco.tool", call.tool)
            finished = await self._attempts(tool, call, doubtful=doubtful)
            span.set_attribute("fondaco.tool_state", finished.state.value)
        spent = self._clock.monotonic_ms() - started
        self._log.info("tool_called", tool=call.tool, state=finished.state.value, duration_ms=round(spent, 1))
        return msgspec.structs.replace(finished, duration_ms=round(spent, 2))

    async def _attempts(self, tool: Tool, call: ToolCall, *, doubtful: bool) -> ToolCall:
        """Try until it works; once an attempt may have taken effect, no later failure can deny that."""
        repeatable = call.effect is Effect.READ or tool.spec.idempotent
        error: ToolError = ToolFailed("not tried")
        for _ in range(max(1, tool.spec.attempts if repeatable else 1)):
            try:
                result = await self._once(tool, call)
            except ToolError as failed:
                error = failed
            else:
                return msgspec.structs.replace(call, state=CallState.DONE, result=result)
            doubtful = doubtful or isinstance(error, ToolUncertain)
            if isinstance(error, ToolRefused):
                break
        return _failed(call, ToolUncertain(str(error)) if doubtful else error)

    async def _once(self, tool: Tool, call: ToolCall) -> dict[str, Any]:
        try:
            async with asyncio.timeout(tool.spec.timeout_seconds):
                result = await tool.run(call.arguments, call.idempotency_key)
        except TimeoutError as error:
            raise _unusable(call, f"no answer within {tool.spec.timeout_seconds:g} s") from error
        if len(msgspec.json.encode(result)) > _MAX_RESULT_BYTES:
            raise _unusable(call, f"the result is larger than {_MAX_RESULT_BYTES} bytes")
        fault = self.toolbox.schemas(call.tool).result_fault(result)
        if fault:
            raise _unusable(call, f"the result is not as declared ({fault})")
        return result


def _unusable(call: ToolCall, why: str) -> ToolError:
    """Return the error for a result that cannot be used; a WRITE has taken effect all the same."""
    return (ToolFailed if call.effect is Effect.READ else ToolUncertain)(f"{call.tool}: {why}")


def _failed(call: ToolCall, error: ToolError) -> ToolCall:
    state = CallState.UNKNOWN if isinstance(error, ToolUncertain) else CallState.FAILED
    return msgspec.structs.replace(call, state=state, error=str(error))


def _intended(spec: ToolSpec, arguments: dict[str, Any], turn_id: TurnId, key: str) -> ToolCall:
    """Return the call; its id follows from turn, tool, arguments and key: the same wish, the same id."""
    wish = [turn_id, spec.name, arguments, *([key] if key else [])]
    digest = hashlib.sha256(msgspec.json.encode(wish, order="sorted"))
    call_id = f"call_{turn_id.removeprefix('trn_')}_{digest.hexdigest()[:12]}"
    return ToolCall(
        id=CallId(call_id),
        tool=spec.name,
        arguments=arguments,
        effect=spec.effect,
        idempotency_key=key or call_id,
        state=CallState.EXECUTING,
    )

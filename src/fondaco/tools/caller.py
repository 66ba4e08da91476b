"""Runs one tool call: bound, authorised, journalled, timed, and with at most one effect."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any, Protocol

import msgspec
import structlog
from opentelemetry import trace

from fondaco.domain.errors import ToolRefused, ToolUncertain
from fondaco.domain.ids import CallId, TurnId
from fondaco.domain.tools import CallState, Effect, ToolCall, ToolSpec
from fondaco.domain.turns import Step
from fondaco.kit.chance import Chance, SystemChance
from fondaco.kit.clock import Clock
from fondaco.kit.spans import span_of
from fondaco.llm import genai_names as names
from fondaco.tools.binding import Binding, authorise, bound
from fondaco.tools.keeping import kept
from fondaco.tools.proofs import ProofLimit
from fondaco.tools.sources import Sources
from fondaco.tools.toolbox import Tool, Toolbox
from fondaco.tools.trying import Tries, failed_call

log = structlog.get_logger(__name__)
tracer = trace.get_tracer(__name__)

_LONGEST_SECONDS = 30.0  # of a call with all its attempts and sources, where the turn hands down no deadline


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

    def __init__(self, toolbox: Toolbox, clock: Clock, chance: Chance | None = None) -> None:
        self.toolbox = toolbox
        self.proofs = ProofLimit(clock)
        self.clock = clock
        self._log = log.bind()  # once, since binding costs as much as a line
        self._sources = Sources(toolbox, Tries(toolbox, clock, chance or SystemChance()), clock)

    async def call(
        self,
        name: str,
        arguments: Mapping[str, Any],
        binding: Binding,
        journal: Journal,
        *,
        idempotency_key: str = "",
        deadline_ms: float | None = None,
    ) -> ToolCall:
        """Return the finished call: done, failed or unknown; a repetition returns the journalled one.

        What proves who writes is sent and never written down: the returned call shows it masked.
        ``idempotency_key`` makes it a call of its own, known to the receiver by this key; without one,
        equal arguments in one turn are one call.  After ``deadline_ms`` (of ``Clock.monotonic_ms``) nothing
        is begun, and nothing that only looks something up goes on.
        Raises ToolRefused when the tool does not exist, an argument is missing or wrong, or the contact is
        not verified enough; then nothing was sent anywhere.
        """
        tool, full = self.checked(name, arguments, binding)
        call = _intended(tool.spec, full, binding.turn_id, idempotency_key)
        key = f"call:{call.id}"
        earlier = journal.find(binding.turn_id, key)
        broke_off = earlier is not None and earlier.call is not None
        if earlier is not None and earlier.call is not None:
            if earlier.call.state is not CallState.EXECUTING:
                return earlier.call
        elif call.effect is Effect.WRITE:
            await journal.write(
                Step(turn_id=binding.turn_id, key=key, call=kept(call, self.toolbox.verifier))
            )
        if broke_off and not tool.spec.idempotent:
            finished = failed_call(call, ToolUncertain("the call broke off; it may have taken effect"))
        else:
            until_ms = self._until_ms(deadline_ms)
            finished = await self._perform(tool, call, binding, until_ms, doubtful=broke_off)
        shown = kept(finished, self.toolbox.verifier)
        await journal.write(Step(turn_id=binding.turn_id, key=key, call=shown))
        return shown

    def checked(
        self, name: str, arguments: Mapping[str, Any], binding: Binding
    ) -> tuple[Tool, dict[str, Any]]:
        """Return the tool and all that it would be called with; nothing is sent.

        Raises ToolRefused as ``call`` does.
        """
        tool = self.toolbox.get(name)
        if tool is None:
            raise ToolRefused(f"There is no tool named {name!r}.")
        authorise(tool.spec, binding)
        full = bound(tool.spec, arguments, binding)
        fault = self.toolbox.schemas(name).argument_fault(full)
        if fault:
            raise ToolRefused(f"{name}: {fault}; correct it and call again.")
        return tool, full

    def _until_ms(self, deadline_ms: float | None) -> float:
        latest_ms = self.clock.monotonic_ms() + 1000 * _LONGEST_SECONDS
        return latest_ms if deadline_ms is None else min(latest_ms, deadline_ms)

    async def _perform(
        self, tool: Tool, call: ToolCall, binding: Binding, deadline_ms: float, *, doubtful: bool
    ) -> ToolCall:
        started = self.clock.monotonic_ms()
        with span_of(tracer, "tool") as span:
            span.set_attribute("fondaco.tool", call.tool)
            span.set_attributes(
                {names.OPERATION: names.EXECUTE_TOOL, names.TOOL: call.tool, names.TOOL_CALL: call.id}
            )
            finished = await self._sources.fetch(tool, call, binding, deadline_ms, doubtful=doubtful)
            span.set_attribute("fondaco.tool_state", finished.state.value)
        spent = self.clock.monotonic_ms() - started
        self._log.info(
            "tool_called",
            tool=call.tool,
            state=finished.state.value,
            duration_ms=round(spent, 1),
            answered_by=finished.answered_by or call.tool,
            age_seconds=finished.age_seconds,
        )
        return msgspec.structs.replace(finished, duration_ms=round(spent, 2))


def call_id_for(key: str) -> CallId:
    """Return the id of the call that is made under an idempotency key of the caller's."""
    return CallId("call_" + key.removeprefix("act_"))


def _intended(spec: ToolSpec, arguments: dict[str, Any], turn_id: TurnId, key: str) -> ToolCall:
    """Return the call; its id follows from the key, or else from turn, tool and arguments."""
    call_id = call_id_for(key) if key else _id_of_wish(spec, arguments, turn_id)
    return ToolCall(
        id=call_id,
        tool=spec.name,
        arguments=arguments,
        effect=spec.effect,
        idempotency_key=key or call_id,
        state=CallState.EXECUTING,
    )


def _id_of_wish(spec: ToolSpec, arguments: dict[str, Any], turn_id: TurnId) -> CallId:
    """Return the same id for the same wish within a turn."""
    digest = hashlib.sha256(msgspec.json.encode([turn_id, spec.name, arguments], order="sorted"))
    return CallId(f"call_{turn_id.removeprefix('trn_')}_{digest.hexdigest()[:12]}")

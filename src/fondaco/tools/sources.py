"""Where the result of a call comes from: memory, the tool, the next source, the last known value."""

from __future__ import annotations

import msgspec

from fondaco.domain.errors import ToolError, ToolRefused
from fondaco.domain.tools import CallState, Effect, ToolCall, ToolSpec
from fondaco.kit.clock import Clock
from fondaco.tools.binding import Binding, authorise, bound
from fondaco.tools.memory import Memory, Place, person_of, place_of
from fondaco.tools.toolbox import Tool, Toolbox
from fondaco.tools.trying import Tries, is_final, usable


class Sources:
    """Asks one source of a value after the other.  A WRITE has one source and is never remembered."""

    def __init__(self, toolbox: Toolbox, tries: Tries, clock: Clock) -> None:
        self._toolbox = toolbox
        self._tries = tries
        self._memory = Memory(clock)
        self._clock = clock

    async def fetch(
        self, tool: Tool, call: ToolCall, binding: Binding, deadline_ms: float, *, doubtful: bool
    ) -> ToolCall:
        """Return the finished call.

        A result that is not new has its age; one of another source says which.  Of a call that the tool
        itself refuses, no other source is asked.
        """
        if call.effect is Effect.WRITE:
            try:
                return (await self._tries.run(tool, call, deadline_ms, doubtful=doubtful))[0]
            finally:
                if call.tool not in self._toolbox.proving:  # a code changes nothing that was known
                    self._memory.spoil(person_of(binding))
        spec, key = tool.spec, place_of(tool.spec, call, binding)
        fresh = self._memory.recall(key, spec.cache_seconds) if spec.cache_seconds else None
        if fresh is not None:
            return msgspec.structs.replace(call, state=CallState.DONE, result=fresh.result)
        asked_ms = self._clock.monotonic_ms()
        finished, error = await self._tries.run(tool, call, deadline_ms, doubtful=doubtful)
        if finished.state is not CallState.DONE and not is_final(error):
            finished = await self._instead(spec, finished, binding, deadline_ms) or finished
        if finished.state is not CallState.DONE and not is_final(error):
            return self._last_known(spec, key, finished)
        self._remember(spec, key, finished, asked_ms)
        return finished

    async def _instead(
        self, spec: ToolSpec, failed: ToolCall, binding: Binding, deadline_ms: float
    ) -> ToolCall | None:
        """Return the call with the result of the first fallback that has one."""
        for name in spec.fallback:
            other = self._toolbox.get(name)
            if other is None or other.spec.effect is Effect.WRITE:
                continue
            try:
                authorise(other.spec, binding)
                arguments = bound(other.spec, failed.arguments, binding)
                if self._toolbox.schemas(name).argument_fault(arguments):
                    continue
                asked = msgspec.structs.replace(failed, tool=name, arguments=arguments)
                done, _ = await self._tries.run(other, asked, deadline_ms, doubtful=False)
                if done.result is None:
                    continue
                result = usable(failed, done.result, self._toolbox.schemas(spec.name))
            except (ToolRefused, ToolError):
                continue
            return msgspec.structs.replace(failed, state=CallState.DONE, result=result, answered_by=name)
        return None

    def _last_known(self, spec: ToolSpec, key: Place, failed: ToolCall) -> ToolCall:
        known = self._memory.recall(key, spec.last_known_seconds) if spec.last_known_seconds else None
        if known is None:
            return failed
        age_seconds = max(1, round(known.age_seconds))
        return msgspec.structs.replace(
            failed, state=CallState.DONE, result=known.result, age_seconds=age_seconds
        )

    def _remember(self, spec: ToolSpec, key: Place, finished: ToolCall, asked_ms: float) -> None:
        keep_seconds = max(spec.cache_seconds, spec.last_known_seconds)
        if keep_seconds and finished.result is not None and spec.name not in self._toolbox.proving:
            self._memory.remember(key, finished.result, keep_seconds, asked_ms)

"""Executes an action that has every yes it wants: once, whatever breaks in between."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
import structlog

from fondaco.domain import actions
from fondaco.domain import events as ev
from fondaco.domain.contracts import Action, ActionState
from fondaco.domain.errors import ToolRefused
from fondaco.domain.handoffs import HandoffReason
from fondaco.domain.spending import words_of
from fondaco.domain.tools import CallState, Effect, ToolCall
from fondaco.domain.turns import action_key, action_step, actions_in, key_back
from fondaco.engine.acting.work import TurnWork
from fondaco.engine.draft import Draft
from fondaco.tools.caller import call_id_for

log = structlog.get_logger(__name__)

_KEY = "idempotency_key"


@dataclass(frozen=True, slots=True)
class Ended:
    """How an execution ended, and what was called for it."""

    action: Action
    calls: Mapping[str, ToolCall]
    refusal: str = "action_refused"


@dataclass(frozen=True, slots=True)
class Executor:
    """Executes actions within one turn."""

    work: TurnWork

    def begun(self, action: Action) -> Action | None:
        """Return the action as an earlier run of this turn began it; None where none did."""
        step = self.work.journal.find(self.work.context.turn_id, action_key(action.id))
        return None if step is None else actions_in([step]).get(action.id)

    async def execute(self, action: Action) -> Ended:
        """Return how the APPROVED action ended.  Raises LeaseLost."""
        work = self.work
        spec = work.spec(action)
        begun = self.begun(action)
        if begun is None:
            if spec is None:
                return self._refused(action, f"the tool {action.tool} is not declared any more")
            limit = await work.means.spending.reserve(
                work.context.work.conversation.workspace_id, action, actions.contract_of(spec), work.now_ms
            )
            if limit is not None:
                return self._refused(
                    action, f"the limit is reached: {words_of(limit)}", "action_refused_limit"
                )
            begun = actions.begin(action, call_id_for(action.id), work.now_ms)
            await work.journal.write(action_step(work.context.turn_id, begun))
        work.move_along(begun)
        if begun.dry_run:
            return Ended(work.move(actions.finish(begun, CallState.DONE, work.now_ms)), {})
        return await self._call(begun)

    async def take_back(self, action: Action) -> Ended:
        """Return how taking back the COMPENSATING action ended.  Raises LeaseLost.

        What did not certainly work is not tried again: a person has to look.
        """
        work = self.work
        spec = work.spec(action)
        name = actions.contract_of(spec).compensate if spec is not None else ""
        try:
            call = await work.means.caller.call(
                name,
                action.arguments,
                work.binding_of(action),
                work.journal,
                idempotency_key=key_back(action.id),
            )
        except ToolRefused as refused:  # nothing was sent anywhere
            return Ended(
                work.move(actions.compensate(action, CallState.FAILED, work.now_ms, str(refused))), {}
            )
        work.trace.add(ev.ToolCalled(turn_id=work.context.turn_id, call=call))
        ended = work.move(actions.compensate(action, call.state, work.now_ms, call.error))
        if ended.state is ActionState.COMPENSATED:
            workspace_id = work.context.work.conversation.workspace_id
            await work.means.spending.release(workspace_id, action.id)
        return Ended(ended, {name: call})

    def _refused(self, action: Action, why: str, refusal: str = "action_refused") -> Ended:
        refused = self.work.move(actions.refuse(action, self.work.now_ms, why))
        return Ended(refused, {}, refusal)

    async def _call(self, action: Action) -> Ended:
        work = self.work
        try:
            call = await work.means.caller.call(
                action.tool,
                action.arguments,
                work.binding_of(action),
                work.journal,
                idempotency_key=action.id,
            )
        except ToolRefused as refused:  # nothing was sent anywhere
            return Ended(await self._failed(action, str(refused)), {})
        call = msgspec.structs.replace(call, wish_id=work.wish_id)
        work.trace.add(ev.ToolCalled(turn_id=work.context.turn_id, call=call))
        if call.state is CallState.FAILED:
            return Ended(await self._failed(action, call.error), {action.tool: call})
        ended = work.move(actions.finish(action, call.state, work.now_ms, call.error))
        if ended.state is ActionState.UNKNOWN:
            return await self._find_out(ended, call)
        return Ended(ended, {action.tool: call})

    async def _failed(self, action: Action, why: str) -> Action:
        """Note down that it certainly had no effect, which frees its place under the limits."""
        workspace_id = self.work.context.work.conversation.workspace_id
        await self.work.means.spending.release(workspace_id, action.id)
        return self.work.move(actions.finish(action, CallState.FAILED, self.work.now_ms, why))

    async def _find_out(self, action: Action, call: ToolCall) -> Ended:
        """Ask the merchant's system what became of a call that nobody knows of.

        Only a plain word that it took effect counts.  That nothing is known of it there proves nothing: the
        request may still be on its way.
        """
        spec = self.work.spec(action)
        asking = self.work.means.caller.toolbox.get(actions.contract_of(spec).find_out) if spec else None
        if asking is None or asking.spec.effect is not Effect.READ:
            return Ended(action, {action.tool: call})
        try:
            found = await self.work.means.caller.call(
                asking.spec.name,
                {_KEY: action.id},
                self.work.binding_of(action),
                self.work.journal,
            )
        except ToolRefused as refused:
            log.warning("action_not_found_out", tool=action.tool, error=str(refused))
            return Ended(action, {action.tool: call})
        self.work.trace.add(ev.ToolCalled(turn_id=self.work.context.turn_id, call=found))
        told = found.result if found.state is CallState.DONE else None
        if not told or told.get("state") != CallState.DONE.value:
            return Ended(action, {action.tool: call})
        known = actions.reconcile(action, took_effect=True, at_ms=self.work.now_ms, why="found out")
        return Ended(self.work.move(known), {action.tool: _with_result(call, told)})


def _with_result(call: ToolCall, told: Mapping[str, Any]) -> ToolCall:
    """Return the call with the result that was found out later, where there is one."""
    result = told.get("result")
    if not isinstance(result, dict):
        return call
    return msgspec.structs.replace(call, state=CallState.DONE, result=result, error="")


def draft_of(work: TurnWork, ended: Ended) -> Draft:
    """Return what the contact is told; what failed or is not known goes to a person."""
    unsure = ended.action.state in (ActionState.FAILED, ActionState.UNKNOWN, ActionState.KEPT)
    handoff = HandoffReason.TOOL_FAILURE if unsure else None
    return work.told(ended.action, ended.calls, ended.refusal, handoff)

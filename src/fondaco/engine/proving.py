"""Proves who writes, by the verifier's tool: bounded tries, and nothing but its result counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import msgspec

from fondaco.domain import events as ev
from fondaco.domain.ids import CallId
from fondaco.domain.tools import CallState, ToolCall, Verification
from fondaco.engine.context import TurnContext
from fondaco.engine.draft import Trace
from fondaco.tools import Binding, ToolCaller, Verifier
from fondaco.tools.caller import Journal


class ProofState(StrEnum):
    """What came of a proof."""

    PROVEN = "proven"
    WRONG = "wrong"  #: the contact may try again
    WRONG_TOO_OFTEN = "wrong_too_often"  #: a person has to take over
    BROKEN = "broken"  #: the tool does not work; nobody has looked at the proof


class Proof(msgspec.Struct, frozen=True, kw_only=True):
    """The result of one try."""

    state: ProofState
    subject: str = ""  #: whom the merchant's system knows
    left: int = 0  #: tries that remain in this episode
    why: str = ""


@dataclass(slots=True)
class Prover:
    """Tries proofs within one turn."""

    caller: ToolCaller
    context: TurnContext
    journal: Journal
    trace: Trace
    verifier: Verifier

    async def prove(self, values: Mapping[str, Any], binding: Binding) -> Proof:
        """Try the proof in ``values`` for the scope in ``values``; the trace is told.  Raises ToolRefused."""
        scope = str(values.get(self.verifier.scope_parameter, ""))
        left = self.verifier.max_tries - self.context.failed_proofs - self._wrong_here()
        proofs, place = self.caller.proofs, (binding.workspace_id, scope, binding.turn_id)
        if left <= 0 or not proofs.admits(*place, self.verifier.max_tries_an_hour):
            return Proof(state=ProofState.WRONG_TOO_OFTEN, why="too many proofs of identity were wrong")
        call = await self.caller.call(self.verifier.tool, values, binding, self.journal)
        self.trace.add(ev.ToolCalled(turn_id=binding.turn_id, call=call))
        if call.state is not CallState.DONE:
            proofs.proven(*place)  # nobody has looked at it, so it was no wrong one
            return Proof(state=ProofState.BROKEN, why=f"{self.verifier.tool}: {call.error}")
        result = call.result or {}
        if result.get(self.verifier.matched_field) is not True:
            return self._wrong(scope, call)
        proofs.proven(*place)
        subject = result.get(self.verifier.subject_field)
        if not isinstance(subject, str) or not subject:
            return Proof(state=ProofState.BROKEN, why=f"{self.verifier.tool} names nobody in its result")
        self.trace.add(ev.IdentityVerified(subject=subject, scope=scope, call_id=call.id))
        return Proof(state=ProofState.PROVEN, subject=subject, left=left)

    def _wrong(self, scope: str, call: ToolCall) -> Proof:
        if call.id not in self._failed_calls():  # the next model of a turn repeats what the last one tried
            self.trace.add(ev.VerificationFailed(scope=scope, call_id=call.id))
        left = self.verifier.max_tries - self.context.failed_proofs - self._wrong_here()
        state = ProofState.WRONG if left > 0 else ProofState.WRONG_TOO_OFTEN
        return Proof(state=state, left=left, why="the proof of identity was wrong")

    def subject_of(self, scope: str) -> str:
        """Return whom this episode has proven for a scope; empty where nobody is."""
        here = [
            event.subject
            for event in self.trace.events
            if isinstance(event, ev.IdentityVerified)
            and event.scope == scope
            and event.level is not Verification.CODE
        ]
        return self.context.signed_subject or (here or [self.context.proven.get(scope, "")])[-1]

    def _wrong_here(self) -> int:
        """Return how many different proofs were wrong in this turn, whoever of its answerers tried them."""
        return len(self._failed_calls())

    def _failed_calls(self) -> set[CallId]:
        return {
            event.call_id
            for event in self.trace.events
            if isinstance(event, ev.VerificationFailed) and event.level is not Verification.CODE
        }

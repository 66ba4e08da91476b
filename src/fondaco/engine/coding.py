"""Has one-time codes sent and takes them back, within one turn: for whom, how often and how long."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import msgspec

from fondaco.domain import events as ev
from fondaco.domain.errors import ToolRefused
from fondaco.domain.handoffs import HandoffReason
from fondaco.domain.ids import CallId, TurnId, WorkspaceId
from fondaco.domain.tools import CallState, ToolCall, Verification
from fondaco.engine.context import SentCode, TurnContext
from fondaco.engine.draft import Trace
from fondaco.engine.standing import Standing
from fondaco.tools import Binding, CodeOptions, ToolCaller
from fondaco.tools.caller import Journal

_MINUTE_MS = 60_000


class CodeState(StrEnum):
    """What became of a wish that demands a code."""

    PROVEN = "proven"  #: it came back and counts
    SENT = "sent"  #: a code is on its way, or was before and is waited for
    RENEWED = "renewed"  #: what the contact wrote came too late, and a new code is on its way
    TOO_SOON = "too_soon"  #: the last one has only just been sent
    WRONG = "wrong"  #: the contact may try again
    TOO_OFTEN = "too_often"  #: a person has to take over
    BROKEN = "broken"  #: a tool does not work; nobody has looked at a code


class CodeStep(msgspec.Struct, frozen=True, kw_only=True):
    """How far it is with the code."""

    state: CodeState
    sent_to: str = ""  #: the masked address; empty where nobody tells
    left: int = 0  #: tries that remain in this episode
    why: str = ""  #: for teammates

    @property
    def handoff(self) -> HandoffReason | None:
        """Why a person has to take over; None where the contact can go on alone."""
        reasons = {CodeState.TOO_OFTEN: HandoffReason.POLICY, CodeState.BROKEN: HandoffReason.TOOL_FAILURE}
        return reasons.get(self.state)


@dataclass(frozen=True, slots=True)
class Coder:
    """Leads one contact to a code, in one turn."""

    caller: ToolCaller
    context: TurnContext
    journal: Journal
    trace: Trace
    options: CodeOptions

    async def demand(self, subject: str, code: str = "") -> CodeStep:
        """Return how far it is for the person, who is matched or signed in: tries ``code`` where it is given.

        Without one that is open, a code is sent.  Raises LeaseLost.
        """
        if self.is_proven(subject):
            return CodeStep(state=CodeState.PROVEN)
        if self._standing.level_of(subject) is Verification.NONE:
            return CodeStep(state=CodeState.BROKEN, why="a code goes only to whom the merchant has matched")
        if self.tries_left <= 0:
            return _too_often("too many one-time codes were wrong")
        sent = self.open_code(subject)
        if sent is None:
            return await self._send(subject, CodeState.RENEWED if code else CodeState.SENT)
        if not code:
            return CodeStep(state=CodeState.SENT, sent_to=sent.sent_to)
        return await self._check(subject, code, sent)

    async def renew(self, subject: str) -> CodeStep:
        """Have a new code sent, unless the last one has only just been.  Raises LeaseLost."""
        last = self.last_code(subject)
        if self.tries_left <= 0:
            return _too_often("too many one-time codes were wrong")
        if last is not None and self._now_ms < last.at_ms + self.options.resend_seconds * 1000:
            return CodeStep(state=CodeState.TOO_SOON, sent_to=last.sent_to)
        return await self._send(subject, CodeState.SENT)

    def is_proven(self, subject: str) -> bool:
        """Return whether a code of this person came back and still counts."""
        return self._standing.is_coded(subject, self._now_ms)

    def last_code(self, subject: str = "") -> SentCode | None:
        """Return the last code that was sent to the person, or to anybody, in this episode and turn."""
        codes = [code for code in (*self.context.codes, *self._sent_here()) if subject in ("", code.subject)]
        return codes[-1] if codes else None

    def open_code(self, subject: str) -> SentCode | None:
        """Return the code that is waited for; None where none was sent, it is too old, or it came back."""
        last = self.last_code(subject)
        if last is None or self._now_ms >= last.at_ms + self.options.valid_minutes * _MINUTE_MS:
            return None
        return None if last.at_ms <= self.context.coded_at_ms.get(subject, -1) else last

    @property
    def tries_left(self) -> int:
        """How many wrong codes this episode still takes."""
        return self.options.max_tries - self.context.failed_codes - len(self._wrong_here())

    async def _check(self, subject: str, code: str, sent: SentCode) -> CodeStep:
        proofs, place = self.caller.proofs, self._place(f"code of {subject}")
        if not proofs.admits(*place, self.options.max_tries_an_hour):
            return _too_often("too many one-time codes were wrong within the hour")
        asked = {self.options.code_parameter: code}
        call = await self._call(self.options.check_tool, asked, self._binding(subject, sent.challenge))
        if isinstance(call, CodeStep) or call.state is not CallState.DONE:
            proofs.proven(*place)  # nobody has looked at it, so it was no wrong one
            return call if isinstance(call, CodeStep) else _broken(call)
        if (call.result or {}).get(self.options.matched_field) is not True:
            return self._wrong(sent, call)
        proofs.proven(*place)
        proven = ev.IdentityVerified(
            subject=subject, scope=sent.challenge, call_id=call.id, level=Verification.CODE
        )
        self.trace.add(proven)
        return CodeStep(state=CodeState.PROVEN)

    def _wrong(self, sent: SentCode, call: ToolCall) -> CodeStep:
        if call.id not in self._wrong_here():  # the next model of a turn repeats what the last one tried
            wrong = ev.VerificationFailed(scope=sent.challenge, call_id=call.id, level=Verification.CODE)
            self.trace.add(wrong)
        if self.tries_left <= 0:
            return _too_often("too many one-time codes were wrong")
        return CodeStep(state=CodeState.WRONG, sent_to=sent.sent_to, left=self.tries_left)

    async def _send(self, subject: str, state: CodeState) -> CodeStep:
        proofs, place = self.caller.proofs, self._place(f"code to {subject}")
        if not proofs.admits(*place, self.options.max_codes_an_hour):
            return _too_often("too many one-time codes were sent within the hour")
        challenge = f"cod_{self.context.turn_id.removeprefix('trn_')}_{len(self._sent_here()) + 1}"
        call = await self._call(self.options.send_tool, {}, self._binding(subject, challenge))
        if isinstance(call, CodeStep):
            return call
        told = call.result or {}
        if call.state is CallState.FAILED or False in (told.get("sent"), told.get("found")):
            return _broken(call)
        # Where nobody knows whether it was sent, it is waited for: a second one would outdate the first.
        sent_to = str(told.get(self.options.sent_to_field) or "")
        self.trace.add(ev.CodeSent(subject=subject, challenge=challenge, sent_to=sent_to, call_id=call.id))
        return CodeStep(state=state, sent_to=sent_to)

    async def _call(self, name: str, values: Mapping[str, str], binding: Binding) -> ToolCall | CodeStep:
        try:
            call = await self.caller.call(name, values, binding, self.journal)
        except ToolRefused as refused:
            return CodeStep(state=CodeState.BROKEN, why=str(refused))
        self.trace.add(ev.ToolCalled(turn_id=self.context.turn_id, call=call))
        return call

    def _binding(self, subject: str, challenge: str) -> Binding:
        return self._standing.binding(subject, self._now_ms, message="", challenge=challenge)

    def _place(self, scope: str) -> tuple[WorkspaceId, str, TurnId]:
        return self.context.work.conversation.workspace_id, scope, self.context.turn_id

    def _sent_here(self) -> list[SentCode]:
        """Return what this very turn has sent."""
        return [
            SentCode(
                subject=event.subject, challenge=event.challenge, sent_to=event.sent_to, at_ms=self._now_ms
            )
            for event in self.trace.events
            if isinstance(event, ev.CodeSent)
        ]

    def _wrong_here(self) -> set[CallId]:
        return {
            event.call_id
            for event in self.trace.events
            if isinstance(event, ev.VerificationFailed) and event.level is Verification.CODE
        }

    @property
    def _standing(self) -> Standing:
        return Standing(self.context, self.trace, self.options)

    @property
    def _now_ms(self) -> int:
        return self.caller.clock.now_ms()


def coder_of(caller: ToolCaller, context: TurnContext, journal: Journal, trace: Trace) -> Coder | None:
    """Return who deals with codes in this turn; None where nothing sends any."""
    options = caller.toolbox.code
    return Coder(caller, context, journal, trace, options) if options is not None else None


def _too_often(why: str) -> CodeStep:
    return CodeStep(state=CodeState.TOO_OFTEN, why=why)


def _broken(call: ToolCall) -> CodeStep:
    return CodeStep(state=CodeState.BROKEN, why=f"{call.tool}: {call.error or 'no code was sent'}")

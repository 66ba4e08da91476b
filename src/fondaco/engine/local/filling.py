"""Fetches what an entry's slots need: values from the contact, proof of identity, results from tools."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NoReturn

from fondaco.domain import events as ev
from fondaco.domain.articles import Article
from fondaco.domain.errors import ToolRefused
from fondaco.domain.handoffs import HandoffReason
from fondaco.domain.tools import (
    CallState,
    Effect,
    Parameter,
    ParameterSource,
    ToolCall,
    ToolSpec,
    Verification,
)
from fondaco.engine.acting.proposing import Proposer, drafted
from fondaco.engine.acting.work import TurnWork
from fondaco.engine.asking_code import CODE_WANTED, code_parameter, question
from fondaco.engine.coding import CodeState, coder_of
from fondaco.engine.context import TurnContext
from fondaco.engine.draft import Draft, Trace
from fondaco.engine.local.reading import read_values
from fondaco.engine.proving import ProofState, Prover
from fondaco.engine.slots import tools_of
from fondaco.engine.standing import Standing
from fondaco.tools import Binding, Toolbox, ToolCaller
from fondaco.tools.caller import Journal


class Ask(Exception):  # not an error: the contact has to say something first
    """A value is missing and the contact can give it."""

    def __init__(self, awaiting: ev.Awaiting, **values: str) -> None:
        super().__init__(awaiting.sentence)
        self.awaiting = awaiting
        self.values = values


class GiveUp(Exception):  # not an error: a person has to answer
    """A person has to take over."""

    def __init__(self, reason: HandoffReason, why: str) -> None:
        super().__init__(why)
        self.reason = reason


class SpeaksForItself(Exception):  # not an error: the contact is asked or told something else first
    """An action wants a yes, or a one-time code is wanted, or an end is told that has words of its own."""

    def __init__(self, draft: Draft) -> None:
        super().__init__("something speaks for itself")
        self.draft = draft


class NothingThere(Exception):  # not an error: the question was about something else
    """A tool that anybody may ask knows nothing of this."""


def parameters_of(entry: Article, toolbox: Toolbox, wanted: str = "") -> list[Parameter]:
    """Return every parameter that the entry may need: those of its tools, then those of the proof.

    A one-time code is looked for only where it is what was ``wanted``, and before all else.
    """
    specs = [tool.spec for name in tools_of(entry) if (tool := toolbox.get(name))]
    proving = toolbox.get(toolbox.verifier.tool) if toolbox.verifier else None
    if proving is not None and any(spec.verification is not Verification.NONE for spec in specs):
        specs.append(proving.spec)
    code = code_parameter(toolbox) if wanted == CODE_WANTED else None
    declared = [*([code] if code else []), *(parameter for spec in specs for parameter in spec.parameters)]
    return list({parameter.name: parameter for parameter in declared}.values())


@dataclass(slots=True)
class Filling:
    """One entry on its way to being answerable."""

    caller: ToolCaller
    context: TurnContext
    journal: Journal
    trace: Trace
    entry: Article
    acting: TurnWork | None = None  #: without it nothing is changed
    values: dict[str, str] = field(default_factory=dict)
    subject: str = ""  #: whom personal tools are asked about; empty until proven for what is asked
    waited: ev.Awaiting | None = None  #: what the contact was asked for this entry

    def __post_init__(self) -> None:
        waited = self.context.awaiting
        self.waited = waited if waited is not None and waited.entry == self.entry.key else None
        self.subject = self.context.signed_subject
        known, wanted = (self.waited.filled, self.waited.wants) if self.waited else ({}, "")
        parameters = parameters_of(self.entry, self.caller.toolbox, wanted)
        self.values = known | read_values(self.context.question, parameters, wanted)

    async def results(self) -> dict[str, ToolCall]:
        """Return one finished call for each tool that the entry needs.

        Raises Ask, GiveUp, SpeaksForItself or NothingThere.
        """
        return {name: await self._result(name) for name in tools_of(self.entry)}

    async def _result(self, name: str) -> ToolCall:
        tool = self.caller.toolbox.get(name)
        if tool is None:
            raise GiveUp(
                HandoffReason.TOOL_FAILURE, f"the entry needs the tool {name!r}, which is not declared"
            )
        if name in self.caller.toolbox.proving:
            raise GiveUp(HandoffReason.POLICY, f"{name} proves who writes, which no entry decides on")
        for parameter in tool.spec.parameters:
            self._demand(parameter)
        if tool.spec.verification is not Verification.NONE:
            await self._verify(tool.spec)
        if tool.spec.effect is Effect.WRITE:
            return await self._change(tool.spec)
        call = await self._call(tool.spec.name)
        if call.state is not CallState.DONE:
            raise GiveUp(HandoffReason.TOOL_FAILURE, f"{name}: {call.error}")
        if (call.result or {}).get("found") is False:
            self._not_found(tool.spec)
        return call

    async def _change(self, spec: ToolSpec) -> ToolCall:
        """Return the call of an action whose contract asks nobody.  Raises SpeaksForItself, GiveUp."""
        if self.acting is None:
            raise GiveUp(HandoffReason.POLICY, f"{spec.name} changes something, which nobody here may")
        try:
            result = await Proposer(self.acting).propose(spec, self.values, self.subject)
        except ToolRefused as refused:
            raise GiveUp(HandoffReason.TOOL_FAILURE, str(refused)) from refused
        call = None if isinstance(result, Draft) else result.calls.get(spec.name)
        if call is None or call.state is not CallState.DONE:
            raise SpeaksForItself(drafted(self.acting, result))
        return call

    def _demand(self, parameter: Parameter) -> None:
        if parameter.source is not ParameterSource.MESSAGE or not parameter.required:
            return
        if parameter.name not in self.values:
            remembered = self._remembered(parameter)
            if remembered is None:
                raise Ask(self._awaiting(parameter.name, parameter.ask))
            self.values[parameter.name] = remembered

    def _remembered(self, parameter: Parameter) -> str | None:
        """Return the value from an earlier message of this episode, the latest first."""
        for record in reversed(self.context.work.records):
            if isinstance(record.event, ev.MessageReceived):
                found = read_values(record.event.text, [parameter])
                if found:
                    return found[parameter.name]
        return None

    async def _verify(self, spec: ToolSpec) -> None:
        """See to it that the contact has proven to be the one whom the tool speaks of."""
        if spec.verification is Verification.CODE and self.caller.toolbox.code is None:
            raise GiveUp(HandoffReason.POLICY, f"{spec.name} demands a code that nothing here sends")
        if self.context.verification is not Verification.SIGNED:
            await self._match(spec)
        if spec.verification is Verification.CODE:
            await self._code()

    async def _match(self, spec: ToolSpec) -> None:
        verifier = self.caller.toolbox.verifier
        proving = self.caller.toolbox.get(verifier.tool) if verifier else None
        if spec.verification is Verification.SIGNED or verifier is None or proving is None:
            raise GiveUp(HandoffReason.POLICY, f"{spec.name} demands a proof that nothing here can give")
        for parameter in proving.spec.parameters:
            if parameter.name != verifier.proof_parameter:
                self._demand(parameter)
        prover = Prover(self.caller, self.context, self.journal, self.trace, verifier)
        scope = self.values.get(verifier.scope_parameter, "")
        self.subject = prover.subject_of(scope) or await self._prove(prover)

    async def _code(self) -> None:
        """See to it that a one-time code of this person has come back.  Raises SpeaksForItself or GiveUp."""
        coder = coder_of(self.caller, self.context, self.journal, self.trace)
        if coder is None:
            raise GiveUp(HandoffReason.POLICY, "nothing here sends a one-time code")
        step = await coder.demand(self.subject, self.values.pop(CODE_WANTED, ""))
        if step.handoff is not None:
            raise GiveUp(step.handoff, step.why)
        if step.state is not CodeState.PROVEN:
            raise SpeaksForItself(question(self.context, step, self._awaiting(CODE_WANTED, "ask_code")))

    async def _prove(self, prover: Prover) -> str:
        """Return whom the proof names.  Raises Ask or GiveUp."""
        wanted = prover.verifier.proof_parameter
        if self.values.get(wanted) is None:
            raise Ask(self._awaiting(wanted, "ask_proof"))
        try:
            proof = await prover.prove(self.values, self._binding())
        except ToolRefused as refused:
            raise GiveUp(HandoffReason.TOOL_FAILURE, str(refused)) from refused
        match proof.state:
            case ProofState.PROVEN:
                return proof.subject
            case ProofState.BROKEN:
                raise GiveUp(HandoffReason.TOOL_FAILURE, proof.why)
            case ProofState.WRONG_TOO_OFTEN:
                raise GiveUp(HandoffReason.POLICY, proof.why)
            case ProofState.WRONG:
                # A wrong answer is an answer; wrong ones have a count of their own.
                self.waited = None
                raise Ask(self._awaiting(wanted, "proof_wrong"), tries_left=str(proof.left))

    def _not_found(self, spec: ToolSpec) -> NoReturn:
        if spec.verification is Verification.NONE:
            self._ask_for_the_name(spec)
            raise NothingThere(spec.name)
        asked = next((p.name for p in spec.parameters if p.source is ParameterSource.MESSAGE), "")
        if not asked or self._tries(asked) >= 2:
            raise GiveUp(HandoffReason.MISSING_KNOWLEDGE, f"{spec.name} knows nothing of this")
        self.values.pop(asked, None)
        raise Ask(self._awaiting(asked, "order_unknown_or_wrong"))

    def _ask_for_the_name(self, spec: ToolSpec) -> None:
        """Ask once who chose this entry, for words that the tool may know; else the guess was ours."""
        read = next((one.name for one in spec.parameters if one.source is ParameterSource.TEXT), "")
        if read and self.context.choice == self.entry.key:
            raise Ask(self._awaiting(read, "name_not_found"))

    def _tries(self, wants: str) -> int:
        """Return how often the contact was asked for this very value without effect."""
        return self.waited.tries if self.waited is not None and self.waited.wants == wants else 0

    def _awaiting(self, wants: str, sentence: str) -> ev.Awaiting:
        """Return what is asked for, with what is known; a proof is never kept longer than its call."""
        verifier = self.caller.toolbox.verifier
        secret = verifier.proof_parameter if verifier else ""
        unsaid = (secret, wants, CODE_WANTED)
        known = {name: value for name, value in self.values.items() if name not in unsaid}
        return ev.Awaiting(
            entry=self.entry.key, wants=wants, sentence=sentence, filled=known, tries=self._tries(wants) + 1
        )

    async def _call(self, name: str) -> ToolCall:
        try:
            call = await self.caller.call(name, self.values, self._binding(), self.journal)
        except ToolRefused as refused:
            raise GiveUp(HandoffReason.TOOL_FAILURE, str(refused)) from refused
        self.trace.add(ev.ToolCalled(turn_id=self.context.turn_id, call=call))
        return call

    def _binding(self) -> Binding:
        standing = Standing(self.context, self.trace, self.caller.toolbox.code)
        return standing.binding(self.subject, self.caller.clock.now_ms(), message=self._message())

    def _message(self) -> str:
        """Return the contact's own words; behind a clicked offer stand those that led to it."""
        if not self.context.choice:
            return self.context.question
        written = [
            record.event.text
            for record in self.context.work.records
            if isinstance(record.event, ev.MessageReceived) and not record.event.choice
        ]
        return written[-1] if written else self.context.question

"""Fetches what an entry's slots need: values from the contact, proof of identity, results from tools."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NoReturn

from fondaco.domain import events as ev
from fondaco.domain.articles import Article
from fondaco.domain.errors import ToolRefused
from fondaco.domain.handoffs import HandoffReason
from fondaco.domain.tools import CallState, Parameter, ParameterSource, ToolCall, ToolSpec, Verification
from fondaco.engine.context import TurnContext
from fondaco.engine.draft import Trace
from fondaco.engine.local.reading import read_values
from fondaco.engine.local.slots import tools_of
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


class NothingThere(Exception):  # not an error: the question was about something else
    """A tool that anybody may ask knows nothing of this."""


def parameters_of(entry: Article, toolbox: Toolbox) -> list[Parameter]:
    """Return every parameter that the entry may need: those of its tools, then those of the proof."""
    specs = [tool.spec for name in tools_of(entry) if (tool := toolbox.get(name))]
    proving = toolbox.get(toolbox.verifier.tool) if toolbox.verifier else None
    if proving is not None and any(spec.verification is not Verification.NONE for spec in specs):
        specs.append(proving.spec)
    return list({parameter.name: parameter for spec in specs for parameter in spec.parameters}.values())


@dataclass(slots=True)
class Filling:
    """One entry on its way to being answerable."""

    caller: ToolCaller
    context: TurnContext
    journal: Journal
    trace: Trace
    entry: Article
    values: dict[str, str] = field(default_factory=dict)
    subject: str = ""
    scopes: set[str] = field(default_factory=set)
    tries: int = 0

    def __post_init__(self) -> None:
        waited = self.context.awaiting
        earlier: dict[str, str] = {}
        if waited is not None and waited.entry == self.entry.key:
            self.tries, earlier = waited.tries, waited.filled
        self.subject = self.context.subject
        self.scopes = set(self.context.verified_scopes)
        self.values = earlier | read_values(
            self.context.question, parameters_of(self.entry, self.caller.toolbox)
        )

    async def results(self) -> dict[str, ToolCall]:
        """Return one finished call for each tool that the entry needs.

        Raises Ask, GiveUp or NothingThere.
        """
        return {name: await self._result(name) for name in tools_of(self.entry)}

    async def _result(self, name: str) -> ToolCall:
        tool = self.caller.toolbox.get(name)
        if tool is None:
            raise GiveUp(
                HandoffReason.TOOL_FAILURE, f"the entry needs the tool {name!r}, which is not declared"
            )
        for parameter in tool.spec.parameters:
            self._demand(parameter)
        if tool.spec.verification is Verification.MATCHED:
            await self._verify()
        call = await self._call(tool.spec.name)
        if call.state is not CallState.DONE:
            raise GiveUp(HandoffReason.TOOL_FAILURE, f"{name}: {call.error}")
        if (call.result or {}).get("found") is False:
            self._not_found(tool.spec)
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

    async def _verify(self) -> None:
        """See to it that the contact has proven to be the one whom the tool speaks of."""
        verifier = self.caller.toolbox.verifier
        if self.context.work.contact.verified_subject:
            return
        if verifier is None:
            raise GiveUp(HandoffReason.POLICY, "a personal tool is needed and no verification is set up")
        scope = self.values.get(verifier.scope_parameter, "")
        if scope in self.scopes:
            return
        proof = self.values.get(verifier.proof_parameter)
        if proof is None:
            raise Ask(self._awaiting(verifier.proof_parameter, "ask_proof"))
        call = await self._call(verifier.tool)
        if call.state is not CallState.DONE:
            raise GiveUp(HandoffReason.TOOL_FAILURE, f"{verifier.tool}: {call.error}")
        result = call.result or {}
        if result.get(verifier.matched_field) is not True:
            self._wrong_proof(scope, call)
        self.subject = str(result[verifier.subject_field])
        self.scopes.add(scope)
        self.trace.add(ev.IdentityVerified(subject=self.subject, scope=scope, call_id=call.id))

    def _wrong_proof(self, scope: str, call: ToolCall) -> NoReturn:
        verifier = self.caller.toolbox.verifier
        left = (verifier.max_tries if verifier else 0) - self.context.failed_proofs - 1
        self.trace.add(ev.VerificationFailed(scope=scope, call_id=call.id))
        if left <= 0:
            raise GiveUp(HandoffReason.POLICY, "the proof of identity was wrong too often")
        wants = verifier.proof_parameter if verifier else ""
        raise Ask(self._awaiting(wants, "proof_wrong"), tries_left=str(left))

    def _not_found(self, spec: ToolSpec) -> NoReturn:
        if spec.verification is Verification.NONE:
            raise NothingThere(spec.name)
        if self.tries >= 2:
            raise GiveUp(HandoffReason.MISSING_KNOWLEDGE, f"{spec.name} knows nothing of {self.values}")
        asked = next((p.name for p in spec.parameters if p.source is ParameterSource.MESSAGE), "")
        self.values.pop(asked, None)
        raise Ask(self._awaiting(asked, "order_unknown_or_wrong"))

    def _awaiting(self, wants: str, sentence: str) -> ev.Awaiting:
        """Return what is asked for, with what is known; a proof is never kept longer than its call."""
        verifier = self.caller.toolbox.verifier
        secret = verifier.proof_parameter if verifier else ""
        known = {name: value for name, value in self.values.items() if name not in (secret, wants)}
        return ev.Awaiting(
            entry=self.entry.key, wants=wants, sentence=sentence, filled=known, tries=self.tries + 1
        )

    async def _call(self, name: str) -> ToolCall:
        try:
            call = await self.caller.call(name, self.values, self._binding(), self.journal)
        except ToolRefused as refused:
            raise GiveUp(HandoffReason.TOOL_FAILURE, str(refused)) from refused
        self.trace.add(ev.ToolCalled(turn_id=self.context.turn_id, call=call))
        return call

    def _binding(self) -> Binding:
        work = self.context.work
        signed = self.context.verification is Verification.SIGNED
        matched = Verification.MATCHED if self.subject else Verification.NONE
        return Binding(
            turn_id=self.context.turn_id,
            workspace_id=work.conversation.workspace_id,
            contact_id=work.contact.id,
            language=self.context.language,
            verification=Verification.SIGNED if signed else matched,
            subject=self.subject,
            message=self.context.question,
        )

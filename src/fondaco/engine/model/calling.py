"""Does what a model wishes for, as far as it may: reads values, proves identity, calls tools, tells it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from itertools import groupby
from typing import Any

import msgspec

from fondaco.domain import events as ev
from fondaco.domain.contracts import Action, ActionState
from fondaco.domain.errors import ToolRefused
from fondaco.domain.handoffs import HandoffReason
from fondaco.domain.ids import CallId
from fondaco.domain.tools import (
    CallState,
    Effect,
    Parameter,
    ParameterSource,
    ToolCall,
    ToolSpec,
    Verification,
)
from fondaco.engine.acting.executing import draft_of
from fondaco.engine.acting.proposing import Proposer
from fondaco.engine.acting.work import TurnWork
from fondaco.engine.asking_code import CODE_WANTED, question
from fondaco.engine.coding import Coder, CodeState, CodeStep, coder_of
from fondaco.engine.context import TurnContext
from fondaco.engine.draft import Draft, Trace
from fondaco.engine.guard.cases import Case
from fondaco.engine.local.reading import read_values
from fondaco.engine.model.passing import unfit
from fondaco.engine.model.showing import show
from fondaco.engine.proving import Proof, ProofState, Prover
from fondaco.engine.standing import Standing
from fondaco.kit.together import gathered
from fondaco.llm.asking import ToolAnswered, ToolWish
from fondaco.llm.wire.complaints import UNREADABLE
from fondaco.tools import Binding, ToolCaller
from fondaco.tools.caller import Journal

_DIGIT = re.compile(r"\d")


class HandOver(Exception):  # not an error: a person has to answer
    """The tools leave nothing that a model could answer."""

    def __init__(self, reason: HandoffReason, why: str, topic: str = "") -> None:
        super().__init__(why)
        self.reason = reason
        self.topic = topic


class Proposed(Exception):  # not an error: the contact has to be asked or told something first
    """An action wants a yes, a one-time code is wanted, or an end is told by stored words alone."""

    def __init__(self, draft: Draft) -> None:
        super().__init__("something speaks for itself")
        self.draft = draft


class _Sort(StrEnum):
    """What a wish does; wishes of one sort that stand side by side are worked on together."""

    READ = "read"  #: looks something up
    PROOF = "proof"  #: proves who writes
    WRITE = "write"  #: changes something


@dataclass(frozen=True, slots=True)
class _Ready:
    """A wish with everything that its call needs; without a spec there will be no call."""

    wish: ToolWish
    spec: ToolSpec | None = None
    values: dict[str, Any] = field(default_factory=dict)
    subject: str = ""
    refusal: str = ""


@dataclass(slots=True)
class Calling:
    """The tool calls of one turn, and what they prove."""

    caller: ToolCaller
    context: TurnContext
    journal: Journal
    trace: Trace
    deadline_ms: float | None = None  #: of the turn, by ``Clock.monotonic_ms``
    acting: TurnWork | None = None  #: without it nothing is changed
    case: Case | None = None  #: without it nobody looks at the words that are passed
    calls: list[ToolCall] = field(default_factory=list)
    invented: list[tuple[CallId, str]] = field(default_factory=list)  #: what a model passed that nobody said
    actions: list[Action] = field(default_factory=list)
    _prover: Prover | None = None
    _coder: Coder | None = None

    def __post_init__(self) -> None:
        verifier = self.caller.toolbox.verifier
        if verifier is not None:
            self._prover = Prover(self.caller, self.context, self.journal, self.trace, verifier)
        self._coder = coder_of(self.caller, self.context, self.journal, self.trace)

    async def do(self, wishes: Sequence[ToolWish]) -> list[ToolAnswered]:
        """Return what the model is told about each of its wishes, in their order.

        Calls that only look something up are made at the same time; a proof of identity, or a change, ends
        before what is wished for behind it begins.  Raises HandOver, Proposed, LeaseLost.
        """
        answers: list[ToolAnswered] = []
        for sort, together in groupby(wishes, self._sort):
            match sort:
                case _Sort.READ:
                    answers += await self._looked_up(list(together))
                case _Sort.PROOF:
                    answers += [await self._proven(wish) for wish in together]
                case _Sort.WRITE:
                    answers += [await self._changed(wish) for wish in together]
        return answers

    def _sort(self, wish: ToolWish) -> _Sort:
        if wish.name in self.caller.toolbox.proving:
            return _Sort.PROOF
        tool = self.caller.toolbox.get(wish.name)
        return _Sort.WRITE if tool is not None and tool.spec.effect is Effect.WRITE else _Sort.READ

    async def _looked_up(self, wishes: Sequence[ToolWish]) -> list[ToolAnswered]:
        ready = [await self._ready(wish) for wish in wishes]
        made = await gathered(self._made(one) for one in ready)
        return [self._told(one, call) for one, call in zip(ready, made, strict=True)]

    async def _changed(self, wish: ToolWish) -> ToolAnswered:
        """Make a proposal of the wish, or carry it out where its contract asks nobody.

        Raises Proposed where the contact has to be asked or told; LeaseLost.
        """
        ready = await self._ready(wish)
        if ready.spec is None or self.acting is None:
            return _refused(wish, ready.refusal or "There is no such tool.")
        fault = self._fault_of_words(ready, ready.spec)
        if fault:
            return _refused(wish, f"{fault}; pass on nothing but the person's own words.")
        try:
            work = replace(self.acting, wish_id=wish.id)
            result = await Proposer(work).propose(ready.spec, ready.values, ready.subject)
        except ToolRefused as refused:
            return _refused(wish, str(refused))
        if isinstance(result, Draft):
            raise Proposed(result)
        call = result.calls.get(ready.spec.name)
        if call is None or result.action.state not in (ActionState.DONE, ActionState.RECONCILED):
            raise Proposed(draft_of(self.acting, result))
        self.actions.append(result.action)
        return self._noted(ready, ready.spec, call)

    def _fault_of_words(self, ready: _Ready, spec: ToolSpec) -> str:
        """Return what the contact must not read in a proposal, of all that it has not written itself."""
        case = self.case
        if case is None:
            return ""
        told = [(name, one) for name, value in ready.values.items() for one in _leaves(value)]
        unsaid = (one for name, one in told if not self._is_said(one, spec, name))
        return next((fault for one in unsaid if (fault := unfit(one, self.context.language, case))), "")

    async def _ready(self, wish: ToolWish) -> _Ready:
        """Return the call that the wish is for, or why there will be none.

        Raises Proposed where the contact has to be asked for a one-time code first; HandOver, LeaseLost.
        """
        tool = self.caller.toolbox.get(wish.name)
        if tool is None or (tool.spec.effect is Effect.WRITE and self.acting is None):
            return _Ready(wish, refusal="There is no such tool.")
        try:
            values = _read_arguments(wish, tool.spec)
        except ValueError as error:
            return _Ready(wish, refusal=str(error))
        subject = self._subject(values)
        if tool.spec.verification is not Verification.NONE and not subject:
            return _Ready(wish, refusal=self._how_to_prove())
        if tool.spec.verification is Verification.CODE:
            lacking = await self._code_lacking(subject)
            if lacking:
                return _Ready(wish, refusal=lacking)
        return _Ready(wish, tool.spec, values, subject)

    async def _proven(self, wish: ToolWish) -> ToolAnswered:
        tool = self.caller.toolbox.get(wish.name)
        if self._prover is None or tool is None:
            return _refused(wish, "There is no such tool.")
        try:
            values = _read_arguments(wish, tool.spec)
        except ValueError as error:
            return _refused(wish, str(error))
        if self._coder is not None and wish.name == self._coder.options.check_tool:
            return await self._check_code(wish, values, self._coder)
        if self._coder is not None and wish.name == self._coder.options.send_tool:
            return await self._new_code(wish, self._coder)
        return await self._prove(wish, values, self._prover)

    async def _code_lacking(self, subject: str) -> str:
        """Return what the model has to do for a one-time code; empty where one came back.

        Raises Proposed with the question for it, HandOver, LeaseLost.
        """
        coder = self._coder
        if coder is None:
            return "Nothing here can prove who writes well enough; call hand_over."
        if coder.is_proven(subject):
            return ""
        waits = self.context.awaiting is not None and self.context.awaiting.wants == CODE_WANTED
        if waits and coder.open_code(subject) is not None and _DIGIT.search(self.context.question):
            return f"If the person has just written the one-time code, call {coder.options.check_tool} first."
        return self._coded(await coder.demand(subject))

    async def _check_code(self, wish: ToolWish, values: dict[str, Any], coder: Coder) -> ToolAnswered:
        sent = coder.last_code()
        if sent is None:
            return _refused(wish, "No code was sent yet; call the tool that you need, which has one sent.")
        code = str(values.get(coder.options.code_parameter, ""))
        since = (one.event for one in self.context.work.records if one.at_ms >= sent.at_ms)
        said = [event.text for event in since if isinstance(event, ev.MessageReceived)]
        if not _bare(code) or not any(_bare(code) in _bare(text) for text in said):
            return _refused(wish, "The person did not write this code; ask for the one that was sent.")
        self._coded(await coder.demand(sent.subject, code))
        return ToolAnswered(wish_id=wish.id, name=wish.name, content='{"proven": true}')

    async def _new_code(self, wish: ToolWish, coder: Coder) -> ToolAnswered:
        last = coder.last_code()
        if last is None:
            return _refused(wish, "The first code is sent by itself; call the tool that you need.")
        self._coded(await coder.renew(last.subject))
        return _refused(wish, "A code has come back already; call the tool that you need.")

    def _coded(self, step: CodeStep) -> str:
        """Return nothing where a code has come back.  Raises Proposed or HandOver where it has not."""
        if step.handoff is not None:
            raise HandOver(step.handoff, step.why)
        if step.state is not CodeState.PROVEN:
            waited = self.context.awaiting
            tries = waited.tries + 1 if waited is not None and waited.wants == CODE_WANTED else 1
            raise Proposed(question(self.context, step, ev.Awaiting(tries=tries)))
        return ""

    def _contact_words(self) -> list[str]:
        events = [record.event for record in self.context.work.records]
        return [event.text for event in events if isinstance(event, ev.MessageReceived)]

    def _is_said(self, value: str, spec: ToolSpec, name: str) -> bool:
        """Return whether the contact wrote this argument; one that a model made up proves nothing."""
        parameters = [one for one in spec.parameters if one.name == name]
        if not any(one.pattern for one in parameters):
            return any(_contains(text, value) for text in self._contact_words())
        read = (read_values(text, parameters, wanted=name).get(name) for text in self._contact_words())
        return value in read

    async def _made(self, ready: _Ready) -> ToolCall | ToolRefused | None:
        if ready.spec is None:
            return None
        binding = self._binding(ready.subject)
        try:
            return await self.caller.call(
                ready.spec.name, ready.values, binding, self.journal, deadline_ms=self.deadline_ms
            )
        except ToolRefused as refused:
            return refused

    def _told(self, ready: _Ready, call: ToolCall | ToolRefused | None) -> ToolAnswered:
        """Note what the call proves, and return what the model is told of it."""
        wish, spec = ready.wish, ready.spec
        if call is None or spec is None or isinstance(call, ToolRefused):
            return _refused(wish, str(call or ready.refusal))
        named = msgspec.structs.replace(call, wish_id=wish.id)
        self.trace.add(ev.ToolCalled(turn_id=self.context.turn_id, call=named))
        return self._noted(ready, spec, named)

    def _noted(self, ready: _Ready, spec: ToolSpec, call: ToolCall) -> ToolAnswered:
        wish = ready.wish
        self.calls.append(call)
        content = show(call, spec, self.context.language)
        told = [(name, one) for name, value in ready.values.items() for one in _leaves(value)]
        self.invented += [(call.id, value) for name, value in told if not self._is_said(value, spec, name)]
        failed = call.state is not CallState.DONE
        return ToolAnswered(wish_id=wish.id, name=wish.name, content=content, failed=failed)

    async def _prove(self, wish: ToolWish, values: dict[str, Any], prover: Prover) -> ToolAnswered:
        secret = str(values.get(prover.verifier.proof_parameter, ""))
        if secret and not any(_bare(secret) in _bare(text) for text in self._contact_words()):
            return _refused(wish, "The person did not write this proof; ask for it.")
        try:
            proof = await prover.prove(values, self._binding(""))
        except ToolRefused as refused:
            return _refused(wish, str(refused))
        self._end_where_proof_is_hopeless(proof)
        if proof.state is ProofState.WRONG:
            return _refused(wish, f"This does not match. {proof.left} tries are left; ask for it again.")
        return ToolAnswered(wish_id=wish.id, name=wish.name, content='{"proven": true}')

    def _end_where_proof_is_hopeless(self, proof: Proof) -> None:
        if proof.state is ProofState.WRONG_TOO_OFTEN:
            raise HandOver(HandoffReason.POLICY, proof.why)
        if proof.state is ProofState.BROKEN:
            raise HandOver(HandoffReason.TOOL_FAILURE, proof.why)

    def _subject(self, values: dict[str, Any]) -> str:
        """Return who is proven for what these values speak of; the text never says who it is."""
        if self._prover is None:
            return self.context.signed_subject
        return self._prover.subject_of(str(values.get(self._prover.verifier.scope_parameter, "")))

    def _how_to_prove(self) -> str:
        if self._prover is None:
            return "Nothing here can prove who writes; call hand_over."
        verifier = self._prover.verifier
        scope, proof = verifier.scope_parameter, verifier.proof_parameter
        return f"Not proven who writes. Ask for {scope} and {proof}, then call {verifier.tool}."

    def _binding(self, subject: str) -> Binding:
        standing = Standing(self.context, self.trace, self.caller.toolbox.code)
        return standing.binding(subject, self.caller.clock.now_ms())


def _read_arguments(wish: ToolWish, spec: ToolSpec) -> dict[str, Any]:
    """Return the arguments as the tool takes them.  Raises ValueError with what the model should do."""
    try:
        raw = msgspec.json.decode(wish.arguments or "{}", type=dict[str, Any])
    except UNREADABLE as error:
        raise ValueError("The arguments are no JSON object; call the tool again with one.") from error
    asked = {one.name: one for one in spec.parameters if one.source is ParameterSource.MESSAGE}
    unknown = raw.keys() - asked.keys()
    if unknown:
        raise ValueError(f"There is no parameter {', '.join(sorted(unknown))}; leave it out.")
    given = {name: value for name, value in raw.items() if value is not None}
    return {
        name: _read_value(value, asked[name])
        for name, value in given.items()
        if value != "" or asked[name].schema
    }


def _read_value(value: Any, parameter: Parameter) -> Any:
    if parameter.schema and not parameter.pattern:
        return value
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise ValueError(f"{parameter.name} must be a text.")  # noqa: TRY004 (the model is told, nobody is at fault)
    text = str(value)
    if not parameter.pattern:
        return text
    found = read_values(text, [parameter], wanted=parameter.name)
    if parameter.name not in found:
        raise ValueError(f"This is no {parameter.name.replace('_', ' ')}; ask the person for it.")
    return found[parameter.name]


def _leaves(value: Any) -> Iterator[str]:
    """Yield every value of an argument as a text, out of whatever it is nested in."""
    match value:
        case dict():
            for inner in value.values():
                yield from _leaves(inner)
        case list():
            for inner in value:
                yield from _leaves(inner)
        case None | bool():
            return
        case _:
            yield str(value)


def _contains(text: str, value: str) -> bool:
    """Return whether the value stands in the text, a number not as a part of another one."""
    folded, wanted = (unicodedata.normalize("NFKC", one).casefold() for one in (text, value))
    edges = r"(?<![\d.,])%s(?![.,]?\d)" if wanted[:1].isdigit() else "%s"
    return re.search(edges % re.escape(wanted), folded) is not None


def _bare(text: str) -> str:
    """Return the letters and digits alone, so that no spelling hides what was written."""
    return "".join(letter for letter in unicodedata.normalize("NFKC", text).casefold() if letter.isalnum())


def _refused(wish: ToolWish, why: str) -> ToolAnswered:
    content = msgspec.json.encode({"error": why}).decode()
    return ToolAnswered(wish_id=wish.id, name=wish.name, content=content, failed=True)

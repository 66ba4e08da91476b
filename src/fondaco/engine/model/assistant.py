"""The answerer that asks a model: rules and articles in, tool calls in between, a draft out."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from fondaco.domain import events as ev
from fondaco.domain.articles import Passage
from fondaco.domain.errors import ModelError, NoModelAnswered
from fondaco.domain.handoffs import HandoffReason
from fondaco.engine.ageing import age_note, with_age
from fondaco.engine.context import TurnContext
from fondaco.engine.draft import Draft, Source, Trace
from fondaco.engine.guard import Case, judge, verdict_given
from fondaco.engine.law import Law
from fondaco.engine.local.finding import Finder
from fondaco.engine.model.calling import Calling, HandOver, Proposed
from fondaco.engine.model.journaled import Steps
from fondaco.engine.model.knowing import Told, readable
from fondaco.engine.model.prompting import (
    HAND_OVER,
    HAND_OVER_REASONS,
    RECALL,
    Frames,
    asks_for_a_person,
    corrected,
)
from fondaco.engine.model.quoting import quoted
from fondaco.engine.model.releasing import Releaser, Voices
from fondaco.engine.model.remembering import Memory, Remembered, Wanted
from fondaco.engine.model.summing import Summaries
from fondaco.kit.clock import Clock
from fondaco.llm.answering import Ask, AsksModels, Scope
from fondaco.llm.asking import Entry, Finish, Prompt, Reply, ToolAnswered, ToolWish, Wished
from fondaco.llm.targets import Target
from fondaco.llm.wire.complaints import UNREADABLE
from fondaco.tools import ToolCaller
from fondaco.tools.caller import Journal

_LONGEST_TOPIC = 40


class ModelAssistantOptions(msgspec.Struct, frozen=True, kw_only=True):
    """How a model may work."""

    rung: str  #: which chain this is, such as ``cheap``
    targets: tuple[Target, ...]  #: its models, first choice first
    shop: str = ""  #: as the model names it
    steps: int = 6  #: model requests in one turn at most
    calls: int = 8  #: tool calls in one turn at most
    first_token_seconds: float = 8.0
    answer_seconds: float = 40.0
    max_output_tokens: int = 600
    summary_seconds: float = 6.0  #: for summing up what a cut hides, where the plan says so


@dataclass(frozen=True, slots=True)
class Helpers:
    """Who stands by whichever chain answers."""

    memory: Memory
    voices: Voices | None = None  #: None: contacts see whole answers only


class ModelAssistant:
    """Drafts answers with one chain of models."""

    def __init__(
        self,
        models: AsksModels,
        finder: Finder,
        caller: ToolCaller,
        options: ModelAssistantOptions,
        clock: Clock,
        law: Law,
        helpers: Helpers,
    ) -> None:
        self._models = models
        self._finder = finder
        self._caller = caller
        self._options = options
        self._clock = clock
        self._voices = helpers.voices
        self._acting = law.acting
        self._cases = law.cases
        self._memory = helpers.memory
        self._frames = Frames(
            options.shop,
            caller.toolbox,
            with_changes=law.acting is not None,
            max_output_tokens=options.max_output_tokens,
        )

    async def answer(self, context: TurnContext, journal: Journal, trace: Trace) -> Draft:
        """Return the model's draft with everything that it may quote.

        Raises NoModelAnswered, BudgetUsedUp, LeaseLost.
        """
        options = self._left(trace)
        told = await self._told(context, trace)
        quotable = tuple(one.passage for one in told if one.is_quotable)
        if trace.began_ms is None:
            trace.began_ms = self._clock.monotonic_ms()
        steps = Steps(self._models, options.rung, context.turn_id, journal, trace)
        whole_ms = trace.began_ms + 1000 * options.answer_seconds
        acting = self._acting.work(context, journal, trace) if self._acting is not None else None
        case = self._cases.of(context)
        calling = Calling(self._caller, context, journal, trace, whole_ms, acting, case)
        releaser = await self._releaser(context, quotable, calling, case)
        try:
            wanted = self._wanted(options, context, trace, [one.passage for one in told], steps, whole_ms)
            remembered = await self._memory.remember(wanted)
            work = _Conversing(options, context, steps, calling, trace.began_ms, releaser, remembered)
            draft = await self._judged(work, quotable, case, trace)
        except HandOver as wish:
            calls = tuple(calling.calls)
            draft = Draft(language=context.language, handoff=wish.reason, calls=calls, topic=wish.topic)
        except Proposed as proposed:
            draft = proposed.draft
        except (ModelError, asyncio.CancelledError):  # cancelled where the contact has written again
            if releaser is not None:
                await releaser.end(None)
            raise
        if releaser is not None:
            await releaser.end(draft)
        return draft

    async def _told(self, context: TurnContext, trace: Trace) -> list[Told]:
        """Return what was found for this turn, as a model is shown it."""
        found = await self._finder.find(context, trace)
        library = await self._finder.library()
        return [readable(one, library, self._caller.toolbox) for one in found.passages]

    async def _judged(
        self, work: _Conversing, quotable: tuple[Passage, ...], case: Case, trace: Trace
    ) -> Draft:
        """Return the model's answer; one that the guard keeps back it may write once more, told why."""
        reply, prompt = await work.converse(work.remembered.prompt)
        draft = _draft(work.context, reply, quotable, work.calling)
        if draft.handoff is not None or work.steps_left == 0:
            return draft
        verdict = judge(draft, case)
        trace.judged(draft, verdict)
        if verdict.passed:
            return draft
        trace.add(verdict_given(work.context.turn_id, verdict))
        try:
            again, _ = await work.converse(corrected(prompt, reply.text, verdict.findings))
        except ModelError:
            return draft  # kept back as it is; that no model mends it is not why
        return _draft(work.context, again, quotable, work.calling)

    async def _releaser(
        self, context: TurnContext, passages: tuple[Passage, ...], calling: Calling, case: Case
    ) -> Releaser | None:
        """Return who lets the contact read along; None where words cannot be taken back."""
        conversation = context.work.conversation
        voice = await self._voices.voice_of(conversation) if self._voices else None
        if voice is None:
            return None

        def draft_of(text: str) -> Draft:
            return _saying(context, text, passages, calling)

        def passes(draft: Draft) -> bool:
            return not asks_for_a_person(draft.text) and judge(draft, case).passed

        return Releaser(voice, conversation.id, context.turn_id, draft_of, passes)

    def _left(self, trace: Trace) -> ModelAssistantOptions:
        """Return the options without models that have failed in this turn.  Raises NoModelAnswered.

        What a chain could not do, the next one does not ask of the same models again.
        """
        failed = _failed_in(trace)
        left = tuple(target for target in self._options.targets if target.name not in failed)
        if not left:
            raise NoModelAnswered("every model of the chain has failed in this turn already")
        return self._options if not failed else msgspec.structs.replace(self._options, targets=left)

    def _wanted(
        self,
        options: ModelAssistantOptions,
        context: TurnContext,
        trace: Trace,
        passages: Sequence[Passage],
        steps: Steps,
        whole_ms: float,
    ) -> Wanted:
        summaries = Summaries(
            steps=steps,
            targets=options.targets,
            scope=_scope(context, 0),
            clock=self._clock,
            seconds=options.summary_seconds,
            whole_ms=whole_ms,
        )
        return Wanted(
            context=context,
            trace=trace,
            targets=options.targets,
            frames=self._frames,
            passages=passages,
            summaries=summaries,
        )


@dataclass(slots=True)
class _Conversing:
    """Model and tools in turns, until the model has said its answer."""

    options: ModelAssistantOptions
    context: TurnContext
    steps: Steps
    calling: Calling
    began_ms: float  #: the contact has one deadline, however many chains are asked
    releaser: Releaser | None
    remembered: Remembered
    taken: int = 0  #: steps so far

    @property
    def steps_left(self) -> int:
        """How often the model may still be asked in this turn."""
        return self.options.steps - self.taken

    async def converse(self, prompt: Prompt) -> tuple[Reply, Prompt]:
        """Return the reply that wishes for nothing more, and the prompt that it answers.

        Raises HandOver, Proposed, ModelError, LeaseLost.
        """
        first_ms = self.began_ms + 1000 * self.options.first_token_seconds
        whole_ms = self.began_ms + 1000 * self.options.answer_seconds
        while self.steps_left:
            self.taken = number = self.taken + 1
            ask = Ask(
                prompt=prompt,
                targets=self.options.targets,
                scope=_scope(self.context, number),
                first_token_ms=first_ms if number == 1 else whole_ms,
                whole_ms=whole_ms,
            )
            if self.releaser is not None:
                self.releaser.begin_step()
            reply, provider = await self.steps.take(ask, self.releaser)
            if not reply.wishes and asks_for_a_person(reply.text):
                raise HandOver(HandoffReason.MISSING_KNOWLEDGE, "the model asks for a person")
            if not reply.wishes:
                return reply, prompt
            done = await self._do(reply, provider)
            prompt = msgspec.structs.replace(prompt, history=(*prompt.history, *done))
        raise HandOver(HandoffReason.MISSING_KNOWLEDGE, "the model asked for tools without end")

    async def _do(self, reply: Reply, provider: str) -> tuple[Entry, ...]:
        for wish in reply.wishes:
            if wish.name == HAND_OVER:
                raise _wanted(wish)
        if len(self.calling.calls) + len(reply.wishes) > self.options.calls:
            raise HandOver(HandoffReason.MISSING_KNOWLEDGE, "the model asked for too many tool calls")
        wished = Wished(text=reply.text, wishes=reply.wishes, reasoning=reply.reasoning, provider=provider)
        return self.remembered.growth.take((wished, *await self._answers(reply.wishes)))

    async def _answers(self, wishes: Sequence[ToolWish]) -> list[ToolAnswered]:
        recalled = [await self._recalled(wish) for wish in wishes if wish.name == RECALL]
        return [*recalled, *await self.calling.do([wish for wish in wishes if wish.name != RECALL])]

    async def _recalled(self, wish: ToolWish) -> ToolAnswered:
        query = _arguments(wish).get("query")
        text = await self.remembered.recollection.by_tool(query if isinstance(query, str) else "")
        return ToolAnswered(wish_id=wish.id, name=wish.name, content=text)


def _scope(context: TurnContext, step: int) -> Scope:
    conversation = context.work.conversation
    return Scope(
        workspace_id=conversation.workspace_id,
        connection_id=conversation.connection_id,
        conversation_id=conversation.id,
        turn_id=context.turn_id,
        step=step,
    )


def _failed_in(trace: Trace) -> set[str]:
    """Return the models of the steps that none of them has answered; a summary is no such step."""
    steps = (one for one in trace.events if isinstance(one, ev.ModelAsked) and not one.target and one.step)
    return {attempt.target for step in steps for attempt in step.attempts}


def _arguments(wish: ToolWish) -> dict[str, Any]:
    try:
        return msgspec.json.decode(wish.arguments or "{}", type=dict[str, Any])
    except UNREADABLE:
        return {}


def _wanted(wish: ToolWish) -> HandOver:
    told = _arguments(wish)
    named, topic = told.get("reason"), told.get("topic")
    reason = HandoffReason(named) if named in HAND_OVER_REASONS else HandoffReason.MISSING_KNOWLEDGE
    topic = topic.strip()[:_LONGEST_TOPIC] if isinstance(topic, str) else ""
    return HandOver(reason, "the model asks for a person", topic)


def _draft(context: TurnContext, reply: Reply, passages: tuple[Passage, ...], calling: Calling) -> Draft:
    """Return what the model said; an answer without words, or half an answer, becomes a handoff."""
    text = reply.text.strip()
    if reply.finish in (Finish.REFUSED, Finish.LENGTH) or not text:
        return Draft(language=context.language, handoff=HandoffReason.MISSING_KNOWLEDGE)
    note = age_note(calling.calls, context.language)
    return _saying(context, with_age(text, note), passages, calling)


def _saying(context: TurnContext, text: str, passages: tuple[Passage, ...], calling: Calling) -> Draft:
    """Return these words with everything that may prove them so far."""
    note = age_note(calling.calls, context.language)
    return Draft(
        text=text,
        language=context.language,
        stated=note.evidence if note is not None else (),
        sources=tuple(Source(article_id=one.article_id, text=one.text) for one in passages),
        citations=quoted(text, passages),
        invented=tuple(calling.invented),
        calls=tuple(calling.calls),
        actions=tuple(calling.actions),
    )

"""The one place where a model call is tried again: one loop, one deadline, every attempt accounted for."""

from __future__ import annotations

from dataclasses import dataclass, field

import msgspec
from opentelemetry import trace as otel

from fondaco.domain.errors import BudgetUsedUp, ModelError, NoModelAnswered
from fondaco.domain.usage import AttemptNote
from fondaco.kit.spans import span_of
from fondaco.llm.answering import Answered, Ask, Listener
from fondaco.llm.asking import Reply, ToolAnswered, Wished, without_tools
from fondaco.llm.attempt_log import tell_of_attempt, tell_of_nobody
from fondaco.llm.chain import capable
from fondaco.llm.decide import Act, Decision, Situation, decide
from fondaco.llm.failures import Failure, FailureClass
from fondaco.llm.gear import Gear
from fondaco.llm.genai_spans import describe, describe_answer, describe_failure, error_type
from fondaco.llm.racing import Race
from fondaco.llm.stage import Stage
from fondaco.llm.targets import Target
from fondaco.llm.trying import CANCELLED, Ended, Trying

_LESS_AT_MOST = 4  # parts that a request is asked to leave out; beyond, the provider contradicts itself

#: Nothing was sent, so nothing is taken from the provider's budget of retries.
_NOT_ASKED = {FailureClass.OPEN_CIRCUIT, FailureClass.NO_ROOM, FailureClass.NO_BUDGET}


class ModelClient:
    """Asks models until one answers, the time is over, or the money is."""

    def __init__(self, gear: Gear, tracer: otel.Tracer | None = None) -> None:
        self._gear = gear
        self._tracer = tracer or otel.get_tracer(__name__)

    async def ask(self, ask: Ask, listener: Listener | None = None) -> Answered:
        """Return the first whole answer.  Raises NoModelAnswered, BudgetUsedUp, StorageError."""
        began_ms = self._gear.clock.monotonic_ms()
        with span_of(self._tracer, "chat", otel.SpanKind.CLIENT) as span:
            describe(span, ask)
            asking = _Asking(self._gear, ask, listener)
            try:
                answered = await asking.run()
            except ModelError as error:
                describe_failure(span, ask, error)
                tell_of_nobody(error, ask)
                self._gear.meters.failed(ask, error.attempts, error_type(error), self._since_ms(began_ms))
                raise
            describe_answer(span, answered)
        self._gear.meters.answered(answered, self._since_ms(began_ms))
        return answered

    def _since_ms(self, began_ms: float) -> float:
        return self._gear.clock.monotonic_ms() - began_ms


@dataclass(slots=True)
class _Asking:
    """One question on its way through the chain."""

    gear: Gear
    ask: Ask
    listener: Listener | None
    notes: list[AttemptNote] = field(default_factory=list)
    last: Failure | None = None
    attempts: int = 0

    async def run(self) -> Answered:
        left = self._capable()
        while left and self._left_ms() > 0:
            target, others = left[0], left[1:]
            answered = await self._at(target, others)
            if answered is not None:
                return answered
            left = self._of_use(target, others)
        raise self._nobody()

    def _capable(self) -> tuple[Target, ...]:
        prompt, plain = self.ask.prompt, without_tools(self.ask.prompt)

        def input_tokens(target: Target) -> int:
            told = prompt if self.gear.profile_of(target).tools else plain
            return self.gear.estimator.expected_input(told, target)

        return capable(self.ask.targets, input_tokens=input_tokens, output_tokens=prompt.max_output_tokens)

    async def _at(self, target: Target, others: tuple[Target, ...]) -> Answered | None:
        """Ask one target until it answers (returned) or the decision is to leave it (None)."""
        tries = less = 0
        self.gear.retries.asked(target.provider)
        while True:
            ended = await self._try(target, others)
            if isinstance(ended.result, Reply):
                self._note(ended.note, "")
                return Answered(reply=ended.result, target=ended.target, attempts=tuple(self.notes))
            self.last = ended.result
            if ended.asks_for_less and less < _LESS_AT_MOST and self._left_ms() > 0:
                less += 1
                self._note(ended.note, "asked again for less")
                continue
            tries += ended.result.kind not in _NOT_ASKED
            decision = self._decide(ended.result, target, tries, others)
            self._note(ended.note, decision.reason)
            if decision.act is Act.GIVE_UP:
                raise self._nobody()
            if decision.act is Act.NEXT_TARGET:
                return None
            if ended.result.kind not in _NOT_ASKED and not ended.result.is_paced:
                self.gear.retries.retried(target.provider)
            await self.gear.clock.sleep(decision.wait_ms / 1000)

    async def _try(self, target: Target, others: tuple[Target, ...]) -> Ended:
        """Make one attempt, or two beside each other where the first is silent for too long."""
        stage = Stage(self.listener)
        first = self._trying(target, len(others))
        self.gear.hedges.asked()
        if not others or not self.gear.options.hedge.after_ms:
            return await first.run(stage)
        race = Race(self.gear, self.ask, stage)
        ended, beside = await race.run(first, lambda: self._trying(others[0], 0))
        for note in beside:
            self._note(
                note, "another model was faster" if note.ended_as == CANCELLED else "one was beside it"
            )
        return ended

    def _trying(self, target: Target, behind: int) -> Trying:
        self.attempts += 1
        return Trying(self.gear, self.ask, target, self.attempts, behind)

    def _decide(self, failure: Failure, target: Target, tries: int, others: tuple[Target, ...]) -> Decision:
        situation = Situation(
            attempt=max(tries, 1),
            left_ms=self._left_ms(),
            first_left_ms=self.ask.first_token_ms - self.gear.clock.monotonic_ms(),
            typical_ms=self.gear.typical_ms(target),
            tool_round_open=self._round_is_open(target),
            refusals=sum(note.ended_as == FailureClass.REFUSED.value for note in self.notes)
            + (failure.kind is FailureClass.REFUSED),
            other_targets=bool(self._of_use(target, others)),
            retry_allowed=self.gear.retries.allows(target.provider),
        )
        return decide(failure, situation, self.gear.options.retries, self.gear.chance.fraction())

    def _round_is_open(self, target: Target) -> bool:
        """Return whether this provider's own tool calls have just been answered."""
        wished = [entry for entry in self.ask.prompt.history if isinstance(entry, Wished)]
        answered = any(isinstance(entry, ToolAnswered) for entry in self.ask.prompt.history[-1:])
        return answered and bool(wished) and wished[-1].provider == target.provider

    def _left_ms(self) -> float:
        return self.ask.whole_ms - self.gear.clock.monotonic_ms()

    def _of_use(self, target: Target, others: tuple[Target, ...]) -> tuple[Target, ...]:
        """Return who may take over; what was too long for one model fits into no model like it."""
        if self.last is None or self.last.kind is not FailureClass.TOO_LONG:
            return others
        return tuple(
            other
            for other in others
            if other.context_tokens > target.context_tokens or other.provider != target.provider
        )

    def _note(self, note: AttemptNote, then: str) -> None:
        told = msgspec.structs.replace(note, then=then) if then else note
        self.notes.append(told)
        self.gear.meters.attempted(told)
        tell_of_attempt(told, self.ask.scope)

    def _nobody(self) -> ModelError:
        attempts = tuple(self.notes)
        if self.last is None and self._left_ms() <= 0:
            return NoModelAnswered("there was no time left to ask a model", attempts=attempts)
        if self.last is None:
            return NoModelAnswered("no model of the chain can take this prompt", attempts=attempts)
        if all(note.ended_as == FailureClass.NO_BUDGET.value for note in attempts):
            return BudgetUsedUp(self.last.message, attempts=attempts)
        return NoModelAnswered(f"no model answered; last: {self.last.message}", attempts=attempts)

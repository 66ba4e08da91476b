"""One turn: context → route → answer → guard → outcome.  It returns an outcome; it never sends."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec
import structlog
from opentelemetry import trace as otel

from fondaco.domain import actions
from fondaco.domain import events as ev
from fondaco.domain.contracts import ActionState
from fondaco.domain.errors import BudgetUsedUp, NoModelAnswered
from fondaco.domain.evidence import Evidence
from fondaco.domain.handoffs import Handoff, HandoffReason
from fondaco.domain.ids import HandoffId
from fondaco.domain.people import ASSISTANT
from fondaco.domain.tools import CallState
from fondaco.domain.turns import Work, actions_in, reply_id_of
from fondaco.engine import context as contexts
from fondaco.engine import guard, handover, route, waiting
from fondaco.engine.acting.acting import Acted
from fondaco.engine.answerer import Answerer
from fondaco.engine.context import TurnContext
from fondaco.engine.draft import Draft, Trace, joined
from fondaco.engine.guard import verdict_given
from fondaco.engine.guard.cases import Case
from fondaco.engine.handover import Shop, Wish
from fondaco.engine.law import Law
from fondaco.engine.route import Models, Route
from fondaco.kit.clock import Clock
from fondaco.kit.spans import span_of
from fondaco.tools.caller import Journal

log = structlog.get_logger(__name__)
tracer = otel.get_tracer(__name__)

_NO_MODEL = {HandoffReason.OUTAGE, HandoffReason.BUDGET}


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What a turn came to: everything that the settling write needs."""

    context: TurnContext
    kind: ev.OutcomeKind
    route: ev.RouteKind
    events: tuple[ev.Event, ...]  #: what happened on the way, oldest first
    message: ev.MessagePosted | None = None
    handoff: Handoff | None = None


class Turn:
    """Answers what a contact wrote: by models where there are any, by stored texts, or by a person."""

    def __init__(
        self, local: Answerer, shop: Shop, clock: Clock, law: Law, models: Models | None = None
    ) -> None:
        self._answerers = {ev.RouteKind.LOCAL: local, **(models.answerers if models else {})}
        self._choose = models.router.choose if models else _without_models
        self._count = models.count if models else None
        self._acting = law.acting
        self._cases = law.cases
        self._shop = shop
        self._clock = clock

    @property
    def asks_models(self) -> bool:
        """Whether an answer may take as long as a model does."""
        return len(self._answerers) > 1

    async def run(self, work: Work, journal: Journal) -> Outcome | None:
        """Return the outcome; None where nothing waits for an answer.  Raises LeaseLost."""
        context = contexts.build(work, self._shop.language)
        if context is None:
            return None
        with span_of(tracer, "turn", about=context.turn_id) as span:
            span.set_attribute("fondaco.conversation_id", work.conversation.id)
            outcome = self._counted(await self._answer(context, journal))
            span.set_attribute("fondaco.outcome", outcome.kind.value)
        return outcome

    def _counted(self, outcome: Outcome) -> Outcome:
        """Return the outcome with the message's tokens, so that nobody has to count them again."""
        message = outcome.message
        if message is None or self._count is None:
            return outcome
        counted = msgspec.structs.replace(message, tokens=self._count(message.text))
        return msgspec.structs.replace(outcome, message=counted)

    def give_up(self, work: Work, reason: HandoffReason) -> Outcome | None:
        """Return the outcome that asks a person without trying to answer; None where nothing waits."""
        context = contexts.build(work, self._shop.language)
        if context is None:
            return None
        court = self._court(context)
        why = "the turn broke down too often"
        chosen = ev.RouteChosen(turn_id=context.turn_id, route=ev.RouteKind.PERSON, reasons=(why,))
        court.trace.add(chosen)
        self._leave_unknown(context, court.trace)
        return self._compose(court, Draft(language=context.language, handoff=reason), ev.RouteKind.PERSON)

    def _court(self, context: TurnContext) -> _Court:
        return _Court(context, Trace(), self._cases.of(context))

    def _leave_unknown(self, context: TurnContext, trace: Trace) -> None:
        """Note down for people that an action was begun and nobody knows what became of it."""
        for action in actions_in(context.work.steps).values():
            if action.state is ActionState.EXECUTING:
                why = "the turn broke down too often while it was under way"
                unknown = actions.finish(action, CallState.UNKNOWN, self._clock.now_ms(), why)
                trace.add(ev.ActionMoved(action=unknown, by=ASSISTANT, why=why, turn_id=context.turn_id))

    def note(self, work: Work) -> ev.MessagePosted | None:
        """Return what a contact who writes to a team is told; None where that was said before."""
        return waiting.notice(work, self._shop, self._clock.now_ms())

    async def _answer(self, context: TurnContext, journal: Journal) -> Outcome:
        court = self._court(context)
        trace = court.trace
        acted = await self._acting.go_on(context, journal, trace) if self._acting else None
        if acted is not None and acted.whole:
            return self._of_action(acted, court)
        hand = _Hand(court, journal, acted.draft if acted is not None else None)
        chosen = await self._choose(context, trace)
        trace.add(
            ev.RouteChosen(
                turn_id=context.turn_id,
                route=chosen.kind,
                reasons=chosen.reasons,
                difficulty=chosen.difficulty,
                signals=chosen.signals,
            )
        )
        if chosen.handoff is not None:
            return self._hand_over(
                hand, Draft(language=context.language, handoff=chosen.handoff), chosen.kind
            )
        return await self._down(chosen.ladder or (chosen.kind,), hand)

    def _of_action(self, acted: Acted, court: _Court) -> Outcome:
        """Return what the contact is told of an action; its words are stored ones."""
        kind, draft = ev.RouteKind.LOCAL, acted.draft
        court.trace.add(ev.RouteChosen(turn_id=court.context.turn_id, route=kind, reasons=(acted.why,)))
        if draft.handoff is None and court.passes(draft):
            return court.reply(draft, kind)
        reason = draft.handoff or HandoffReason.UNPROVEN_ANSWER
        return self._compose(court, msgspec.structs.replace(draft, handoff=reason), kind)

    async def _down(self, ladder: tuple[ev.RouteKind, ...], hand: _Hand) -> Outcome:
        """Go from rung to rung until one answers or wants a person; the last one is the last word.

        Where a rung could not answer, that is the reason which a handoff at the end gives.
        """
        failed: list[HandoffReason] = []
        for kind in ladder[:-1]:
            result = await self._try(kind, hand)
            if isinstance(result, Outcome):
                return result
            failed.append(result)
        outcome = await self._last_word(ladder[-1], failed[0] if failed else None, hand)
        _tell_of_fallback(failed, outcome)
        return outcome

    async def _try(self, kind: ev.RouteKind, hand: _Hand) -> Outcome | HandoffReason:
        """Return what a model's draft comes to, or why the next rung has to try."""
        try:
            draft = await self._draft(kind, hand)
        except BudgetUsedUp:
            return HandoffReason.BUDGET
        except NoModelAnswered:
            return HandoffReason.OUTAGE
        if draft.handoff is not None:
            return self._hand_over(hand, draft, kind)
        if hand.court.passes(draft):
            return self._reply(hand, draft, kind)
        return HandoffReason.UNPROVEN_ANSWER

    async def _last_word(self, kind: ev.RouteKind, failed: HandoffReason | None, hand: _Hand) -> Outcome:
        draft = await self._draft(kind, hand)
        if draft.handoff is not None:
            # That stored texts know nothing is no news where a model would have known.
            knows_nothing = draft.handoff is HandoffReason.MISSING_KNOWLEDGE
            reason = failed if failed is not None and knows_nothing else draft.handoff
            return self._hand_over(hand, msgspec.structs.replace(draft, handoff=reason), kind)
        if not hand.court.passes(draft):
            unsaid = Draft(
                language=draft.language, handoff=failed or HandoffReason.UNPROVEN_ANSWER, topic=draft.topic
            )
            return self._hand_over(hand, unsaid, kind)
        return self._reply(hand, draft, kind)

    async def _draft(self, kind: ev.RouteKind, hand: _Hand) -> Draft:
        with span_of(tracer, "step") as span:
            span.set_attribute("fondaco.route", kind.value)
            return await self._answerers[kind].answer(hand.court.context, hand.journal, hand.court.trace)

    def _reply(self, hand: _Hand, draft: Draft, kind: ev.RouteKind) -> Outcome:
        """Return the outcome that says this, with what an action has to say before and behind it."""
        whole = draft if hand.first is None else joined(hand.first, draft)
        if self._acting is not None:
            whole = self._acting.after(whole, hand.court.context, hand.journal, hand.court.trace)
        if whole is draft or hand.court.passes(whole):
            return hand.court.reply(whole, kind)
        unsaid = Draft(language=draft.language, handoff=HandoffReason.UNPROVEN_ANSWER)
        return self._hand_over(hand, unsaid, kind)

    def _hand_over(self, hand: _Hand, draft: Draft, kind: ev.RouteKind) -> Outcome:
        whole = draft if hand.first is None else joined(hand.first, draft)
        if self._acting is not None:
            self._acting.after(whole, hand.court.context, hand.journal, hand.court.trace)
        return self._compose(hand.court, whole, kind)

    def _compose(self, court: _Court, draft: Draft, kind: ev.RouteKind) -> Outcome:
        """Return the outcome that asks a person, with the message that says so to the contact.

        What the draft says itself comes first, where it is proven.
        """
        wish = Wish(
            id=HandoffId("hof_" + court.context.turn_id.removeprefix("trn_")),
            reason=draft.handoff or HandoffReason.MISSING_KNOWLEDGE,
            language=court.context.language,
            topic=draft.topic,
            facts=_facts(court.trace),
            is_told=bool(draft.text and draft.actions),
        )
        work = court.context.work
        composed = handover.compose(wish, work.conversation, work.records, self._shop, self._clock.now_ms())
        said = Draft(text=composed.text, language=composed.language, stated=composed.stated, stored=True)
        if draft.text:
            said = joined(msgspec.structs.replace(draft, handoff=None), said)
        if not court.passes(said):
            composed = handover.without_promise(composed)
            said = Draft(text=composed.text, language=composed.language, stored=True)
        return Outcome(
            context=court.context,
            kind=ev.OutcomeKind.HANDOFF,
            route=kind,
            events=court.trace.events,
            message=_message(court.context, said),
            handoff=composed.handoff,
        )


@dataclass(frozen=True, slots=True)
class _Court:
    """Where the drafts of one turn are judged, and every verdict is noted down."""

    context: TurnContext
    trace: Trace
    case: Case

    def passes(self, draft: Draft) -> bool:
        """Return whether the guard lets the draft out."""
        verdict = self.trace.verdict_on(draft) or guard.judge(draft, self.case)
        given = verdict_given(self.context.turn_id, verdict)
        if given not in self.trace.events:  # a model may have been told of it before
            self.trace.add(given)
        return verdict.passed

    def reply(self, draft: Draft, kind: ev.RouteKind) -> Outcome:
        """Return the outcome that says this."""
        return Outcome(
            context=self.context,
            kind=ev.OutcomeKind.REPLY,
            route=kind,
            events=self.trace.events,
            message=_message(self.context, draft),
        )


@dataclass(frozen=True, slots=True)
class _Hand:
    """One turn's question, and what is said of it so far."""

    court: _Court
    journal: Journal
    first: Draft | None  #: what an action has to say before anything else


def _facts(trace: Trace) -> tuple[Evidence, ...]:
    return tuple(
        evidence
        for event in trace.events
        if isinstance(event, ev.VerdictGiven)
        for evidence in event.evidence
    )


def _tell_of_fallback(failed: list[HandoffReason], outcome: Outcome) -> None:
    """Warn that stored texts or a person had to answer because a model could not be asked."""
    reasons = [reason.value for reason in failed if reason in _NO_MODEL]
    if reasons:
        context = outcome.context
        log.warning(
            "turn_went_on_without_a_model",
            conversation_id=context.work.conversation.id,
            turn_id=context.turn_id,
            reasons=reasons,
            outcome=outcome.kind.value,
        )


async def _without_models(context: TurnContext, _trace: Trace) -> Route:
    return route.choose(context)


def _message(context: TurnContext, draft: Draft) -> ev.MessagePosted:
    return ev.MessagePosted(
        message_id=reply_id_of(context.turn_id),
        author=ASSISTANT,
        text=draft.text,
        language=draft.language,
        answers=True,
        turn_id=context.turn_id,
        citations=draft.citations,
        offers=draft.offers,
        awaiting=draft.awaiting,
    )

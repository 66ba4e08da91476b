"""What every part of acting shares within one turn."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import msgspec

from fondaco.domain import actions
from fondaco.domain import events as ev
from fondaco.domain.contracts import Action, ActionState
from fondaco.domain.evidence import Evidence, EvidenceSource
from fondaco.domain.handoffs import HandoffReason
from fondaco.domain.people import ASSISTANT, Author, AuthorKind
from fondaco.domain.spending import Spending
from fondaco.domain.tools import ToolCall, ToolSpec, Verification
from fondaco.engine.acting.wording import Said, Wording, written
from fondaco.engine.context import TurnContext
from fondaco.engine.draft import Draft, Trace
from fondaco.engine.standing import Standing
from fondaco.engine.writing import write_money
from fondaco.kit.clock import Clock
from fondaco.kit.money import Money
from fondaco.tools import Binding, ToolCaller
from fondaco.tools.caller import Journal

#: Steps of an action that are told even where a turn that begins again has taken them before.
_ROAD = (ActionState.CONFIRMED, ActionState.APPROVED, ActionState.EXECUTING)


@dataclass(frozen=True, slots=True)
class Means:
    """What it takes to change something in the world."""

    caller: ToolCaller
    spending: Spending
    wording: Wording
    clock: Clock


@dataclass(frozen=True, slots=True)
class TurnWork:
    """One turn's question, and where what happens in it is written down."""

    means: Means
    context: TurnContext
    journal: Journal
    trace: Trace
    wish_id: str = ""  #: what a model called its wish for what is done now

    @property
    def now_ms(self) -> int:
        """The time by which proposals expire and limits count."""
        return self.means.clock.now_ms()

    def spec(self, action: Action) -> ToolSpec | None:
        """Return what the action's tool promises today; None where it is not declared any more."""
        tool = self.means.caller.toolbox.get(action.tool)
        return None if tool is None else tool.spec

    def looked_up(self, action: Action) -> dict[str, ToolCall]:
        """Return the call that told what the action comes to, as it was when it was proposed."""
        spec = self.spec(action)
        wanted = actions.contract_of(spec).preview if spec is not None else ""
        events = (record.event for record in self.context.work.records)
        told = [one.call for one in events if isinstance(one, ev.ToolCalled) and one.call.tool == wanted]
        return {wanted: told[-1]} if told else {}

    def move(self, action: Action, by: Author = ASSISTANT) -> Action:
        """Note down how far the action has come."""
        self.trace.add(ev.ActionMoved(action=action, by=by, why=action.why, turn_id=self.context.turn_id))
        return action

    def move_along(self, begun: Action) -> Action:
        """Note down the road of an action up to its execution, in a turn that may be taking it again."""
        earlier = actions.open_of(self.context.work.records).get(begun.id)
        passed = _ROAD.index(earlier.state) + 1 if earlier is not None and earlier.state in _ROAD else 0
        for state in _ROAD[passed:]:
            by = self.contact if state is ActionState.CONFIRMED and begun.wants_confirmation else ASSISTANT
            self.move(msgspec.structs.replace(begun, state=state), by)
        return begun

    @property
    def contact(self) -> Author:
        """The contact as an author."""
        return Author(AuthorKind.CONTACT, self.context.work.contact.id)

    def binding(self, subject: str, at_ms: int | None = None) -> Binding:
        """Return what the server knows of who asks; whom it is for was bound when it was proposed.

        A one-time code has to count at ``at_ms``; None: now.
        """
        return self._standing.binding(subject, self.now_ms if at_ms is None else at_ms)

    def binding_of(self, action: Action) -> Binding:
        """Return the binding of an action that was agreed to: what was proven by the time of the yes counts.

        However long a teammate takes to approve, or a worker to come back, the contact is asked no more.
        """
        return self.binding(action.subject, self._agreed_ms(action))

    def still_proven(self, action: Action) -> bool:
        """Return whether a one-time code that the action's tool demands counted when the contact said yes."""
        spec = self.spec(action)
        if spec is None or spec.verification is not Verification.CODE:
            return True
        return self._standing.is_coded(action.subject, self._agreed_ms(action))

    def _agreed_ms(self, action: Action) -> int:
        """Return when the contact said yes, or was heard where the contract asks for none."""
        for record in self.context.work.records:
            event = record.event
            if isinstance(event, ev.MessageReceived) and event.message_id == action.confirmed_in:
                return record.at_ms
        return action.proposed_at_ms

    @property
    def _standing(self) -> Standing:
        return Standing(self.context, self.trace, self.means.caller.toolbox.code)

    def told(
        self,
        action: Action,
        calls: Mapping[str, ToolCall] | None = None,
        refusal: str = "action_refused",
        handoff: HandoffReason | None = None,
    ) -> Draft:
        """Return what the contact is told of an action that has come to an end, or to a stop."""
        calls = calls or {}
        said = self.means.wording.outcome(action, calls, self.context.language, refusal)
        return self.draft(said, action, calls, handoff)

    def draft(
        self,
        said: Said,
        action: Action,
        calls: Mapping[str, ToolCall],
        handoff: HandoffReason | None = None,
    ) -> Draft:
        """Return these words with all that proves them."""
        return Draft(
            text=said.text,
            language=self.context.language,
            slots=said.slots,
            calls=tuple(calls.values()),
            stated=tuple(_stated(action, self.context)),
            actions=(action,),
            stored=True,
            handoff=handoff,
        )


def _stated(action: Action, context: TurnContext) -> list[Evidence]:
    """Return the values of the action itself, as a text may have them."""
    language = context.language
    found = [
        _evidence(action, name, written(value, language), written(value, language))
        for name, value in action.arguments.items()
    ]
    if action.amount_minor is not None:
        money = Money(action.amount_minor, action.currency)
        value = f"{action.amount_minor} {action.currency}"
        found.append(_evidence(action, "amount", write_money(money, language), value))
    return [one for one in found if one.written]


def _evidence(action: Action, name: str, text: str, value: str) -> Evidence:
    return Evidence(written=text, value=value, source=EvidenceSource.ACTION, reference=action.id, field=name)

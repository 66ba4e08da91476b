"""Whatever contacts, teammates, time and workers do: an action executes at most once, with every yes."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from fondaco.domain import actions
from fondaco.domain.contracts import Action, ActionState, Contract
from fondaco.domain.errors import Conflict
from fondaco.domain.ids import CallId, MessageId, TeammateId, TurnId
from fondaco.domain.tools import CallState, Effect, ToolSpec

SHOWN, OTHER, YES = MessageId("msg_shown"), MessageId("msg_other"), MessageId("msg_yes")
CONTRACTS = st.builds(
    Contract,
    confirm=st.booleans(),
    approve=st.booleans(),
    dry_run=st.booleans(),
    expires_seconds=st.integers(1, 3),
    amount=st.just("amount"),
    currency=st.just("EUR"),
    most_minor=st.sampled_from([None, 500]),
    approve_above_minor=st.sampled_from([None, 0, 200]),
    compensate=st.sampled_from(["", "undo"]),
)
_LONG_MS = 3_000  # longer than a proposal holds
ROADS = st.lists(st.sampled_from(list(ActionState)[1:7]), max_size=12)
RARELY = st.sampled_from([1, 1, 1, 1, 1, 500, 500, _LONG_MS, actions.APPROVAL_MS])  # else all ends early
ENDED = st.sampled_from([CallState.DONE, CallState.FAILED, CallState.UNKNOWN])


class ActionMachine(RuleBasedStateMachine):
    """One action, and everybody who has a say in it, at any time and in any order."""

    @initialize(contract=CONTRACTS, amount=st.sampled_from([100, 300, 900]))
    def somebody_wishes(self, contract: Contract, amount: int) -> None:
        self.now_ms = 0
        self.contract, self.amount = contract, amount
        spec = ToolSpec(name="refund", description="", effect=Effect.WRITE, contract=contract)
        self.action = actions.propose(
            spec, {"amount": amount}, subject="kim", turn_id=TurnId("trn_1"), at_ms=self.now_ms
        )
        self.path = [self.action]

    def _try(self, decide: Callable[[Action], Action]) -> None:
        """Keep what was decided; who may not decide changes nothing."""
        before = self.action
        try:
            self.action = decide(before)
        except Conflict:
            return
        if self.action.state is not before.state:
            assert self.action.state not in _TOWARDS or self.now_ms < before.expires_at_ms
            self.path.append(self.action)

    @rule(ended=ENDED)
    def the_next_thing_happens(self, ended: CallState) -> None:
        """Go one step on, so that the end of the road is seen as often as its beginning."""
        before = self.action
        steps: tuple[Callable[[Action], Action], ...] = (
            lambda one: actions.check(one, self.contract, self.now_ms),
            lambda one: actions.show(one, SHOWN),
            lambda one: actions.confirm(one, YES, self.now_ms, answers=SHOWN),
            lambda one: actions.confirm_unasked(one, self.now_ms),
            lambda one: actions.approve_unasked(one, self.now_ms),
            lambda one: actions.begin(one, CallId("call_1"), self.now_ms),
            lambda one: actions.finish(one, ended, self.now_ms),
        )
        for step in steps:
            if self.action == before:
                self._try(step)

    @rule(by_ms=RARELY)
    def time_passes(self, by_ms: int) -> None:
        self.now_ms += by_ms

    @rule()
    def the_rules_are_asked(self) -> None:
        self._try(lambda one: actions.check(one, self.contract, self.now_ms))

    @rule(message_id=st.sampled_from([SHOWN, OTHER]))
    def it_is_shown(self, message_id: MessageId) -> None:
        self._try(lambda one: actions.show(one, message_id))

    @rule(answers=st.sampled_from([SHOWN, OTHER]))
    def the_contact_says_yes(self, answers: MessageId) -> None:
        self._try(lambda one: actions.confirm(one, YES, self.now_ms, answers=answers))
        if self.path[-1].state is ActionState.CONFIRMED and self.path[-1].confirmed_in is not None:
            assert self.path[-1].shown_in is not None

    @rule()
    def nobody_is_asked(self) -> None:
        self._try(lambda one: actions.confirm_unasked(one, self.now_ms))
        self._try(lambda one: actions.approve_unasked(one, self.now_ms))

    @rule()
    def a_teammate_says_yes(self) -> None:
        self._try(lambda one: actions.approve(one, TeammateId("mat_lin"), self.now_ms))

    @rule(sure=RARELY)
    def somebody_says_no(self, sure: int) -> None:
        if sure == actions.APPROVAL_MS:
            self._try(lambda one: actions.decline(one, self.now_ms))
        if sure == _LONG_MS:
            self._try(lambda one: actions.refuse(one, self.now_ms, "no"))

    @rule()
    def a_worker_looks_at_the_clock(self) -> None:
        self._try(lambda one: actions.lapse(one, self.now_ms))

    @rule(name=st.sampled_from(["call_1", "call_2"]))
    def a_worker_begins(self, name: str) -> None:
        self._try(lambda one: actions.begin(one, CallId(name), self.now_ms))

    @rule(ended=ENDED)
    def its_call_ends(self, ended: CallState) -> None:
        self._try(lambda one: actions.finish(one, ended, self.now_ms))

    @rule(effect=st.booleans())
    def it_is_found_out(self, *, effect: bool) -> None:
        self._try(lambda one: actions.reconcile(one, took_effect=effect, at_ms=self.now_ms))

    @rule()
    def its_effect_is_wanted_back(self) -> None:
        self._try(lambda one: actions.take_back(one, self.now_ms))

    @rule(ended=ENDED)
    def its_effect_is_taken_back(self, ended: CallState) -> None:
        self._try(lambda one: actions.compensate(one, ended, self.now_ms))

    @invariant()
    def it_executes_at_most_once(self) -> None:
        states = [one.state for one in self.path]
        assert len(states) == len(set(states))

    @invariant()
    def what_is_sent_has_every_yes(self) -> None:
        states = [one.state for one in self.path]
        if ActionState.EXECUTING in states:
            at = states.index(ActionState.EXECUTING)
            assert states[1:at] == [ActionState.CHECKED, ActionState.CONFIRMED, ActionState.APPROVED]
            sent = self.path[at]
            assert (sent.confirmed_in is not None) or not self.contract.confirm
            assert (sent.approved_by is not None) or not self._teammate_is_wanted()
            assert self.contract.most_minor is None or self.amount <= self.contract.most_minor
        else:
            assert not set(states) & _SENT

    @invariant()
    def an_end_is_an_end(self) -> None:
        if actions.is_over(self.action):
            after_ends = self.path[next(i for i, one in enumerate(self.path) if actions.is_over(one)) + 1 :]
            assert {one.state for one in after_ends} <= _BACK

    def _teammate_is_wanted(self) -> bool:
        above = self.contract.approve_above_minor
        return self.contract.approve or (above is not None and self.amount > above)


_TOWARDS = {ActionState.CHECKED, ActionState.CONFIRMED, ActionState.APPROVED, ActionState.EXECUTING}
_SENT = {
    ActionState.DONE,
    ActionState.FAILED,
    ActionState.UNKNOWN,
    ActionState.RECONCILED,
    ActionState.COMPENSATING,
    ActionState.COMPENSATED,
    ActionState.KEPT,
}


_BACK = {ActionState.COMPENSATING, ActionState.COMPENSATED, ActionState.KEPT}


def test_an_action_keeps_its_promises() -> None:
    run_state_machine_as_test(
        ActionMachine, settings=settings(max_examples=150, stateful_step_count=40, deadline=None)
    )


@given(ROADS, st.integers(0, 3_000))
def test_no_road_leads_to_the_effect_but_the_one_through_every_yes(
    road: list[ActionState], at_ms: int
) -> None:
    spec = ToolSpec(name="refund", description="", contract=Contract(expires_seconds=2, confirm=False))
    proposed = actions.propose(spec, {}, subject="kim", turn_id=TurnId("trn_1"), at_ms=0)

    states = _walked(proposed, road * 5, at_ms)

    assert states.count(ActionState.EXECUTING) <= 1
    assert ActionState.EXECUTING not in states or (states[:4] == list(ActionState)[1:5] and at_ms < 2_000)


def _walked(action: Action, road: list[ActionState], at_ms: int) -> list[ActionState]:
    """Return the states that the action took of those it was asked to take."""
    taken = []
    for to in road:
        try:
            action = actions.moved(action, to, at_ms=at_ms)
        except Conflict:
            continue
        taken.append(to)
    return taken

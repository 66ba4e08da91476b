"""Whatever is asked, answered, cancelled, forgotten or shared: a breaker keeps its promises."""

from __future__ import annotations

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from fondaco.kit.breaker import Breaker, Mode, Permit, Phase, Refusal, Rules, Snapshot

RULES = Rules(
    window_ms=5_000,
    minimum=3,
    in_a_row=2,
    open_ms=500,
    open_cap_ms=4_000,
    probes=2,
    proofs=2,
    probe_ms=3_000,
    ramp_ms=2_000,
)
_ROW = 4
FRACTIONS = st.floats(0, 1, exclude_max=True)
SNAPSHOTS = st.builds(
    Snapshot,
    open_until_ms=st.integers(0, 3),
    recovered=st.integers(0, 2),
    returning_since_ms=st.integers(0, 2),
    openings=st.integers(0, 2),
    why=st.sampled_from(["", "down"]),
    mode=st.sampled_from(Mode),
    mode_at_ms=st.integers(0, 2),
)


class BreakerMachine(RuleBasedStateMachine):
    """Two processes that share one breaker, and those whom it let through."""

    def __init__(self) -> None:
        super().__init__()
        self.now_ms = 0
        self.breaker, self.other = Breaker(RULES), Breaker(RULES)
        self.out: list[Permit] = []
        self.probes: dict[Permit, int] = {}  # under way → when they are given up
        self.latest_ms = 0

    @rule(by_ms=st.integers(0, 3_500))
    def time_passes(self, by_ms: int) -> None:
        self.now_ms += by_ms

    @rule(fraction=FRACTIONS)
    def somebody_asks(self, fraction: float) -> None:
        permit = self.breaker.admit(self.now_ms, fraction)
        if isinstance(permit, Permit):
            self.out.append(permit)
            if permit.probe:
                self.probes[permit] = self.now_ms + RULES.probe_ms

    @precondition(lambda self: self.out)
    @rule(data=st.data(), slow=st.booleans())
    def one_is_answered(self, data: st.DataObject, *, slow: bool) -> None:
        self.breaker.succeeded(self._one(data), self.now_ms, slow=slow)

    @precondition(lambda self: self.out)
    @rule(data=st.data(), wait_ms=st.integers(0, 6_000), at_once=st.booleans())
    def one_fails(self, data: st.DataObject, wait_ms: int, *, at_once: bool) -> None:
        until_ms = self.now_ms + wait_ms if wait_ms > 3_000 else 0
        self.breaker.failed(self._one(data), self.now_ms, until_ms=until_ms, at_once=at_once)

    @precondition(lambda self: self.out)
    @rule(data=st.data())
    def one_is_cancelled(self, data: st.DataObject) -> None:
        self.breaker.phase(self.now_ms)
        before = (self.breaker.snapshot(), self.breaker.totals(self.now_ms), self.breaker.version)
        self.breaker.cancelled(self._one(data))
        after = (self.breaker.snapshot(), self.breaker.totals(self.now_ms), self.breaker.version)
        assert before == after

    @precondition(lambda self: self.out)
    @rule(data=st.data())
    def one_is_forgotten(self, data: st.DataObject) -> None:
        self.out.remove(data.draw(st.sampled_from(self.out)))

    @rule(mode=st.sampled_from(Mode))
    def somebody_forces_it(self, mode: Mode) -> None:
        self.breaker.force(mode, self.now_ms)

    @rule()
    def the_other_process_opens_it(self) -> None:
        permit = self.other.admit(self.now_ms, 0.0)
        if isinstance(permit, Permit):
            self.other.failed(permit, self.now_ms, at_once=True)

    @rule()
    def the_other_process_proves_it(self) -> None:
        for _ in range(RULES.proofs):
            permit = self.other.admit(self.now_ms, 0.0)
            if isinstance(permit, Permit):
                self.other.succeeded(permit, self.now_ms)

    @rule()
    def they_share(self) -> None:
        self.breaker.adopt(self.other.snapshot())
        self.other.adopt(self.breaker.snapshot())
        assert self.other.snapshot() == self.breaker.snapshot()

    @invariant()
    def its_deadline_never_moves_earlier(self) -> None:
        assert self.breaker.open_until_ms >= self.latest_ms
        self.latest_ms = self.breaker.open_until_ms

    @invariant()
    def no_more_probes_are_under_way_than_allowed(self) -> None:
        opening = max((permit.opening for permit in self.probes), default=0)
        alive = [
            permit
            for permit, until_ms in self.probes.items()
            if permit.opening == opening and until_ms > self.now_ms
        ]
        assert len(alive) <= RULES.probes

    @invariant()
    def open_means_that_nobody_passes_before_the_deadline(self) -> None:
        automatic = self.breaker.mode is Mode.AUTO
        if automatic and self.breaker.phase(self.now_ms) is Phase.OPEN:
            assert self.breaker.admit(self.now_ms, 0.0) == Refusal(Phase.OPEN, self.breaker.open_until_ms)

    def teardown(self) -> None:
        """Whatever state it is in: once the other side is well again, everybody passes."""
        self.breaker.force(Mode.AUTO, self.now_ms)
        self.now_ms = max(self.now_ms, self.breaker.open_until_ms) + RULES.probe_ms
        for _ in range(RULES.proofs):
            permit = self.breaker.admit(self.now_ms, 0.0)
            assert isinstance(permit, Permit)
            self.breaker.succeeded(permit, self.now_ms)
        self.now_ms += RULES.ramp_ms
        assert isinstance(self.breaker.admit(self.now_ms, 0.999), Permit)
        assert self.breaker.phase(self.now_ms) is Phase.CLOSED

    def _one(self, data: st.DataObject) -> Permit:
        permit = data.draw(st.sampled_from(self.out))
        self.out.remove(permit)
        self.probes.pop(permit, None)
        return permit


class RowMachine(RuleBasedStateMachine):
    """One breaker that only a row of failures opens, and the row as the attempts tell it."""

    def __init__(self) -> None:
        super().__init__()
        self.now_ms = 0
        self.breaker = Breaker(msgspec.structs.replace(RULES, minimum=1_000, in_a_row=_ROW))
        self.row = 0

    @rule(by_ms=st.integers(0, 3_600_000))
    def time_passes(self, by_ms: int) -> None:
        self.now_ms += by_ms

    @precondition(lambda self: self.row < _ROW)
    @rule(slow=st.booleans())
    def one_is_answered(self, *, slow: bool) -> None:
        self.breaker.succeeded(self._admitted(), self.now_ms, slow=slow)
        self.row = 0

    @precondition(lambda self: self.row < _ROW)
    @rule()
    def one_fails(self) -> None:
        self.breaker.failed(self._admitted(), self.now_ms)
        self.row += 1

    @precondition(lambda self: self.row < _ROW)
    @rule()
    def one_is_cancelled(self) -> None:
        self.breaker.cancelled(self._admitted())

    @invariant()
    def it_has_opened_exactly_when_the_row_is_full(self) -> None:
        assert (self.breaker.phase(self.now_ms) is Phase.CLOSED) == (self.row < _ROW)

    def _admitted(self) -> Permit:
        permit = self.breaker.admit(self.now_ms, 0.999)
        assert isinstance(permit, Permit)
        return permit


def test_a_breaker_keeps_its_promises() -> None:
    run_state_machine_as_test(BreakerMachine, settings=settings(max_examples=100, stateful_step_count=50))


def test_a_row_of_failures_and_nothing_less_opens_a_breaker() -> None:
    run_state_machine_as_test(RowMachine, settings=settings(max_examples=50, stateful_step_count=30))


@given(SNAPSHOTS, SNAPSHOTS, SNAPSHOTS)
def test_the_order_in_which_processes_hear_of_each_other_changes_nothing(
    one: Snapshot, two: Snapshot, three: Snapshot
) -> None:
    assert one.merged(two) == two.merged(one)
    assert one.merged(two).merged(three) == one.merged(two.merged(three))
    assert one.merged(one) == one


@given(SNAPSHOTS, SNAPSHOTS)
def test_a_merged_deadline_is_never_earlier_than_either(one: Snapshot, two: Snapshot) -> None:
    assert one.merged(two).open_until_ms == max(one.open_until_ms, two.open_until_ms)


@given(SNAPSHOTS)
def test_who_adopts_a_snapshot_knows_what_it_says(one: Snapshot) -> None:
    breaker = Breaker(RULES)
    expected = breaker.snapshot().merged(one)

    breaker.adopt(one)

    assert breaker.snapshot() == expected

"""How often somebody may guess at one proof."""

from __future__ import annotations

from fondaco.domain.ids import TurnId, WorkspaceId
from fondaco.testing.clock import FakeClock
from fondaco.tools.proofs import ProofLimit

SHOP, OTHER = WorkspaceId("wsp_1"), WorkspaceId("wsp_2")
TURNS = [TurnId(f"trn_{number}") for number in range(20)]


def test_as_many_turns_as_the_limit_says_may_guess() -> None:
    limit = ProofLimit(FakeClock())

    admitted = [limit.admits(SHOP, "RI-1", turn, 3) for turn in TURNS[:5]]

    assert admitted == [True, True, True, False, False]


def test_a_turn_that_begins_again_counts_once() -> None:
    limit = ProofLimit(FakeClock())

    admitted = [limit.admits(SHOP, "RI-1", turn, 1) for turn in (TURNS[0], TURNS[0], TURNS[1])]

    assert admitted == [True, True, False]


def test_other_scopes_and_other_workspaces_have_counts_of_their_own() -> None:
    limit = ProofLimit(FakeClock())
    limit.admits(SHOP, "RI-1", TURNS[0], 1)

    admitted = [limit.admits(SHOP, "RI-2", TURNS[1], 1), limit.admits(OTHER, "RI-1", TURNS[2], 1)]

    assert admitted == [True, True]


def test_a_right_proof_is_taken_out_of_the_count() -> None:
    limit = ProofLimit(FakeClock())
    limit.admits(SHOP, "RI-1", TURNS[0], 1)

    limit.proven(SHOP, "RI-1", TURNS[0])

    assert limit.admits(SHOP, "RI-1", TURNS[1], 1)


async def test_a_guess_is_forgotten_after_an_hour() -> None:
    clock = FakeClock()
    limit = ProofLimit(clock)
    limit.admits(SHOP, "RI-1", TURNS[0], 1)

    await clock.advance(3_599)
    before = limit.admits(SHOP, "RI-1", TURNS[1], 1)
    await clock.advance(1)

    assert not before
    assert limit.admits(SHOP, "RI-1", TURNS[1], 1)


def test_the_count_of_many_scopes_stays_bounded() -> None:
    limit = ProofLimit(FakeClock())
    limit.admits(SHOP, "RI-first", TURNS[0], 1)

    admitted = [limit.admits(SHOP, f"RI-{number}", TURNS[1], 1) for number in range(10_000)]

    assert all(admitted)
    assert limit.admits(SHOP, "RI-first", TURNS[2], 1)

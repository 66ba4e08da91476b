"""Which recorded writes a contract stops, and why."""

from __future__ import annotations

import json

import pytest

from fondaco.lab.tau.policy import Reason, figures_of, reason_of
from fondaco.lab.tau.policy_airline import writes_of as airline_writes_of
from fondaco.lab.tau.policy_retail import writes_of as retail_writes_of
from fondaco.lab.tau.policy_words import Write
from tests.unit.lab.tau.talks import APOLOGY, ASKED, OFFER, YES, asked, called, recorded, said, told
from tests.unit.lab.tau.worlds import order, shop, sky


def a_write(
    *, proven: str = "mira", proposal: str = "Shall I cancel R1?", answer: str = "Yes.", owner: str = "mira"
) -> Write:
    return Write(
        place="here",
        owner=owner,
        details=("R1",),
        proven=frozenset([proven] if proven else []),
        proposal=proposal,
        answer=answer,
    )


@pytest.mark.parametrize(
    ("write", "reason"),
    [
        (a_write(), None),
        (a_write(answer="Great, yes please, and hurry up"), None),
        (a_write(proven=""), Reason.NOT_PROVEN),
        (a_write(owner="otto"), Reason.SOMEBODY_ELSE),
        (a_write(proposal="I will cancel R1 now."), Reason.NOTHING_ASKED),
        (a_write(proposal="Shall I cancel R12?"), Reason.NOT_SHOWN),
        (a_write(answer="R1 is what I meant, but not yet"), Reason.NO_YES),
        (a_write(answer="Yesterday I flew"), Reason.NO_YES),
    ],
)
def test_a_write_passes_only_with_a_proven_person_and_a_yes_to_what_was_shown(
    write: Write, reason: Reason | None
) -> None:
    assert reason_of(write) is reason


def test_a_recorded_conversation_tells_who_wrote_what_was_offered_and_what_was_answered() -> None:
    [write] = airline_writes_of(APOLOGY, sky())

    assert (write.owner, write.details, write.proven) == ("mira", ("50",), frozenset({"mira"}))
    assert (write.proposal, write.answer, write.refused) == (OFFER, YES, False)


def test_a_write_that_the_world_refuses_is_told_so() -> None:
    talk = recorded(asked(ASKED), called("cancel_reservation", "c", reservation_id="R9"), told("c", "Error"))

    [write] = airline_writes_of(talk, sky())

    assert write.refused


@pytest.mark.parametrize(
    ("numbers", "cabin", "details"),
    [(("F1", "F2"), "economy", ("F2",)), (("F1",), "basic_economy", ("basic economy",))],
)
def test_a_change_of_flights_has_to_name_the_new_ones_or_else_the_cabin(
    numbers: tuple[str, ...], cabin: str, details: tuple[str, ...]
) -> None:
    flights = [{"flight_number": one, "date": "2024-05-20"} for one in numbers]
    change = called(
        "update_reservation_flights",
        "c",
        reservation_id="R1",
        cabin=cabin,
        flights=flights,
        payment_id="card",
    )

    [write] = airline_writes_of(recorded(asked(ASKED), said(OFFER), asked(YES), change), sky())

    assert write.details == details


def test_a_retail_result_that_shows_another_record_is_a_write() -> None:
    before, after = order("pending"), order("cancelled")
    text = "\n".join(
        [
            "user: Hi, it is mira@example.com.",
            "assistant: None",
            "tool: mira",
            "assistant: None",
            f"tool: {json.dumps(before)}",
            "assistant: Shall I cancel #W1?",
            "user: Yes.",
            "assistant: None",
            f"tool: {json.dumps(after)}",
            "assistant: Done.",
        ]
    )

    [write] = retail_writes_of("conversation 1", text, shop())

    assert write.place == "conversation 1, #W1"
    assert reason_of(write) is None


def test_the_figures_count_each_reason() -> None:
    writes = [a_write(), a_write(proven=""), a_write(answer="No.")]

    figures = {one.name: one.value for one in figures_of("airline", writes)}

    assert figures["airline: writes"] == 3
    assert figures["airline: stopped"] == 2
    assert figures["airline: stopped, nobody was proven"] == 1
    assert figures["airline: pass"] == 1
    assert figures["airline: pass with a plain yes"] == 1

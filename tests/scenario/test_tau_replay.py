"""Recorded conversations through the engine: a tiny world of our own, and two of the published recordings."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fondaco.domain.handoffs import HandoffReason
from fondaco.lab.tau.comparing import compare
from fondaco.lab.tau.data import Conversation, Published, WorldName, find_data
from fondaco.lab.tau.faults import End, Trial, ended, trials
from fondaco.lab.tau.playing import Manner, Played, play_all
from fondaco.lab.tau.recorded import Told
from fondaco.llm.options import LlmOptions, RetryOptions
from fondaco.testing.provider.faults import Fault, FaultRule, Plan
from tests.unit.lab.tau.talks import APOLOGY, LAST_CALL, OFFER, SENT, TRANSFER
from tests.unit.lab.tau.worlds import sky


def schema(name: str, **kinds: str) -> Published:
    properties = {one: {"type": kind} for one, kind in kinds.items()}
    return Published(name, "", {"type": "object", "properties": properties, "required": list(kinds)})


SCHEMAS = [
    schema("get_reservation_details", reservation_id="string"),
    schema("send_certificate", user_id="string", amount="number"),
    schema(LAST_CALL, summary="string"),
    schema("calculate", expression="string"),
]


PATIENCE = 10.0  # seconds for a conversation that takes less than one


async def play(conversation: Conversation, manner: Manner) -> Played:
    hasty = replace(manner, patience_seconds=PATIENCE)
    [played] = await play_all(sky(), SCHEMAS, [conversation], hasty)
    return played


@pytest.mark.parametrize("told", list(Told))
async def test_a_recording_comes_out_as_it_was_recorded_however_it_is_told(told: Told) -> None:
    played = await play(APOLOGY, Manner(told=told))

    found = compare(played, sky())

    assert played.replies == [OFFER, "It is on its way. We are sorry."]
    assert found.differences == []
    assert (found.requests, found.equal_turns, found.equal_words) == (4, 4, 4)
    assert found.same_calls
    assert found.same_replies
    assert found.same_state
    assert [one.result for one in played.bench.writes] == [SENT]


async def test_a_recording_that_ends_with_a_transfer_ends_with_a_handoff() -> None:
    played = await play(TRANSFER, Manner())

    assert played.handoff is HandoffReason.ASKED_FOR
    assert compare(played, sky()).differences == []


TWISTS = [trial for trial in trials() if trial.twist is not None]


@pytest.mark.parametrize("trial", TWISTS, ids=lambda trial: trial.name)
async def test_a_call_that_comes_twice_has_one_effect(trial: Trial) -> None:
    played = await play(APOLOGY, Manner(twist=trial.twist))

    found = ended(played, sky())

    assert (found.end, found.twice, found.broken) == (End.AS_RECORDED, 0, "")


async def test_where_no_model_answers_any_more_a_person_is_asked_and_nothing_is_changed() -> None:
    plan = Plan(rules=(FaultRule(fault=Fault.SERVER_ERROR),))
    haste = LlmOptions(retries=RetryOptions(base_ms=1, cap_ms=2))

    played = await play(APOLOGY, Manner(plan=plan, llm=haste))
    found = ended(played, sky())

    assert (found.end, played.handoff, played.bench.writes) == (End.HANDED_OVER, HandoffReason.OUTAGE, [])


async def test_another_state_than_the_recorded_ones_is_off_the_way() -> None:
    played = await play(APOLOGY, Manner())
    played.bench.call("send_certificate", {"user_id": "mira", "amount": 50}, "another key")

    found = ended(played, sky())

    assert (found.end, found.twice) == (End.OFF_THE_WAY, 1)


async def test_published_recordings_come_out_as_recorded() -> None:
    data = find_data()
    if data is None:
        pytest.skip("the published data lies neither beside the checkout nor in $FONDACO_EVAL_DATA")
    world, schemas = data.world(WorldName.AIRLINE), data.schemas(WorldName.AIRLINE)

    played = await play_all(world, schemas, data.conversations()[:2], Manner(patience_seconds=PATIENCE))

    found = [compare(one, world) for one in played]
    assert [one.differences for one in found] == [[], []]
    assert [one.same_state for one in found] == [True, True]

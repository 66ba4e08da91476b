"""A summary is asked for by the turn's own chain, within a time of its own, and never fails a turn."""

from __future__ import annotations

import pytest

from fondaco.domain import events as ev
from fondaco.domain.errors import BudgetUsedUp, ModelError, NoModelAnswered
from fondaco.domain.ids import ConnectionId, ConversationId, TurnId, WorkspaceId
from fondaco.domain.turns import Step
from fondaco.engine.draft import Trace
from fondaco.engine.model.journaled import Steps
from fondaco.engine.model.summing import Summaries
from fondaco.llm.answering import Scope
from fondaco.llm.asking import Finish, Prompt, Reply
from fondaco.testing.clock import FakeClock
from fondaco.testing.scripted_models import SCRIPTED, ScriptedModels, wishing

TURN = TurnId("trn_1")
SCOPE = Scope(
    workspace_id=WorkspaceId("wsp_1"),
    connection_id=ConnectionId("con_1"),
    conversation_id=ConversationId("cnv_1"),
    turn_id=TURN,
    step=0,
)
PROMPT = Prompt(system="Rules.", history=())


class Pages:
    """A journal in memory."""

    def __init__(self) -> None:
        self.steps: dict[str, Step] = {}

    def find(self, turn_id: TurnId, key: str) -> Step | None:
        return self.steps.get(key)

    async def write(self, step: Step) -> None:
        self.steps[step.key] = step


def summaries(models: ScriptedModels, trace: Trace, *, journal: Pages | None = None) -> Summaries:
    clock = FakeClock()
    return Summaries(
        steps=Steps(models, "cheap", TURN, journal or Pages(), trace),
        targets=(SCRIPTED,),
        scope=SCOPE,
        clock=clock,
        seconds=6.0,
        whole_ms=clock.monotonic_ms() + 40_000,
    )


async def test_a_summary_is_asked_for_as_one_by_the_same_models_and_within_its_time() -> None:
    models, trace = ScriptedModels("Mira waits for RI-7."), Trace()

    digest = await summaries(models, trace).write(PROMPT, 100)

    [ask] = models.asked
    assert digest is not None
    assert digest.text == "Mira waits for RI-7."
    assert (ask.targets, ask.scope.purpose) == ((SCRIPTED,), "summary")
    assert ask.whole_ms == FakeClock().monotonic_ms() + 6_000
    assert [event.step for event in trace.events if isinstance(event, ev.ModelAsked)] == [0]


@pytest.mark.parametrize(
    "answer",
    [
        BudgetUsedUp("the budget workspace:w:2026-11-22 has no room"),
        NoModelAnswered("no model of the chain is in the region that the settings allow"),
        NoModelAnswered("there was no time left to ask a model"),
        "",
        "HAND_OVER",
        wishing("order", {}),
        Reply(text="It all beg", finish=Finish.LENGTH),
    ],
    ids=["budget", "region", "late", "empty", "hand over", "tool", "half"],
)
async def test_whatever_goes_wrong_there_is_just_no_summary(answer: str | Reply | ModelError) -> None:
    digest = await summaries(ScriptedModels(answer), Trace()).write(PROMPT, 100)

    assert digest is None


async def test_a_summary_that_was_paid_is_not_paid_again() -> None:
    models, journal = ScriptedModels("Mira waits."), Pages()
    await summaries(models, Trace(), journal=journal).write(PROMPT, 100)

    again = await summaries(models, Trace(), journal=journal).write(PROMPT, 100)

    assert again is not None
    assert again.text == "Mira waits."
    assert len(models.asked) == 1


async def test_a_summary_longer_than_its_room_is_shortened() -> None:
    digest = await summaries(ScriptedModels("word " * 2_000), Trace()).write(PROMPT, 60)

    assert digest is not None
    assert len(digest.text) < 600

"""Who answers where a model cannot: the next chain, a stored text, or a person who is told why."""

from __future__ import annotations

import pytest
from structlog.testing import capture_logs

from fondaco.domain import events as ev
from fondaco.domain.errors import BudgetUsedUp, ModelError, NoModelAnswered
from fondaco.domain.handoffs import HandoffReason
from fondaco.domain.usage import AttemptNote
from fondaco.engine.routing import RoutingOptions
from fondaco.testing.scripted_models import SCRIPTED, ScriptedModels
from fondaco.tools import VerifierOptions
from tests.scenario.turns_house import Setting, talk
from tests.scenario.turns_models import (
    CHEAP,
    RETURNS,
    STRONG,
    YES,
    shop_with,
)


async def test_what_the_cheap_model_cannot_prove_the_strong_one_may() -> None:
    strong = ScriptedModels(YES)
    shop = await talk(Setting(models={CHEAP: ScriptedModels("Within 31 days."), STRONG: strong}))

    posted = await shop.ask(RETURNS)

    assert posted.text == YES
    assert [event.passed for event in await shop.all_of(ev.VerdictGiven)] == [False, True]


async def test_when_no_model_proves_its_answer_the_stored_text_goes_out() -> None:
    shop = await talk(
        Setting(models={CHEAP: ScriptedModels("Within 31 days."), STRONG: ScriptedModels("32.")})
    )

    posted = await shop.ask(RETURNS)

    assert posted.text == "You may send anything back within 30 days."


async def test_a_model_that_has_failed_in_this_turn_is_not_asked_again_by_the_next_chain() -> None:
    note = AttemptNote(target=SCRIPTED.name, provider=SCRIPTED.provider, ended_as="too_slow")
    strong = ScriptedModels(YES)
    failing = ScriptedModels(NoModelAnswered("it was too slow", attempts=(note,)))
    shop = await talk(Setting(models={CHEAP: failing, STRONG: strong}))

    posted = await shop.ask(RETURNS)

    assert posted.text == "You may send anything back within 30 days."
    assert strong.asked == []


@pytest.mark.parametrize(
    ("failure", "reason"),
    [
        (NoModelAnswered("all are down"), HandoffReason.OUTAGE),
        (BudgetUsedUp("all is gone"), HandoffReason.BUDGET),
        ("It costs 77 EUR.", HandoffReason.UNPROVEN_ANSWER),
    ],
    ids=["outage", "budget", "unproven"],
)
async def test_the_first_failure_is_the_reason_of_the_handoff(
    failure: ModelError | str, reason: HandoffReason
) -> None:
    shop = await talk(Setting(models={CHEAP: ScriptedModels(failure), STRONG: ScriptedModels()}))

    await shop.ask("What does a parrot cost?")

    assert await shop.reasons() == [reason.value]


@pytest.mark.parametrize(
    ("question", "outcome"), [("What does a parrot cost?", "handoff"), (RETURNS, "reply")]
)
async def test_the_log_warns_when_stored_texts_or_a_person_take_over(question: str, outcome: str) -> None:
    down, gone = NoModelAnswered("all are down"), BudgetUsedUp("all is gone")
    shop = await talk(Setting(models={CHEAP: ScriptedModels(down), STRONG: ScriptedModels(gone)}))

    with capture_logs() as lines:
        await shop.ask(question)

    [line] = [line for line in lines if line["event"] == "turn_went_on_without_a_model"]
    assert (line["log_level"], line["outcome"]) == ("warning", outcome)
    assert line["reasons"] == ["outage", "budget"]
    assert (line["conversation_id"], line["turn_id"][:3]) == (shop.conversation.id, "trn")
    assert question not in repr(lines)


async def test_the_log_says_nothing_of_the_kind_where_the_other_chain_answers_or_an_answer_is_unproven() -> (
    None
):
    strong = ScriptedModels(YES, "32.")
    shop = await talk(
        Setting(models={CHEAP: ScriptedModels(NoModelAnswered("down"), "Within 31 days."), STRONG: strong})
    )

    with capture_logs() as lines:
        await shop.ask(RETURNS)
        await shop.ask(RETURNS)

    assert {line["event"] for line in lines} == {"turn_settled"}


async def test_offers_of_stored_texts_are_allowed_when_no_model_answers() -> None:
    shop = await talk(Setting(models={CHEAP: ScriptedModels()}))

    posted = await shop.ask("maybe")

    assert [offer.key for offer in posted.offers] == ["returns", "hours", "stock", ev.PERSON_OFFER]
    assert await shop.reasons() == []


async def test_a_policy_of_the_stored_texts_is_no_outage() -> None:
    setting = Setting(
        models={CHEAP: ScriptedModels()}, verifier=VerifierOptions(tool="identify", max_tries=1)
    )
    shop = await talk(setting)

    await shop.ask("Where is my order RI-10001, 99999?")

    assert await shop.reasons() == ["policy"]


async def test_small_talk_and_chosen_offers_cost_no_model() -> None:
    shop, models = await shop_with(YES)

    await shop.ask("Hello")
    await shop.ask("Thank you!")
    await shop.ask("Returns", choice="returns")

    assert models.asked == []
    assert [event.route for event in await shop.all_of(ev.RouteChosen)] == [ev.RouteKind.LOCAL] * 3


async def test_one_deadline_holds_for_both_chains() -> None:
    strong = ScriptedModels(YES)
    shop = await talk(Setting(models={CHEAP: ScriptedModels("Within 31 days."), STRONG: strong}))

    await shop.ask(RETURNS)

    [asked] = strong.asked
    assert asked.whole_ms == 40_000 + asked.first_token_ms - 8_000
    assert asked.whole_ms <= shop.clock.monotonic_ms() + 40_000


async def test_a_sensitive_topic_begins_with_the_strong_chain() -> None:
    strong = ScriptedModels(YES)
    routing = RoutingOptions(strong_at=0.3, sensitive_topics=("returns",))
    shop = await talk(Setting(models={CHEAP: ScriptedModels(), STRONG: strong}, routing=routing))

    await shop.ask(RETURNS)

    [chosen] = await shop.all_of(ev.RouteChosen)
    assert (chosen.route, chosen.signals["sensitive"]) == (STRONG, 1.0)
    assert "sensitive 1.00" in chosen.reasons

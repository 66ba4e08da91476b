"""A nod where nothing was asked, where something was, and where a team is asked after it."""

from __future__ import annotations

import pytest

from fondaco.domain import events as ev
from fondaco.engine.phrasebook import phrases
from fondaco.kit.language import Language
from fondaco.testing.scripted_models import ScriptedModels
from tests.scenario.actions_house import refund_of, refunds
from tests.scenario.turns_house import QUESTIONS, Setting, talk
from tests.scenario.turns_models import CHEAP

NODS = {Language.EN: "ok", Language.DE: "Ja", Language.ZH: "好的", Language.JA: "了解です", Language.KO: "네"}
NAYS = {
    Language.EN: "no",
    Language.DE: "Nein danke",
    Language.ZH: "不要",
    Language.JA: "いいえ",
    Language.KO: "아니요",
}


@pytest.mark.parametrize("language", Language)
async def test_a_nod_to_an_answer_is_taken_for_what_it_is(language: Language) -> None:
    shop = await talk()
    await shop.ask(QUESTIONS[language])

    answer = await shop.ask(NODS[language])

    assert answer.text == phrases(language).say("acknowledgement")
    assert await shop.reasons() == []
    assert len(await shop.all_of(ev.PassagesFound)) == 1


@pytest.mark.parametrize("language", Language)
async def test_a_no_to_offers_ends_them(language: Language) -> None:
    shop = await talk()
    await shop.ask("maybe something")

    answer = await shop.ask(NAYS[language])

    assert answer.text in {phrases(one).say("acknowledgement") for one in (language, Language.EN)}
    assert (answer.offers, await shop.reasons()) == ((), [])


async def test_a_thumb_alone_is_a_nod() -> None:
    shop = await talk()
    await shop.ask("How can I send back something?")

    answer = await shop.ask("👍")

    assert answer.text == phrases(Language.EN).say("acknowledgement")


@pytest.mark.parametrize("text", ["ok", "👍"])
async def test_a_nod_while_we_wait_for_a_value_keeps_our_question(text: str) -> None:
    shop = await talk()
    await shop.ask("Where is my order?")

    answer = await shop.ask(text)

    assert answer.awaiting is not None
    assert answer.awaiting.wants == "order_number"


async def test_a_nod_before_a_question_changes_no_answer() -> None:
    shop = await talk()
    await shop.ask("How can I send back something?")

    answer = await shop.ask("ok, where is my order RI-10001? 10115")

    assert answer.text.startswith("Your order RI-10001 is on its way.")


async def test_a_nod_to_a_models_statement_costs_no_model() -> None:
    models = ScriptedModels("You may send it back within 30 days.")
    shop = await talk(Setting(models={CHEAP: models}))
    await shop.ask("How can I send back something?")

    answer = await shop.ask("great, got it")

    assert answer.text == phrases(Language.EN).say("acknowledgement")
    assert len(models.asked) == 1


async def test_a_yes_to_what_a_model_has_asked_is_the_models() -> None:
    models = ScriptedModels("Do you want to send it back?", "Then tell me which one, please.")
    shop = await talk(Setting(models={CHEAP: models}))
    await shop.ask("How can I send back something?")

    answer = await shop.ask("yes")

    assert answer.text == "Then tell me which one, please."
    assert len(models.asked) == 2


async def test_a_thumb_to_a_proposal_is_asked_about_and_does_nothing() -> None:
    refund = await refunds(refund_of(4_990))
    question = await refund.propose()

    again = await refund.shop.ask("👍")

    assert again.text.startswith(phrases(Language.EN).say("action_unclear"))
    assert again.text.endswith(question.text)
    assert refund.refund.calls == []


async def test_a_second_thumb_lets_the_proposal_go() -> None:
    refund = await refunds(refund_of(4_990))
    await refund.propose()
    await refund.shop.ask("👍")

    away = await refund.shop.ask("👍")

    assert phrases(Language.EN).say("action_unclear") not in away.text
    assert (away.offers, refund.refund.calls) == ((), [])

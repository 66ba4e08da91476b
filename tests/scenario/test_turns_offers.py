"""Offers that are not taken up, and messages whose values say what they are about."""

from __future__ import annotations

import pytest

from fondaco.domain import events as ev
from fondaco.knowledge import Decision
from tests.scenario.turns_house import FOUND, Setting, Talk, talk

NEW = {
    "perhaps": (Decision.OFFER, ("track", "hours")),
    "might": (Decision.OFFER, ("invoice", "stock")),
    "bleibt": (Decision.NONE, ("returns", "track", "invoice")),
    "bill": (Decision.OFFER, ("invoice", "track")),
    "parcel": (Decision.OFFER, ("returns", "track", "invoice")),
}


async def shop_with_new_finds() -> Talk:
    return await talk(Setting(found={**FOUND, **NEW}))


def offered(message: ev.MessagePosted) -> list[str]:
    return [offer.key for offer in message.offers]


async def test_a_new_question_after_an_offer_gets_an_offer_of_its_own() -> None:
    shop = await shop_with_new_finds()
    await shop.ask("maybe something")

    answer = await shop.ask("perhaps another thing")

    assert offered(answer) == ["track", "hours", "person"]
    assert await shop.reasons() == []


async def test_a_third_offer_in_a_row_is_a_persons_matter() -> None:
    shop = await shop_with_new_finds()
    await shop.ask("maybe something")
    await shop.ask("perhaps another thing")

    await shop.ask("might be a third thing")

    assert await shop.reasons() == ["missing_knowledge"]


async def test_an_answer_in_between_lets_offers_be_made_again() -> None:
    shop = await shop_with_new_finds()
    await shop.ask("maybe something")
    await shop.ask("perhaps another thing")
    await shop.ask("Hello")

    answer = await shop.ask("might be a third thing")

    assert offered(answer) == ["invoice", "stock", "person"]


@pytest.mark.parametrize("text", ["wo bleibt RI-10001", "parcel RI-10001"])
async def test_an_order_number_with_few_words_goes_to_the_best_entry_that_takes_it(text: str) -> None:
    shop = await shop_with_new_finds()

    answer = await shop.ask(text)

    assert answer.awaiting is not None
    assert (answer.awaiting.entry, answer.awaiting.wants) == ("track", "proof")


async def test_an_order_number_and_its_proof_are_answered_at_once() -> None:
    shop = await shop_with_new_finds()

    answer = await shop.ask("parcel RI-10001, 10115")

    assert answer.text.startswith("Your order RI-10001 is on its way.")


@pytest.mark.parametrize(
    "text",
    ["parcel", "parcel for RI-10001 is what my neighbour says he has seen", "parcel 7"],
)
async def test_many_words_or_no_value_are_offered_as_before(text: str) -> None:
    shop = await shop_with_new_finds()

    answer = await shop.ask(text)

    assert offered(answer) == ["returns", "track", "invoice", "person"]


async def test_nothing_in_the_world_is_changed_on_a_guess() -> None:
    shop = await shop_with_new_finds()

    answer = await shop.ask("bill for RI-10001, 10115")

    assert offered(answer) == ["invoice", "track", "person"]
    assert shop.tools["invoice"].calls == []


async def test_values_alone_after_an_offer_go_on_with_the_first_that_takes_them() -> None:
    shop = await shop_with_new_finds()
    await shop.ask("bill for RI-10001")

    answer = await shop.ask("10115")

    assert answer.text == "The invoice was sent to m…@example.com."


async def test_values_alone_pass_over_an_offer_further_down_that_changes_something() -> None:
    found = {"bill": (Decision.OFFER, ("hours", "invoice", "track"))}
    shop = await talk(Setting(found=found))
    await shop.ask("bill")

    answer = await shop.ask("RI-10001 10115")

    assert answer.text.startswith("Your order RI-10001 is on its way.")
    assert shop.tools["invoice"].calls == []


async def test_values_that_no_offer_takes_are_a_question_of_their_own() -> None:
    shop = await shop_with_new_finds()
    await shop.ask("maybe something")

    await shop.ask("RI-10001")

    assert await shop.reasons() == ["missing_knowledge"]


async def test_a_chosen_entry_that_finds_nothing_asks_for_the_name() -> None:
    shop = await shop_with_new_finds()
    await shop.ask("maybe a sofa")

    asked = await shop.ask("Stock?", choice="stock")
    answer = await shop.ask("the kettle")

    assert asked.text.startswith("I could not find that.")
    assert asked.awaiting is not None
    assert (asked.awaiting.entry, asked.awaiting.wants) == ("stock", "message")
    assert answer.text == "We have 7 of the kettle."


async def test_a_name_is_asked_for_once() -> None:
    shop = await shop_with_new_finds()
    await shop.ask("maybe a sofa")
    await shop.ask("Stock?", choice="stock")

    answer = await shop.ask("maybe the blue sofa")

    assert offered(answer) == ["returns", "hours", "person"]


async def test_a_name_that_leads_nowhere_is_a_persons_matter() -> None:
    shop = await shop_with_new_finds()
    await shop.ask("maybe a sofa")
    await shop.ask("Stock?", choice="stock")

    await shop.ask("the blue sofa")

    assert await shop.reasons() == ["missing_knowledge"]


async def test_thanks_and_a_person_come_before_a_name() -> None:
    shop = await shop_with_new_finds()
    await shop.ask("maybe a sofa")
    asked = await shop.ask("Stock?", choice="stock")

    thanked = await shop.ask("Thanks!")
    await shop.ask("I want to talk to a real person")

    assert thanked.awaiting == asked.awaiting
    assert await shop.reasons() == ["asked_for"]

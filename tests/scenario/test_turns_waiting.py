"""A contact who writes on while a team is asked and nobody has come yet."""

from __future__ import annotations

from datetime import time

import pytest

from fondaco.domain.hours import Hours
from fondaco.domain.people import AuthorKind
from fondaco.kit.language import Language
from tests.scenario.turns_house import LIN, SHOP, Setting, Talk, talk

ALWAYS = Hours(opens=time(0), closes=time(23, 59), weekdays=tuple(range(7)))
NEVER = Hours(weekdays=())
PERSON = {
    Language.EN: "I want to talk to a real person",
    Language.DE: "Ich möchte mit einem Menschen sprechen",
    Language.ZH: "我要转人工",
    Language.JA: "担当者と話したいです",
    Language.KO: "상담원 연결해 주세요",
}
FURTHER = {
    Language.EN: "It is about my teapot, please hurry",
    Language.DE: "Es geht um meine Teekanne, bitte schnell",
    Language.ZH: "是关于我的茶壶，请快一点",
    Language.JA: "急須についてです。急いでください",
    Language.KO: "찻주전자에 관한 거예요, 빨리요",
}
BEGINNINGS = {
    Language.EN: "Your message is with our team too.",
    Language.DE: "Auch diese Nachricht liegt unserem Team vor.",
    Language.ZH: "这条消息我们的团队也收到了。",
    Language.JA: "こちらのメッセージもスタッフに届いております。",
    Language.KO: "이 메시지도 저희 팀에 잘 전달되었습니다.",
}


async def asked_for_a_person(hours: Hours = ALWAYS, language: Language = Language.EN) -> Talk:
    shop = await talk(Setting(hours=hours))
    await shop.ask(PERSON[language])
    return shop


@pytest.mark.parametrize("language", Language)
async def test_a_further_message_is_noted_in_the_contacts_language(language: Language) -> None:
    shop = await asked_for_a_person(language=language)

    notice = await shop.ask(FURTHER[language])

    assert notice.text.startswith(BEGINNINGS[language])
    assert (notice.author.kind, notice.answers) == (AuthorKind.SYSTEM, False)
    assert notice.language is language


async def test_a_notice_is_not_given_twice_at_once_and_ends_no_waiting() -> None:
    shop = await asked_for_a_person()
    await shop.ask("It is about my teapot")
    before = len(await shop.posted())

    await shop.ask("Hello?")

    assert len(await shop.posted()) == before
    assert (await shop.current()).waiting_since_ms is not None
    assert await shop.claim() == []


async def test_who_writes_on_much_later_is_told_again() -> None:
    shop = await asked_for_a_person()
    first = await shop.ask("It is about my teapot")
    await shop.clock.advance(11 * 60)

    second = await shop.ask("Hello? Is anybody there?")
    before = len(await shop.posted())
    await shop.ask("Please!")

    assert second.text.startswith(BEGINNINGS[Language.EN])
    assert second.message_id != first.message_id
    assert len(await shop.posted()) == before


async def test_each_handoff_has_a_notice_of_its_own() -> None:
    shop = await asked_for_a_person()
    first = await shop.ask("It is about my teapot")
    await shop.desk.take_over(SHOP, shop.conversation.id, LIN)
    await shop.desk.hand_back(SHOP, shop.conversation.id, LIN)
    await shop.answer()
    await shop.ask(PERSON[Language.EN])

    second = await shop.ask("It is about my kettle")

    assert second.text.startswith(BEGINNINGS[Language.EN])
    assert second.message_id != first.message_id


async def test_what_was_noted_is_answered_after_the_handback() -> None:
    shop = await asked_for_a_person()
    await shop.ask("How can I send back something?")
    await shop.desk.take_over(SHOP, shop.conversation.id, LIN)

    await shop.desk.hand_back(SHOP, shop.conversation.id, LIN)
    await shop.answer()

    assert (await shop.posted())[-1].text == "You may send anything back within 30 days."


async def test_a_teammate_who_has_come_is_the_only_one_who_speaks() -> None:
    shop = await asked_for_a_person()
    await shop.write("It is about my teapot")
    await shop.desk.take_over(SHOP, shop.conversation.id, LIN)
    before = len(await shop.posted())

    await shop.answer()
    await shop.ask("Hello?")

    assert len(await shop.posted()) == before


async def test_the_notice_repeats_the_promise_and_makes_no_new_one() -> None:
    shop = await asked_for_a_person()
    promised = (await shop.posted())[-1].text.partition(" by ")[2]
    await shop.clock.advance(600)

    notice = await shop.ask("It is about my teapot")

    assert notice.text.endswith(f"A person will answer you here by {promised}")


async def test_a_shop_that_never_opens_promises_nothing_again() -> None:
    shop = await asked_for_a_person(NEVER)

    notice = await shop.ask("It is about my teapot")

    assert notice.text.endswith("as soon as somebody is in.")


async def test_a_promise_that_has_run_out_is_not_repeated() -> None:
    shop = await asked_for_a_person()
    await shop.clock.advance(2 * 3600)

    notice = await shop.ask("It is about my teapot")

    assert notice.text.endswith("as soon as somebody is in.")

"""What a contact may read of an answer while it is being given."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from fondaco.domain.handoffs import HandoffReason
from fondaco.domain.ids import ConversationId, TurnId
from fondaco.engine.draft import Draft, Source
from fondaco.engine.guard import judge
from fondaco.engine.model.releasing import Releaser
from fondaco.kit.language import Language

PLACE = (ConversationId("cnv_1"), TurnId("trn_1"))


@dataclass
class Contact:
    """Reads along; remembers each text, ``None`` where it was taken back, ``...`` where it was whole."""

    seen: list[object] = field(default_factory=list)

    async def say(self, conversation_id: ConversationId, turn_id: TurnId, text: str) -> None:
        assert (conversation_id, turn_id) == PLACE
        self.seen.append(text)

    async def retract(self, conversation_id: ConversationId, turn_id: TurnId) -> None:
        assert (conversation_id, turn_id) == PLACE
        self.seen.append(None)

    async def fall_silent(self, conversation_id: ConversationId, turn_id: TurnId) -> None:
        assert (conversation_id, turn_id) == PLACE
        self.seen.append(...)


def draft(text: str, article: str = "", language: Language = Language.EN) -> Draft:
    return Draft(text=text, language=language, sources=(Source(article_id="art_1", text=article),))


def passes(one: Draft) -> bool:
    return judge(one).passed


def releaser(contact: Contact, article: str = "", language: Language = Language.EN) -> Releaser:
    return Releaser(contact, *PLACE, lambda text: draft(text, article, language), passes)


async def hears(one: Releaser, *pieces: str) -> None:
    for piece in pieces:
        await one.heard(piece)


async def test_a_sentence_is_shown_once_it_is_whole() -> None:
    contact = Contact()

    await hears(releaser(contact), "You may", " send it", " back.", " It", " is free.", " Bye")

    assert contact.seen == ["You may send it back.", "You may send it back. It is free."]


@pytest.mark.parametrize(
    ("language", "text", "shown"),
    [
        (
            Language.DE,
            "Sie kommt am 24. November bei Ihnen an. Danke",
            ["Sie kommt am 24. November bei Ihnen an."],
        ),
        (Language.DE, "Das gilt z. B. für Tee und Dosen. Aber", ["Das gilt z. B. für Tee und Dosen."]),
        (Language.DE, "Das kostet 49.90 EUR im Laden. Aber", ["Das kostet 49.90 EUR im Laden."]),
        (Language.EN, "That is 49.90 EUR for you. But", ["That is 49.90 EUR for you."]),
        (Language.EN, "It is on its way! Really?", ["It is on its way!"]),
        (Language.EN, "It is on its way", []),
        (Language.EN, "It is on its way.", []),
        (Language.EN, "1. Open the box", []),
        (Language.EN, "First line\nSecond", ["First line"]),
        (Language.EN, "She said “you may return it.” Then", ["She said “you may return it.”"]),
        (Language.ZH, "您可以退货。邮费", ["您可以退货。"]),
        (Language.JA, "返品できます。送料", ["返品できます。"]),
        (Language.JA, "「返品できます。」と", ["「返品できます。」"]),
        (Language.KO, "반품할 수 있습니다. 배송비", ["반품할 수 있습니다."]),
    ],
)
async def test_sentences_end_where_people_end_them(language: Language, text: str, shown: list[str]) -> None:
    contact = Contact()

    await hears(releaser(contact, "24. November 49.90 EUR", language), text)

    assert contact.seen == shown


@pytest.mark.parametrize(
    "text", ["Sie kommt am 24. November an. Gut", "Das kostet 49.90 EUR für Sie. Gut"], ids=["date", "number"]
)
async def test_nothing_is_torn_however_it_comes(text: str) -> None:
    contact = Contact()

    await hears(releaser(contact, "24. November 49.90 EUR", Language.DE), *text)

    assert contact.seen == [text.removesuffix(" Gut")]


async def test_an_unproven_sentence_waits_with_all_that_follows() -> None:
    contact = Contact()

    await hears(releaser(contact), "You may send it back. ", "It costs 7 EUR. ", "That is all. ", "Bye")

    assert contact.seen == ["You may send it back."]


async def test_a_held_sentence_comes_with_the_words_that_make_it_pass() -> None:
    contact, words = Contact(), [""]
    # The proof comes between the two pieces, as that of a tool would.
    one = Releaser(contact, *PLACE, lambda text: draft(text, words[-1]), passes)

    await hears(one, "It costs 7 EUR for you. It")
    words.append("7 EUR")
    await hears(one, " is worth it. Bye")

    assert contact.seen == ["It costs 7 EUR for you. It is worth it."]


async def test_what_was_shown_is_taken_back_when_the_attempt_fails() -> None:
    contact = Contact()
    one = releaser(contact)

    await hears(one, "You may send it back. It")
    await one.retracted()
    await hears(one, "We take it back. It")

    assert contact.seen == ["You may send it back.", None, "We take it back."]


async def test_nothing_is_taken_back_that_nobody_saw() -> None:
    contact = Contact()
    one = releaser(contact)

    await hears(one, "It costs 7 EUR. Bye")
    await one.retracted()
    await one.end(None)

    assert contact.seen == []


async def test_what_was_said_before_a_tool_was_called_is_replaced() -> None:
    contact = Contact()
    one = releaser(contact)

    await hears(one, "Let me have a look. One")
    one.begin_step()
    await hears(one, "It is on its way. It")

    assert contact.seen == ["Let me have a look.", "It is on its way."]


@pytest.mark.parametrize(
    ("answer", "then"),
    [
        (draft("You may send it back. It is free."), ...),
        (draft("You may send it back. It costs 7 EUR."), None),
        (Draft(language=Language.EN, handoff=HandoffReason.POLICY), None),
        (None, None),
    ],
    ids=["it passes", "it does not pass", "a person is asked", "none came"],
)
async def test_the_end_keeps_what_its_message_will_say_and_takes_back_the_rest(
    answer: Draft | None, then: object
) -> None:
    contact = Contact()
    one = releaser(contact)
    await hears(one, "You may send it back. It")

    await one.end(answer)

    assert contact.seen == ["You may send it back.", then]

"""Questions of who is answering, and cries for help that do not say with what."""

from __future__ import annotations

import pytest

from fondaco.engine.phrasebook import any_language, phrases, small_talk
from fondaco.kit.language import Language

DE, EN, ZH, JA, KO = Language


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("are you a robot?", EN),
        ("Are you a machine or a human?", EN),
        ("are you human", EN),
        ("Hey, are you a real person?", EN),
        ("am I talking to a real person?", EN),
        ("is this an AI?", EN),
        ("who are you", EN),
        ("bist du ein Mensch?", DE),
        ("Sind Sie ein Roboter?", DE),
        ("Bist du eine KI oder ein echter Mensch?", DE),
        ("Schreibe ich hier mit einem Menschen?", DE),
        ("Wer sind Sie?", DE),
        ("Mensch oder Roboter?", DE),
        ("你是机器人吗", ZH),
        ("请问你是真人吗？", ZH),
        ("您是人工还是机器人？", ZH),
        ("你是谁", ZH),
        ("あなたはAIですか？", JA),
        ("ロボットですか", JA),
        ("あなたは人間なの？", JA),
        ("どなたですか", JA),
        ("봇이에요?", KO),
        ("혹시 로봇인가요?", KO),
        ("사람이세요?", KO),
        ("누구세요?", KO),
    ],
)
def test_a_question_of_who_is_answering_is_known(text: str, language: Language) -> None:
    assert small_talk(language, text) == "identity"
    assert not any(book.wants_person(text) for book in any_language(language))


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("I need help", EN),
        ("help!", EN),
        ("Can you help me please?", EN),
        ("it doesn't work", EN),
        ("Something is wrong with my order", EN),
        ("I have a question", EN),
        ("hilfe", DE),
        ("Ich brauche Hilfe", DE),
        ("Können Sie mir bitte helfen?", DE),
        ("Das funktioniert nicht", DE),
        ("Mit meiner Bestellung stimmt etwas nicht", DE),
        ("Ich habe eine Frage", DE),
        ("我需要帮助", ZH),
        ("请帮帮我", ZH),
        ("我的订单有问题", ZH),
        ("助けて", JA),
        ("助けてください！", JA),
        ("困っています", JA),
        ("注文がおかしいです", JA),
        ("도와주세요", KO),
        ("도움이 필요해요", KO),
        ("주문에 문제가 있어요", KO),
        ("hilfe", EN),
        ("help", KO),
    ],
)
def test_a_vague_cry_for_help_is_known(text: str, language: Language) -> None:
    assert small_talk(language, text) == "vague"
    assert not any(book.wants_person(text) for book in any_language(language))


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("are you open on Sunday?", EN),
        ("are you a registered company?", EN),
        ("do you sell robots", EN),
        ("I need help with a return", EN),
        ("the kettle doesn't work", EN),
        ("that works", EN),
        ("Sind Sie am Sonntag da?", DE),
        ("das geht", DE),
        ("Hilfe bei der Rückgabe", DE),
        ("Die Kanne funktioniert nicht", DE),
        ("你们是正品吗", ZH),
        ("帮我取消订单", ZH),
        ("这是什么茶", ZH),
        ("これはお茶ですか", JA),
        ("返品を手伝ってください", JA),
        ("사람이 많아요", KO),
        ("환불 도와주세요", KO),
        ("RI-10482", EN),
    ],
)
def test_a_question_about_something_is_no_small_talk(text: str, language: Language) -> None:
    assert small_talk(language, text) is None


def test_thanks_count_in_the_language_of_the_message_only() -> None:
    assert small_talk(ZH, "88") == "goodbye"
    assert small_talk(EN, "88") is None


@pytest.mark.parametrize("language", Language)
def test_who_we_are_is_said_without_a_promise_of_being_human(language: Language) -> None:
    sentence = phrases(language).say("identity")

    assert ("KI" if language is DE else "AI") in sentence

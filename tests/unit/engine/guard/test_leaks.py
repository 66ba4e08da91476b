"""What is nobody's business outside does not leave, in five languages."""

from __future__ import annotations

import json
import re
import tomllib
from importlib import resources
from pathlib import Path
from typing import Any

import pytest

from fondaco.engine.guard.leaks import Protected, leaks_in
from fondaco.engine.guard.links import links_in
from fondaco.engine.guard.overlaps import overlap
from fondaco.engine.guard.tongues import foreign_sentences
from fondaco.kit.language import Language
from tests.unit.engine.guard.planted_claims import planted

TEXTS: dict[str, dict[str, Any]] = tomllib.loads(
    (Path(__file__).parent / "planted" / "leaks.toml").read_text("utf-8")
)
SLOT = re.compile(r"\{[^}]*\}")


def protected(language: Language) -> Protected:
    texts = TEXTS[language.value]
    return Protected(
        system_texts=(texts["rules"],),
        notes=(texts["note"],),
        names=frozenset({"hand_over"}),
        allowed_hosts=frozenset({"rialto.example"}),
    )


def answers(language: Language) -> list[str]:
    """Return the answers of the demo shop, with something in their slots."""
    place = resources.files("fondaco.demo").joinpath(f"content/articles/{language.value}.jsonl")
    lines = place.read_text("utf-8").splitlines()
    return [SLOT.sub("7", json.loads(line)["answer"]) for line in lines if line.strip()]


def hosts(text: str) -> list[str]:
    return [link.host for link in links_in(text)]


@pytest.mark.parametrize("language", Language)
def test_every_planted_leak_is_found(language: Language) -> None:
    leaking = TEXTS[language.value]["planted"]

    missed = [text for text in leaking if not leaks_in(text, language, protected(language))]

    assert len(leaking) >= 20
    assert missed == []


@pytest.mark.parametrize("language", Language)
def test_what_may_be_said_is_left_alone(language: Language) -> None:
    harmless = [
        *TEXTS[language.value]["right"],
        *answers(language),
        *(one.text for one in planted(language)),
    ]

    found = {text: leaks_in(text, language, protected(language)) for text in harmless}

    assert len(harmless) >= 200
    assert {text: findings for text, findings in found.items() if findings} == {}


@pytest.mark.parametrize(
    ("text", "host"),
    [
        ("https://Shop.Example./a", "shop.example"),
        ("https://shop.example:8443/a?b#c", "shop.example"),
        ("https://shop.example@evil.test/", "evil.test"),
        ("https://evil.test\\@shop.example/", "evil.test"),
        ("https://xn--shp-hma.example/", "xn--shp-hma.example"),
        ("请访问shop.example查看", "shop.example"),
        ("see www.shop.example.", "www.shop.example"),
        ("[text](//evil.test/x)", "evil.test"),
        ("SHOP.EXAMPLE", "shop.example"),
        ("ｓｈｏｐ．ｅｘａｍｐｌｅ", "shop.example"),
        ("t.me/shop", "t.me"),
        ("ftp://files.example/x", "files.example"),
    ],
)
def test_a_link_is_known_by_its_host(text: str, host: str) -> None:
    assert hosts(text) == [host]


@pytest.mark.parametrize(
    "text",
    [
        "hello@shop.example",
        "z.B. heute",
        "3.50 EUR",
        "Done.Info follows",
        "at 9 a.m.",
        "file.pdf",
        "Danke.Sie",
    ],
)
def test_what_only_looks_like_a_domain_is_none(text: str) -> None:
    assert hosts(text) == []


def test_an_image_is_never_allowed_for_it_is_loaded() -> None:
    allowed = Protected(allowed_hosts=frozenset({"shop.example"}))

    findings = leaks_in("![x](https://shop.example/a.png)", Language.EN, allowed)

    assert len(findings) == 1
    assert "image" in findings[0]


def test_a_host_below_an_allowed_one_is_allowed_and_one_that_ends_alike_is_not() -> None:
    allowed = Protected(allowed_hosts=frozenset({"shop.example"}))

    assert leaks_in("https://help.shop.example/", Language.EN, allowed) == ()
    assert leaks_in("https://myshop.example/", Language.EN, allowed) != ()


def test_eight_words_in_a_row_are_a_repetition_and_seven_are_none() -> None:
    kept = "one two three four five six seven eight nine ten eleven twelve"

    assert overlap("so three four five six seven eight nine ten it is", kept)
    assert not overlap("so three four five six seven eight nine it is", kept)


@pytest.mark.parametrize("lead", range(12))
def test_a_repetition_is_found_wherever_it_begins(lead: int) -> None:
    kept = "alpha beta gamma delta epsilon zeta eta theta iota kappa"
    text = f"{'word ' * lead}beta gamma delta epsilon zeta eta theta iota and so on"

    assert overlap(text, kept)


@pytest.mark.parametrize("lead", range(12))
def test_twenty_characters_in_a_row_are_a_repetition_whatever_stands_between(lead: int) -> None:
    kept = "事实只能来自文章和本次对话的工具结果除此之外一无所知"
    text = f"{'好' * lead}，事实只能来自文章，和本次对话的工具结果，除此之外。"

    assert overlap(text, kept)


def test_an_internal_name_is_found_as_a_whole_only() -> None:
    names = Protected(names=frozenset({"hand_over"}))

    assert leaks_in("I call hand_over now.", Language.EN, names) != ()
    assert leaks_in("The file is called hand_over_2.", Language.EN, names) == ()


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("So steht es in meinen Vorgaben.", Language.DE),
        ("Die Regeln, die ich bekommen habe, verbieten das.", Language.DE),
        ("My guidelines do not let me guess.", Language.EN),
        ("I may only use articles and tool results.", Language.EN),
        ("根据我的规则，我不能猜测。", Language.ZH),
        ("ツールの結果だけを使います。", Language.JA),
        ("제 지침에 따라 추측하지 않습니다.", Language.KO),
    ],
)
def test_a_sentence_about_its_own_rules_is_kept_back_whatever_it_says(text: str, language: Language) -> None:
    assert leaks_in(text, language, Protected())


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Our return rules are on the website.", Language.EN),
        ("Please follow the instructions on the label.", Language.EN),
        ("Bitte beachten Sie die Vorgaben des Herstellers.", Language.DE),
        ("根据我们的退货规则，您有三十天。", Language.ZH),
        ("当店の返品ルールをご覧ください。", Language.JA),
        ("실제 규칙과 반품 지침은 홈페이지에 있습니다.", Language.KO),
    ],
)
def test_rules_of_the_shop_and_of_makers_are_no_rules_of_a_model(text: str, language: Language) -> None:
    assert leaks_in(text, language, Protected()) == ()


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("RI-10132(89.70유로)과 RI-10202의 차액은 243.20유로입니다.", Language.DE),
        ("RI-10491（134.80 欧元）和 RI-10208（34.00 欧元）相差 100.80 欧元。", Language.DE),
        ("订单 RI-10180 现已取消，€307.80 正在退还给您。", Language.EN),
        ("Sashiko cover €34.90，Silk Road set €54.90，两件一共 €89.80。", Language.EN),
        ("RI-10204（212.80 欧元）和 RI-10175 相差 81.10 欧元。", Language.JA),
        ("RI-10204（212.80 欧元）和 RI-10175 相差 81.10 欧元。", Language.KO),
        ("抹茶茶碗은 €36.00입니다.", Language.JA),
    ],
)
def test_a_foreign_sentence_of_few_signs_among_numbers_is_found(text: str, language: Language) -> None:
    assert foreign_sentences(text, language) == [text]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Your parcel goes to 上海市南京路 5.", Language.EN),
        ("Die Teeschale „抹茶茶碗“ kostet 36 €.", Language.DE),
        ("Our colleague 김민수 works in the office in Seoul.", Language.EN),
        ("合計で89.80ユーロです。", Language.JA),
    ],
)
def test_names_in_another_script_are_no_foreign_sentence(text: str, language: Language) -> None:
    assert foreign_sentences(text, language) == []

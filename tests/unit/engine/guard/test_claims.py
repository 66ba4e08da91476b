"""What was not done is not claimed, in five languages."""

from __future__ import annotations

import pytest

from fondaco.engine.guard.claims import Backing, By, ClaimKind, Tense, claims_in, kinds_named, unbacked
from fondaco.kit.language import Language
from tests.unit.engine.guard.planted_claims import found, planted

REFUNDED = {
    Language.DE: "Ich habe Ihnen den Betrag erstattet.",
    Language.EN: "I have refunded the amount.",
    Language.ZH: "我已经为您退款。",
    Language.JA: "私から返金いたしました。",
    Language.KO: "제가 환불해 드렸습니다.",
}
CANCELLED = {
    Language.DE: "Ihre Bestellung wurde storniert.",
    Language.EN: "Your order has been cancelled.",
    Language.ZH: "您的订单已取消。",
    Language.JA: "ご注文はキャンセルされました。",
    Language.KO: "주문이 취소되었습니다.",
}
COLLEAGUE = {
    Language.DE: "Ein Kollege meldet sich in Kürze bei Ihnen.",
    Language.EN: "A colleague will get back to you shortly.",
    Language.ZH: "稍后会有同事与您联系。",
    Language.JA: "後ほど担当者よりご連絡いたします。",
    Language.KO: "곧 담당자가 연락드리겠습니다.",
}


@pytest.mark.parametrize("language", Language)
def test_claims_that_nothing_backs_are_found(language: Language) -> None:
    claiming = [one for one in planted(language) if one.claim]

    missed = [one.text for one in claiming if not found(one.text, language)]

    assert len(claiming) >= 60
    assert len(missed) <= 0.01 * len(claiming), missed


@pytest.mark.parametrize("language", Language)
def test_claims_are_known_by_kind_and_tense(language: Language) -> None:
    claiming = [one for one in planted(language) if one.claim]

    mistaken = [one.text for one in claiming if one.claim not in found(one.text, language)]

    assert len(mistaken) <= 0.02 * len(claiming), mistaken


@pytest.mark.parametrize("language", Language)
def test_what_claims_nothing_is_left_alone(language: Language) -> None:
    harmless = [one.text for one in planted(language) if not one.claim]

    alarms = [text for text in harmless if found(text, language)]

    assert len(harmless) >= 60
    assert len(alarms) <= 0.02 * len(harmless), alarms


@pytest.mark.parametrize("language", Language)
def test_an_executed_act_backs_the_claim_of_it_and_of_nothing_else(language: Language) -> None:
    claims = claims_in(REFUNDED[language], language)

    refunded = unbacked(claims, Backing(executed=frozenset({ClaimKind.REFUNDED})))
    cancelled = unbacked(claims, Backing(executed=frozenset({ClaimKind.CANCELLED})))

    assert refunded == ()
    assert [one.kind for one in cancelled] == [ClaimKind.REFUNDED]


@pytest.mark.parametrize("language", Language)
def test_a_reported_state_backs_what_the_shop_did(language: Language) -> None:
    reported = Backing(reported=frozenset({ClaimKind.CANCELLED}))

    rest = unbacked(claims_in(CANCELLED[language], language), reported)

    assert rest == ()


@pytest.mark.parametrize("language", Language)
def test_a_reported_state_is_no_act_of_the_assistant(language: Language) -> None:
    reported = Backing(reported=frozenset({ClaimKind.REFUNDED}))

    rest = unbacked(claims_in(REFUNDED[language], language), reported)

    assert [(one.kind, one.by) for one in rest] == [(ClaimKind.REFUNDED, By.ASSISTANT)]


@pytest.mark.parametrize("language", Language)
def test_a_colleague_is_promised_only_with_a_handoff(language: Language) -> None:
    claims = claims_in(COLLEAGUE[language], language)
    everything = frozenset(ClaimKind)

    alone = unbacked(claims, Backing(executed=everything, reported=everything, published=everything))
    with_handoff = unbacked(claims, Backing(handed_over=True))

    assert [one.kind for one in alone] == [ClaimKind.HANDED_OVER]
    assert with_handoff == ()


def test_a_rule_of_the_shop_backs_a_promised_letter_but_no_promised_money() -> None:
    rules = Backing(published=frozenset({ClaimKind.SENT, ClaimKind.REFUNDED}))
    letter = claims_in("You will receive a confirmation by e-mail.", Language.EN)
    money = claims_in("You will receive a refund of 20 EUR.", Language.EN)

    assert unbacked(letter, rules) == ()
    assert [(one.kind, one.tense) for one in unbacked(money, rules)] == [(ClaimKind.REFUNDED, Tense.PROMISED)]


def test_a_promise_of_the_shop_may_be_quoted_and_an_act_may_not() -> None:
    promise, act = "You will receive a refund of 20 EUR.", "Your order has been cancelled."
    cited = Backing(cited=(f"Our rules. {promise} {act}",))

    assert unbacked(claims_in(promise, Language.EN), cited) == ()
    assert len(unbacked(claims_in(act, Language.EN), cited)) == 1


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("I have woven you a carpet.", Language.EN),
        ("I will repaint the wall.", Language.EN),
        ("Ich habe Ihnen den Teppich geknüpft.", Language.DE),
        ("Ich werde die Wand streichen.", Language.DE),
        ("我已经给您织好了地毯。", Language.ZH),
        ("絨毯を織っておきました。", Language.JA),
        ("카펫을 짜 드렸고 정리해 두었습니다.", Language.KO),
    ],
)
def test_an_act_of_the_assistant_that_no_word_names_is_a_claim_too(text: str, language: Language) -> None:
    (claim,) = claims_in(text, language)

    assert (claim.kind, claim.by) == (ClaimKind.ARRANGED, By.ASSISTANT)


def test_two_acts_in_one_sentence_are_two_claims() -> None:
    claims = claims_in("I have cancelled your order and refunded 20 EUR.", Language.EN)

    assert [one.kind for one in claims] == [ClaimKind.CANCELLED, ClaimKind.REFUNDED]


def test_a_claim_names_its_sentence_and_place() -> None:
    text = "Thank you. I have cancelled your order. Good-bye."

    (claim,) = claims_in(text, Language.EN)

    assert claim.written == "I have cancelled your order."
    assert text[claim.begin : claim.end] == claim.written


def test_what_stands_before_a_question_is_claimed() -> None:
    text = "I have cancelled your order, is there anything else I can do for you?"

    (claim,) = claims_in(text, Language.EN)

    assert claim.kind is ClaimKind.CANCELLED


def test_a_condition_of_the_contact_makes_an_offer_and_no_other_one_does() -> None:
    offered = claims_in("If you wish, I will let you know.", Language.EN)
    promised = claims_in("I will let you know as soon as it is back in stock.", Language.EN)

    assert offered == ()
    assert [one.kind for one in promised] == [ClaimKind.NOTIFIED]


def test_a_sentence_in_another_script_is_read_in_its_own_language() -> None:
    claims = claims_in("Gern. 已为您退款。", Language.DE)

    assert [one.kind for one in claims] == [ClaimKind.REFUNDED]


def test_full_width_letters_and_hidden_characters_hide_no_claim() -> None:
    wide = claims_in("Ｉ ｈａｖｅ ｒｅｆｕｎｄｅｄ ｙｏｕ.", Language.EN)
    split = claims_in("I have re\u200bfunded you.", Language.EN)

    assert [one.kind for one in (*wide, *split)] == [ClaimKind.REFUNDED, ClaimKind.REFUNDED]


def test_what_others_did_is_a_matter_of_facts() -> None:
    claims = claims_in("Your bank has refunded the amount.", Language.EN)

    assert [one.by for one in claims] == [By.THIRD]
    assert unbacked(claims, Backing()) == ()


@pytest.mark.parametrize(
    ("text", "language", "kind"),
    [
        ("order_cancelled", Language.EN, ClaimKind.CANCELLED),
        ("refund_issued", Language.EN, ClaimKind.REFUNDED),
        ("storniert", Language.DE, ClaimKind.CANCELLED),
        ("已取消", Language.ZH, ClaimKind.CANCELLED),
        ("返金済み", Language.JA, ClaimKind.REFUNDED),
        ("환불 완료", Language.KO, ClaimKind.REFUNDED),
    ],
)
def test_a_state_names_what_it_reports(text: str, language: Language, kind: ClaimKind) -> None:
    assert kind in kinds_named(text, language)


@pytest.mark.parametrize(
    ("text", "language", "kind"),
    [
        ("Die Erstattung ist raus.", Language.DE, ClaimKind.REFUNDED),
        ("Stornierung: erledigt ✅", Language.DE, ClaimKind.CANCELLED),
        ("I just pushed your refund through.", Language.EN, ClaimKind.REFUNDED),
        ("The exchange has gone through.", Language.EN, ClaimKind.EXCHANGED),
        ("取消手续办理完毕。", Language.ZH, ClaimKind.CANCELLED),
        ("返金の件、無事に終わりました。", Language.JA, ClaimKind.REFUNDED),
        ("환불 처리 완료 ✅", Language.KO, ClaimKind.REFUNDED),
    ],
)
def test_a_deed_is_known_by_its_outcome_whatever_the_verb(
    text: str, language: Language, kind: ClaimKind
) -> None:
    assert kind in {one.kind for one in claims_in(text, language)}


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Die Erstattung ist noch nicht raus.", Language.DE),
        ("Ihre Bestellung ist bei uns eingegangen.", Language.DE),
        ("Whether the refund has gone out, I cannot see.", Language.EN),
        ("Your parcel has been handed to the carrier.", Language.EN),
        ("退款还没有打出去。", Language.ZH),
        ("返金が出たかどうかは、こちらでは確認できません。", Language.JA),
        ("환불은 아직 나가지 않았습니다.", Language.KO),
    ],
)
def test_what_is_denied_or_reported_of_a_parcel_claims_no_deed(text: str, language: Language) -> None:
    assert claims_in(text, language) == ()


def test_an_unnamed_deed_is_a_report_where_a_tool_has_told_its_day() -> None:
    text = "Your name has been embroidered on 3 March."
    begin = text.index("3 March")
    claims = claims_in(text, Language.EN)

    assert [one.kind for one in unbacked(claims, Backing())] == [ClaimKind.ARRANGED]
    assert unbacked(claims, Backing(told=((begin, begin + 7),))) == ()


def test_what_happens_once_the_contact_agrees_is_an_offer() -> None:
    assert claims_in("Say yes and the order is cancelled within a minute.", Language.EN) == ()
    assert claims_in("Wenn Sie zustimmen, ist die Bestellung sofort storniert.", Language.DE) == ()


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Das Geld wurde gerade eben an Sie zurückgezahlt.", Language.DE),
        ("The amount has just been refunded.", Language.EN),
        ("款项刚刚已经退还给您了。", Language.ZH),
        ("代金は先ほど返金いたしました。", Language.JA),
        ("대금을 방금 환불했습니다.", Language.KO),
    ],
)
def test_what_has_just_been_done_no_tool_has_reported(text: str, language: Language) -> None:
    claims = claims_in(text, language)
    refunded = frozenset({ClaimKind.REFUNDED})

    assert unbacked(claims, Backing(reported=refunded))
    assert unbacked(claims, Backing(executed=refunded)) == ()

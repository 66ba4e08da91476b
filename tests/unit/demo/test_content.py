"""The texts of the demo shop and the assistant's own sentences say the same thing in five languages."""

from __future__ import annotations

import json
import re

import msgspec
import pytest

from fondaco.domain.handoffs import HandoffReason
from fondaco.domain.hours import Hours
from fondaco.kit.language import Language
from tests.unit.demo.content import (
    CONTENT,
    LANGUAGES,
    entries,
    found,
    numbers,
    questions,
    shop,
    slots,
    speech,
    texts,
)

STATES = {
    "order.state": {"placed", "packed", "shipped", "delivered", "cancelled"},
    "shipment.state": {"preparing", "in_transit", "out_for_delivery", "delivered", "delayed", "lost"},
    "return_status.state": {"none", "announced", "received", "refunded", "refused"},
    "product.state": {"in_stock", "low", "out"},
}

#: The slots that the demo shop's tools can fill, as they must be written.
SLOTS = set(
    """
    order.order_number order.state|state order.placed_on|date order.item_count|number order.total|money
    order.first_item
    shipment.order_number shipment.state|state shipment.carrier shipment.tracking_number
    shipment.promised_on|date shipment.last_place shipment.last_event_on|date shipment.delivered_on|date
    return_status.order_number return_status.state|state return_status.announced_on|date
    return_status.received_on|date return_status.refunded_on|date return_status.refund|money
    product.sku product.name product.state|state product.quantity|number product.price|money
    product.restock_on|date
    invoice_send.order_number invoice_send.sent_to invoice_send.invoice_number
    cancel_order.order_number cancel_order.refund|money refund.order_number refund.amount|money
    announce_return.order_number announce_return.return_number announce_return.send_by|date
    change_address.order_number change_address.written
    """.split()
)

#: Entries that change something: a slot of their text names the tool that does it.
ACTION_KEYS = ("cancel-my-order", "return-goods", "refund-me", "new-address")
LIVE_KEYS = (
    "order-status",
    "order-details",
    "return-status",
    "stock-and-price",
    "invoice-copy",
    *ACTION_KEYS,
)

#: Which states an entry tells apart.
VARIANTS = {
    "order-status": ("shipment.state", STATES["shipment.state"]),
    "order-details": ("order.state", {"cancelled"}),
    "return-status": ("return_status.state", STATES["return_status.state"]),
    "stock-and-price": ("product.state", STATES["product.state"]),
}


def caught(language: Language, text: str) -> set[str]:
    """Return the keys whose rules catch the text."""
    return {key for key, entry in entries(language).items() if found(entry.rules, text)}


def samples(table: str) -> list[tuple[Language, str, str]]:
    """Return (language, label, sample) for each sample of a table: ``language label: sample / sample``."""
    rows = (line.strip().split(" ", 2) for line in table.strip().splitlines())
    return [
        (Language(language), label.rstrip(":"), sample.strip())
        for language, label, rest in rows
        for sample in rest.split(" / ")
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_the_same_entries_under_the_same_topics(language: Language) -> None:
    expected = {key: entry.topic for key, entry in entries(Language.DE).items()}

    actual = {key: entry.topic for key, entry in entries(language).items()}

    assert len(actual) == 44
    assert actual == expected


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_entry_has_six_to_nine_phrasings(language: Language) -> None:
    counts = {key: len(entry.questions) for key, entry in entries(language).items()}

    odd = {key: count for key, count in counts.items() if not 6 <= count <= 9}

    assert odd == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_two_entries_share_a_phrasing(language: Language) -> None:
    bare = [re.sub(r"\W+", "", question).lower() for question in questions(language)]

    repeated = {question for question in bare if bare.count(question) > 1}

    assert repeated == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_answer_is_one_to_four_sentences_long(language: Language) -> None:
    ends = {
        key: max(len(re.findall(r"[.!?](?=\s|$)|[。！？]", text)) for text in texts(entry))
        for key, entry in entries(language).items()
    }

    odd = {key: count for key, count in ends.items() if not 1 <= count <= 4}

    assert odd == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_answer_asks_only_for_facts_that_a_tool_gives(language: Language) -> None:
    asked = {slot for entry in entries(language).values() for text in texts(entry) for slot in slots(text)}

    assert asked <= SLOTS


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_live_entries_alone_have_slots_and_rules(language: Language) -> None:
    with_slots = {key for key, entry in entries(language).items() if any(map(slots, texts(entry)))}
    with_rules = {key for key, entry in entries(language).items() if 2 <= len(entry.rules) <= 6}

    assert with_slots == set(LIVE_KEYS)
    assert with_rules == set(LIVE_KEYS)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("key", VARIANTS)
def test_an_entry_has_a_text_for_every_state_it_tells_apart(language: Language, key: str) -> None:
    slot, states = VARIANTS[key]

    told = [variant.when for variant in entries(language)[key].variants]

    assert sorted(told, key=str) == sorted(({slot: state} for state in states), key=str)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("key", LIVE_KEYS)
def test_a_text_has_the_same_slots_in_every_language(language: Language, key: str) -> None:
    german, other = entries(Language.DE)[key], entries(language)[key]

    assert slots(other.answer) == slots(german.answer)
    assert {str(v.when): slots(v.answer) for v in other.variants} == {
        str(v.when): slots(v.answer) for v in german.variants
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_late_parcel_is_told_with_the_promised_date(language: Language) -> None:
    variants = entries(language)["order-status"].variants

    [late] = [variant.answer for variant in variants if variant.when["shipment.state"] == "delayed"]

    assert "{shipment.promised_on|date}" in late


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("key", "state"), [("order-status", "lost"), ("return-status", "refused")])
def test_bad_news_offers_a_person_with_a_word_that_is_understood(
    language: Language, key: str, state: str
) -> None:
    [news] = [v.answer for v in entries(language)[key].variants if state in v.when.values()]

    [word] = re.findall(r"[„“「‘”](\w+)[“”」’]", news)

    assert found(speech(language)["wish_person"]["rules"], word)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_figures_are_the_same_in_every_language(language: Language) -> None:
    expected = {key: numbers(entry) for key, entry in entries(Language.DE).items()}

    actual = {key: numbers(entry) for key, entry in entries(language).items()}

    assert actual == expected


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("key", LIVE_KEYS)
def test_rules_catch_four_in_five_of_their_own_phrasings(language: Language, key: str) -> None:
    own = entries(language)[key].questions

    hits = [question for question in own if key in caught(language, question)]

    assert len(hits) >= 0.8 * len(own)


@pytest.mark.parametrize("language", LANGUAGES)
def test_rules_catch_no_phrasing_of_another_entry(language: Language) -> None:
    strays = {
        (question, key)
        for own, entry in entries(language).items()
        for question in entry.questions
        for key in caught(language, question) - {own}
    }

    assert strays == set()


FRESH_WORDINGS = samples("""
de order-status: Wo ist mein Paket? / wann kommt meine bestellung? / Wo bleibt meine Lieferung?
de order-status: Lieferstatus RI-20555
de return-status: Ist meine Retoure angekommen? / Status meiner Rücksendung / Wo bleibt mein Geld?
de stock-and-price: Ist die Ikebana-Vase lieferbar? / Was kostet der Thermobecher?
de invoice-copy: Bitte die Rechnung nochmal schicken / Ich finde meine Rechnung nicht, wo ist meine Rechnung?
en order-status: where's my parcel? / When does my order arrive? / Track my order / Where is RI-20555?
en return-status: Did you get my return? / Where is my refund? / status of my refund
en stock-and-price: Is the umbrella in stock? / How much is the desk lamp?
en invoice-copy: please send the invoice again / I lost my invoice
zh order-status: 我的包裹在哪里？ / 快递什么时候到 / 查一下物流 / 我的货到哪里了
zh return-status: 退货进度怎么样了 / 我的退款到账了吗
zh stock-and-price: 保温杯有货吗 / 台灯多少钱
zh invoice-copy: 请重新发一下发票 / 没收到发票
ja order-status: 荷物はどこですか / 注文した商品はいつ届きますか / 配送状況を知りたい / まだ荷物が届きません
ja return-status: 返品状況を教えてください / 返金はまだですか
ja stock-and-price: 風呂敷の在庫はありますか / デスクライトはおいくらですか
ja invoice-copy: 請求書を再送してください / 領収書が見つかりません
ko order-status: 제 택배 어디 있나요? / 주문한 상품 언제 도착해요? / 배송 상태 알려주세요
ko order-status: 운송장 번호 알려주세요
ko return-status: 반품 상태가 어떻게 되나요 / 제 환불 언제 돼요?
ko stock-and-price: 보자기 재고 있나요? / 텀블러 얼마예요?
ko invoice-copy: 영수증 다시 보내 주세요 / 청구서를 못 찾겠어요
de cancel-my-order: Hallo, ich will meine Bestellung RI-10311 stornieren.
de cancel-my-order: Stornieren Sie bitte die Bestellung
de return-goods: Ich möchte den Koffer gerne zurückgeben / Melden Sie bitte meine Retoure an
de refund-me: Ich will mein Geld zurück! / Könnten Sie mir das Geld erstatten
de new-address: Meine neue Adresse ist Lindenstraße 5 / Ich muss die Lieferadresse ändern
en cancel-my-order: hi, please cancel my order RI-10311 / I need to cancel my order
en cancel-my-order: Can you cancel order RI-10311?
en return-goods: I would like to send the lamp back / please register a return for RI-10077
en refund-me: I would like to get my money back / please refund RI-10015 / Can you refund me?
en new-address: I need to update my address / My new address is 5 Linden Road
en new-address: please ship it to my new address
zh cancel-my-order: 帮我取消订单吧 / 我要取消订单 RI-10311 / 请把我的订单取消
zh return-goods: 我要退货 / 请帮我办理退货
zh refund-me: 请帮我退款 / 我要求退款
zh new-address: 帮我改地址 / 我要换收货地址 / 我的新地址是：上海市
ja cancel-my-order: 注文のキャンセルをお願いします / RI-10311の注文をキャンセルしたい / キャンセルしてください
ja return-goods: この商品を返品したい / 返品の申し込みをお願いします
ja refund-me: 返金お願いします / 返金してもらえますか
ja new-address: 住所の変更をお願いします / 配送先を変えてください
ko cancel-my-order: 주문 취소 부탁드려요 / 제 주문을 취소해주세요 / 취소해 주세요
ko return-goods: 반품할게요 / 반품 신청하고 싶어요
ko refund-me: 환불 받고 싶습니다 / 환불해줘
ko new-address: 배송지를 바꿔 주세요 / 주소 변경 부탁드려요
""")


@pytest.mark.parametrize(("language", "key", "text"), FRESH_WORDINGS)
def test_rules_catch_usual_wordings_that_are_not_in_the_list(language: Language, key: str, text: str) -> None:
    assert caught(language, text) == {key}


POLICY_QUESTIONS = samples("""
de policy: Wie lange dauert die Lieferung nach Japan? / Liefern Sie auch samstags?
de policy: Wie hoch sind die Lieferkosten?
de policy: Wie lange dauert eine Rücksendung? / Kann ich auf Rechnung zahlen? / Was kostet der Expressversand?
en policy: How long does delivery to Japan take? / Do you deliver on Saturdays? / How much is delivery?
en policy: How long do refunds take? / Can I pay by invoice? / How much is express shipping?
zh policy: 送到日本要多久？ / 周六送货吗？ / 运费多少钱？ / 退款要多久？ / 可以凭账单付款吗？ / 加急多少钱？
ja policy: 日本までどのくらいかかりますか？ / 土曜日も配達していますか？ / 送料はおいくらですか？
ja policy: 返金にかかる日数は？ / 請求書払いはできますか？ / 速達はいくらですか？
ko policy: 일본까지 배송이 얼마나 걸려요? / 토요일에도 배송하나요? / 배송비 얼마예요? / 환불은 며칠 걸려요?
ko policy: 청구서로 결제할 수 있나요? / 특급 배송은 얼마예요?
de policy: Kann ich noch stornieren? / Wie storniere ich? / Kann ich das zurückgeben?
de policy: Wie bekomme ich eine Erstattung? / Wie melde ich eine Retoure an?
de policy: Wo kann ich eine Rückgabe anmelden?
de policy: Kann ich die Adresse noch ändern? / Ich will den Newsletter abbestellen / Kostet Stornieren etwas?
en policy: Can I still cancel? / How do I return something? / How can I get a refund?
en policy: Is it possible to change the address? / How do I register a return?
en policy: I want to cancel my newsletter subscription / Does cancelling cost anything?
en policy: When can I return it?
zh policy: 还能取消吗？ / 怎么退货？ / 可以退款吗？ / 还能改地址吗？ / 我想取消订阅 / 取消要收费吗？
ja policy: まだキャンセルできますか / 返品できますか / 返金はいつですか、何日かかりますか
ja policy: 住所は変更できますか
ko policy: 아직 취소할 수 있나요? / 반품할 수 있나요? / 환불 며칠 걸려요? / 주소 변경 가능한가요?
ko policy: 취소 수수료가 있나요?
""")


@pytest.mark.parametrize(("language", "_label", "text"), POLICY_QUESTIONS)
def test_rules_leave_policy_questions_to_the_search(language: Language, _label: str, text: str) -> None:
    assert caught(language, text) == set()


@pytest.mark.parametrize("slot", STATES)
def test_every_state_has_a_name_in_every_language(slot: str) -> None:
    names = json.loads((CONTENT / "states.json").read_text("utf-8"))

    assert set(names) == set(STATES)
    assert {state: tuple(words) for state, words in names[slot].items()} == dict.fromkeys(
        STATES[slot], LANGUAGES
    )


def test_the_opening_hours_are_read_by_the_product_itself() -> None:
    hours = msgspec.convert(shop()["hours"], Hours)

    assert (hours.timezone, hours.weekdays, len(hours.holidays)) == ("Europe/Berlin", (0, 1, 2, 3, 4), 3)


def test_every_topic_belongs_to_exactly_one_team() -> None:
    topics = sorted({entry.topic for entry in entries(Language.EN).values()})

    assert sorted(topic for team in shop()["teams"] for topic in team["topics"]) == topics


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_shop_greets_names_its_teams_and_says_that_an_ai_writes(language: Language) -> None:
    assert shop()["greeting"][language]
    assert re.search("AI|KI", shop()["ai_notice"][language])
    assert all(team["name"][language] for team in shop()["teams"])


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_assistant_has_the_same_sentences_with_the_same_slots_in_every_language(
    language: Language,
) -> None:
    expected = {key: slots(text) for key, text in speech(Language.DE)["phrases"].items()}

    actual = {key: slots(text) for key, text in speech(language)["phrases"].items()}

    assert actual == expected


@pytest.mark.parametrize("reason", HandoffReason)
def test_every_reason_for_a_handoff_has_a_sentence_for_day_and_night(reason: HandoffReason) -> None:
    word = {"asked_for": "asked", "unproven_answer": "unproven"}.get(reason, reason)

    phrases = speech(Language.EN)["phrases"]

    assert slots(phrases[f"handoff_{word}"]) == {"promised|time"}
    assert slots(phrases[f"handoff_{word}_closed"]) == {"opens|time"}

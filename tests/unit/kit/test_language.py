"""Which of the five languages a message is in, however short and mixed it is."""

from __future__ import annotations

import pytest

from fondaco.kit.language import SURE, Language, detect, looks_like

DE, EN, ZH, JA, KO = Language.DE, Language.EN, Language.ZH, Language.JA, Language.KO


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Wo ist meine Bestellung?", DE),
        ("wo bleibt mein paket", DE),
        ("Rückgabe", DE),
        ("Versandkosten", DE),
        ("Lieferzeit?", DE),
        ("Ich habe nichts bekommen", DE),
        ("ist das noch da", DE),
        ("Bitte stornieren", DE),
        ("Kann ich mit PayPal bezahlen?", DE),
        ("Wann wird RI-10482 geliefert?", DE),
        ("Haben Sie das iPhone 15 Pro Max in Blue Titanium?", DE),
        ("Gibt es den Echo Dot with Clock noch?", DE),
        ("Mein Login funktioniert nicht mehr", DE),
        ("Newsletter abbestellen", DE),
        ("Haben Sie 茅台 auf Lager?", DE),
        ("Meine E-Mail ist anna@shop.example, bitte ändern", DE),
        ("RI-10448 をキャンセルしてください。mio@shop.example", JA),
        ("请取消订单RI-10448。我的邮箱是mio@shop.example", ZH),
        ("Zeige mir The Lord of the Rings", DE),
        ("moechte die Groesse tauschen", DE),
        ("guten Tag, ich hätte gern eine Rechnung", DE),
        ("Der Reißverschluss ist kaputt!!!", DE),
        ("Where is my order?", EN),
        ("where's my parcel", EN),
        ("refund please", EN),
        ("Cancel my order RI-10482", EN),
        ("I want to talk to someone", EN),
        ("not working", EN),
        ("How long does shipping take?", EN),
        ("do you ship to Germany", EN),
        ("the Bosch Waschmaschine is broken", EN),
        ("Can I pay with Alipay (支付宝)?", EN),
        ("it's the wrong size", EN),
        ("invoice for 2026-01-15 missing", EN),
        ("is it in stock", EN),
        ("track RI-10482 RI-10483", EN),
        ("thanks, that helped", EN),
        ("my name is Jürgen Müller and I need help", EN),
        ("https://shop.example/kaufen/schuhe is not loading", EN),
        ("WHERE IS MY MONEY", EN),
        ("我的订单在哪里？", ZH),
        ("怎么退货", ZH),
        ("退款", ZH),
        ("发货了吗", ZH),
        ("iPhone 15 Pro Max 什么时候发货", ZH),
        ("我要买MacBook", ZH),
        ("订单RI-10482还没收到", ZH),
        ("可以用PayPal付款吗?", ZH),
        ("尺码不对，想换货", ZH),
        ("鲜の每日 什么时候到", ZH),
        ("請問可以退貨嗎", ZH),
        ("客服在吗", ZH),
        ("这个多少钱", ZH),
        ("不好用", ZH),
        ("你们支持货到付款吗", ZH),
        ("发票抬头写错了", ZH),
        ("谢谢你", ZH),
        ("注文はどこですか", JA),
        ("返品したいです", JA),
        ("キャンセル", JA),
        ("RI-10482はいつ届きますか", JA),
        ("iPhone 15 Pro Maxの在庫はありますか", JA),
        ("配送状況を教えて", JA),
        ("支払方法の変更", JA),
        ("サイズが合わない", JA),
        ("領収書をください", JA),
        ("ｶｰﾄﾞ払い", JA),
        ("PayPalで払えますか?", JA),
        ("交換できますか", JA),
        ("ありがとう", JA),
        ("商品が壊れています", JA),
        ("まだ届かない", JA),
        ("営業時間は?", JA),
        ("円で払う", JA),
        ("주문이 어디 있나요?", KO),
        ("환불", KO),
        ("배송 언제 와요", KO),
        ("RI-10482 주문 취소해 주세요", KO),
        ("아이폰 15 Pro Max 재고 있나요", KO),
        ("PayPal로 결제할 수 있나요?", KO),
        ("사이즈 교환", KO),
        ("감사합니다", KO),
        ("ㅋㅋㅋ", KO),
        ("영수증 주세요", KO),
        ("고장났어요", KO),
        ("中國 배송 되나요", KO),
    ],
)
def test_the_language_of_a_message_is_told_without_a_hint(text: str, language: Language) -> None:
    assert detect(text).language is language


@pytest.mark.parametrize(
    "text",
    [
        "ok",
        "Danke",
        "hallo",
        "hi",
        "RI-10482 10115",
        "👍",
        "",
        "  ",
        "???",
        "a@b.example",
        "42",
        "Status",
        "iPhone",
    ],
)
@pytest.mark.parametrize("hint", list(Language))
def test_a_text_that_says_too_little_is_in_the_language_of_the_hint(text: str, hint: Language) -> None:
    found = detect(text, hint)

    assert found.language is hint
    assert found.confidence < SURE


@pytest.mark.parametrize(("text", "hint", "language"), [("返品", JA, JA), ("退款", JA, ZH), ("配送", ZH, ZH)])
def test_chinese_characters_alone_follow_the_hint_unless_only_chinese_writes_them(
    text: str, hint: Language, language: Language
) -> None:
    assert detect(text, hint).language is language


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("gibts rabatt", DE),
        ("gibts Garantie", DE),
        ("Tee kaputt", DE),
        ("Retoure", DE),
        ("express?", DE),
        ("tea broken", EN),
        ("Kettle broken", EN),
        ("kaputt", EN),
    ],
)
def test_weak_evidence_for_the_sister_language_does_not_beat_the_hint(text: str, hint: Language) -> None:
    assert detect(text, hint).language is hint


@pytest.mark.parametrize(
    ("text", "hint", "language"),
    [
        ("where parcel", DE, EN),
        ("refund please", DE, EN),
        ("shipping costs", DE, EN),
        ("Wo Paket", EN, DE),
        ("Größe?", EN, DE),
        ("Versandkosten", EN, DE),
        ("gibts rabatt", None, EN),
    ],
)
def test_strong_evidence_for_the_sister_language_beats_the_hint(
    text: str, hint: Language | None, language: Language
) -> None:
    assert detect(text, hint).language is language


@pytest.mark.parametrize(
    ("text", "hint", "language"),
    [
        ("配送", DE, ZH),
        ("配送", KO, ZH),
        ("配送", JA, JA),
        ("返品は", EN, JA),
        ("환불", DE, KO),
        ("ㅋㅋ", EN, KO),
    ],
)
def test_another_script_beats_the_hint_at_once(text: str, hint: Language, language: Language) -> None:
    assert detect(text, hint).language is language


@pytest.mark.parametrize("hint", [DE, ZH, KO])
def test_a_clear_sentence_is_stronger_than_the_hint(hint: Language) -> None:
    found = detect("Where is my order?", hint)

    assert found.language is EN
    assert found.confidence > 0.9


def test_without_any_sign_or_hint_english_is_assumed_with_no_confidence() -> None:
    found = detect("👍")

    assert (found.language, found.confidence) == (EN, 0.0)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Ihre Bestellung RI-10482 (Nike Air Max 90, Black/White) kommt am 9. Mai.", DE),
        ("Your order of Müller Bürostuhl Größe L has shipped [1].", EN),
        ("您的订单 RI-10482 (Nike Air Max 90) 已发货。", ZH),
        ("ご注文 RI-10482（Nike Air Max 90）は発送済みです。", JA),
        ("주문 RI-10482 (Nike Air Max 90)이 발송되었습니다.", KO),
        ("RI-10482: 45.60 EUR", JA),
        ("OK", ZH),
    ],
)
def test_names_and_values_in_a_reply_do_not_make_it_another_language(text: str, language: Language) -> None:
    assert looks_like(text, language)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Your parcel will arrive tomorrow, thank you for your patience.", DE),
        ("Ihr Paket kommt morgen an, vielen Dank für Ihre Geduld.", EN),
        ("Your parcel will arrive tomorrow.", ZH),
        ("您的包裹明天到。", JA),
        ("お荷物は明日届きます。", ZH),
        ("소포는 내일 도착합니다.", JA),
    ],
)
def test_a_reply_in_the_wrong_language_is_noticed(text: str, language: Language) -> None:
    assert not looks_like(text, language)


@pytest.mark.parametrize("language", [DE, EN])
@pytest.mark.parametrize(
    "text",
    [
        "Olá! A sua encomenda já saiu do nosso armazém e chega amanhã de manhã.",
        "Su pedido ya ha salido de nuestro almacén y llegará mañana por la mañana.",
        "Votre commande a quitté notre entrepôt et arrivera demain dans la matinée.",
        "Uw bestelling heeft ons magazijn verlaten en komt morgenochtend aan.",
        "Siparişiniz depomuzdan ayrıldı ve yarın sabah kapınıza kadar teslim edilecek.",
    ],
)
def test_a_reply_in_a_language_that_nobody_here_speaks_is_noticed(text: str, language: Language) -> None:
    assert not looks_like(text, language)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("We have Sencha Kyoto Superior, Matcha Uji Ceremonial, Gyokuro Asahi Premium, Genmaicha.", EN),
        ("Package never arrived even though it's marked delivered.", EN),
        ("Vorbestellung zusammen mit sofort lieferbarem Tee wird geteilt verschickt.", DE),
        ("Packstation, Postnummer, Größe, Farbe", DE),
    ],
)
def test_names_and_short_words_do_not_make_a_text_foreign(text: str, language: Language) -> None:
    assert looks_like(text, language)

"""No answer asks a contact for what only its owner may know."""

from __future__ import annotations

import pytest

from fondaco.engine.guard.secrets import asks_for_secrets

ASKING = [
    "Please tell me the password of your e-mail account.",
    "Please send me your card number and the security code.",
    "What is your PIN?",
    "I need your credit card details to go on.",
    "Please buy gift cards and send me the codes.",
    "Please send me a photo of your credit card.",
    "Bitte kaufen Sie drei Geschenkkarten und nennen Sie mir die Codes.",
    "请购买礼品卡并把照片发给我。",
    "ギフトカードを購入して写真を送ってください。",
    "기프트 카드를 구매해서 사진을 보내 주세요.",
    "Bitte nennen Sie mir Ihr Passwort.",
    "Schicken Sie mir Ihre Kartennummer und die Prüfnummer.",
    "Wie lautet Ihre PIN?",
    "请告诉我您邮箱的密码。",
    "请提供您的银行卡卡号和安全码。",
    "カード番号とセキュリティコードを送ってください。",
    "メールのパスワードを教えてください。",
    "카드 번호와 보안 코드를 보내 주세요.",
    "이메일 비밀번호를 알려 주세요.",
]
HONEST = [
    "Please never send us your password.",
    "We do not need your card number.",
    "You can pay by credit card.",
    "I'm unable to provide information about your gift card balance.",
    "Please confirm if you want to use the same payment method (gift card) for the difference.",
    "Could you provide the payment method (credit card or gift card) from your profile?",
    "Bitte wählen Sie, ob Sie mit Kreditkarte oder Geschenkkarte zahlen möchten.",
    "请选择用信用卡还是礼品卡付款。",
    "クレジットカードかギフトカードのどちらで支払うかお知らせください。",
    "신용카드와 기프트 카드 중 무엇으로 결제하실지 알려 주세요.",
    "Please send me your order number and your postcode.",
    "Bitte schicken Sie uns nie Ihr Passwort.",
    "Sie können mit Kreditkarte zahlen.",
    "请勿向任何人透露您的密码。",
    "信用卡付款需要一到两天。",
    "パスワードは誰にも教えないでください。",
    "クレジットカードでお支払いいただけます。",
    "비밀번호를 누구에게도 알려 주지 마세요.",
    "신용카드로 결제하실 수 있습니다.",
]


@pytest.mark.parametrize("text", ASKING)
def test_a_sentence_that_asks_for_a_secret_is_found(text: str) -> None:
    assert list(asks_for_secrets(f"Hello. {text}")) == [text]


@pytest.mark.parametrize("text", HONEST)
def test_a_warning_and_a_way_to_pay_are_none(text: str) -> None:
    assert list(asks_for_secrets(text)) == []


def test_what_an_article_says_word_for_word_may_be_said() -> None:
    article = "To reset it, enter your password on our site. It takes a minute."

    assert list(asks_for_secrets("To reset it, enter your password on our site.", [article])) == []

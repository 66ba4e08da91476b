"""An article is named under an answer only where the answer says what the article is about."""

from __future__ import annotations

import pytest

from fondaco.domain.articles import Passage
from fondaco.domain.ids import ArticleId
from fondaco.engine.model.quoting import quoted
from fondaco.kit.language import Language

ARTICLES = {
    "returns": "You can send goods back within 30 days of delivery. Use the label in the parcel; "
    "we tell you by e-mail when your refund is on its way.",
    "newsletter": "Thank you for reading our newsletter. We write to you twice a month, and you can tell us "
    "at any time that you want no further letters.",
    "rueckgabe": "Sie können Waren innerhalb von 30 Tagen nach der Lieferung zurücksenden. "
    "Das Etikett liegt bei.",
    "tuihuo": "收货后三十天内可以退货。退货标签在包裹里，退款会按原支付方式退还。",
    "henpin": "商品の到着後三十日以内であれば返品できます。返品ラベルは箱の中にあります。",
    "banpum": "상품을 받으신 후 30일 이내에 반품하실 수 있습니다. 반품 라벨은 상자 안에 있습니다.",
}


def passages(*keys: str) -> tuple[Passage, ...]:
    return tuple(
        Passage(
            article_id=ArticleId(key), key=key, title=key, language=Language.EN, text=ARTICLES[key], score=1.0
        )
        for key in keys
    )


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("You have 30 days after delivery to send goods back, and the label is in the parcel.", "returns"),
        ("Within 30 days.", "returns"),
        ("Sie können die Ware 30 Tage nach der Lieferung zurücksenden.", "rueckgabe"),
        ("您可以在收货后三十天内退货，标签在包裹里。", "tuihuo"),
        ("到着後三十日以内なら返品できます。", "henpin"),
        ("받으신 후 30일 이내에 반품하실 수 있어요.", "banpum"),
    ],
)
def test_an_answer_made_from_an_article_names_it(text: str, key: str) -> None:
    found = quoted(text, passages(key, "newsletter"))

    assert [one.key for one in found] == [key]


@pytest.mark.parametrize(
    "text",
    [
        "Thank you for telling me that.",
        "What a lovely day to drink tea!",
        "Gern geschehen, das freut mich sehr.",
        "谢谢您告诉我。",
        "教えていただきありがとうございます。",
        "알려 주셔서 감사합니다.",
        "",
    ],
)
def test_mere_courtesy_names_nothing(text: str) -> None:
    assert quoted(text, passages(*ARTICLES)) == ()

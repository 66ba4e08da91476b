"""An "ok", a yes or a no to nothing that was asked."""

from __future__ import annotations

import pytest

from fondaco.engine.phrasebook import any_language, phrases, small_talk
from fondaco.kit.language import Language

DE, EN, ZH, JA, KO = Language


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("ok", EN),
        ("Great!", EN),
        ("fine.", EN),
        ("got it", EN),
        ("Cool 😎", EN),
        ("Perfect, that is great", EN),
        ("oh ok", EN),
        ("that's fine", EN),
        ("That’s all", EN),
        ("yes", EN),
        ("Yes please", EN),
        ("No, thanks", EN),
        ("nope, that's all", EN),
        ("Nothing else", EN),
        ("👍", EN),
        ("👍🏽👍🏽", EN),
        ("ok 👍", EN),
        ("Ja", DE),
        ("ja, bitte", DE),
        ("Nein danke", DE),
        ("nee, passt schon", DE),
        ("Alles klar 👍", DE),
        ("Gut, verstanden.", DE),
        ("Achso, ok", DE),
        ("In Ordnung, vielen Dank!", DE),
        ("Das war's", DE),
        ("好的", ZH),
        ("嗯嗯", ZH),
        ("是的", ZH),
        ("不要", ZH),
        ("不用了，谢谢", ZH),
        ("知道了👌", ZH),
        ("好的，明白了", ZH),
        ("没有别的了", ZH),
        ("はい", JA),
        ("いいえ", JA),
        ("了解です", JA),
        ("わかりました。", JA),
        ("はい、承知しました！", JA),
        ("いえ、大丈夫です", JA),
        ("なるほど", JA),
        ("特にないです", JA),
        ("네", KO),
        ("아니요", KO),
        ("알겠습니다", KO),
        ("네네, 좋아요", KO),
        ("ㅇㅋ", KO),
        ("아니요 괜찮아요", KO),
        ("확인했습니다", KO),
        ("ok", KO),
        ("yes", ZH),
        ("nein", EN),
    ],
)
def test_a_nod_is_known_by_the_whole_message(text: str, language: Language) -> None:
    assert small_talk(language, text) == "acknowledgement"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("ok, where is my order", EN),
        ("fine, but it is broken", EN),
        ("great, and when will it come?", EN),
        ("no parcel yet", EN),
        ("not good", EN),
        ("no good", EN),
        ("yes, RI-10482", EN),
        ("is it ok to return it", EN),
        ("perfect bowl", EN),
        ("Okinawa", EN),
        ("10115", EN),
        ("ja, aber die Kanne ist kaputt", DE),
        ("nein, die andere Bestellung", DE),
        ("stimmt nicht", DE),
        ("gut, wann kommt es?", DE),
        ("Jacke", DE),
        ("nicht angekommen", DE),
        ("好久没到", ZH),
        ("好的，那什么时候发货", ZH),
        ("不知道订单号", ZH),
        ("没有收到", ZH),
        ("对了，还有一个问题", ZH),
        ("はい、でも別の商品です", JA),
        ("いいえ、別の注文です", JA),
        ("了解ですが、いつ届きますか", JA),
        ("違います", JA),
        ("네이버페이 되나요", KO),
        ("아니 택배 언제 와요", KO),
        ("네, 그런데 깨졌어요", KO),
        ("안 왔어요", KO),
        ("👎", EN),
        ("", EN),
        ("…", EN),
    ],
)
def test_what_says_more_than_a_nod_is_none(text: str, language: Language) -> None:
    assert small_talk(language, text) != "acknowledgement"


@pytest.mark.parametrize("language", Language)
def test_a_nod_is_answered_in_one_short_sentence_or_two(language: Language) -> None:
    assert len(phrases(language).say("acknowledgement")) < 60


@pytest.mark.parametrize("text", ["ok", "no thanks", "nein danke", "不要", "いいえ", "아니요"])
def test_a_nod_asks_for_no_person(text: str) -> None:
    assert not any(book.wants_person(text) or book.is_alarming(text) for book in any_language(EN))


@pytest.mark.parametrize(
    "word",
    [
        *("ok ", "great ", "thank you ", "that's all ", "no thanks "),
        *("danke schön ", "passt gut ", "nein danke "),
        *("好的", "没有了", "了解です", "いえ", "大丈夫です", "좋아요", "괜찮아요 "),
    ],
)
@pytest.mark.parametrize("language", Language)
def test_a_long_row_of_nods_is_read_through_in_one_go(word: str, language: Language) -> None:
    assert small_talk(language, word * 500 + "xyz") is None

"""Finds where a text asks the contact for what no shop may ask for in a chat: passwords, card numbers, codes.

A model that obeys an instruction hidden in a tool result would do so in the shop's name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from fondaco.engine.guard.statements import statements
from fondaco.kit.patterns import Patterns

#: What only its owner may know, in five languages.  A card is none by itself: one pays with it, or asks how
#: much is left on it; but no shop asks to buy one or to send one.
_SECRET = re.compile(
    r"pass\s?words?|passcodes?|\bpins?\b|\btans?\b|\bcv[vc]2?\b|security codes?"
    r"|card (?:numbers?|details|data|codes?)|vouchers? codes?|online banking"
    r"|(?:buy|purchase|send|photo of|picture of) (?:[\w']+ ){0,4}(?:gift|credit|debit) cards?"
    r"|bank(?:ing)? (?:login|details|credentials)|\biban\b|seed phrase|private keys?|social security"
    r"|pass\s?w(?:o|ö)rt\w*|kennw(?:o|ö)rt\w*|sicherheitscodes?|prüfnummern?|kartennummern?|kartendaten"
    r"|(?:kreditkarten|geschenkkarten)-?(?:nummern?|daten|codes?|angaben)"
    r"|(?:kauf\w*|besorg\w*|schick\w*|send\w*)\b[^.!?]{0,30}(?:kredit|geschenk)karten?\b"
    r"|zugangsdaten|bankdaten|kontodaten"
    r"|密码|口令|卡号|安全码|验证码|(?:信用卡|银行卡|礼品卡)的?(?:号|信息|资料|密|照片)|(?:买|购|发送)[^。]{0,6}礼品卡"
    r"|网银|身份证号"
    r"|パスワード|暗証番号|カード(?:の)?(?:番号|情報|写真)|セキュリティコード"
    r"|ギフトカードを[^。]{0,6}(?:購入|買|送)|口座番号|認証コード"
    r"|비밀번호|암호|카드\s?(?:번호|정보|사진)|보안\s?코드|기프트\s?카드를?\s?(?:구매|사서|보내)|계좌\s?번호|인증\s?번호",
    re.IGNORECASE,
)
_SECRETS = Patterns((_SECRET,))  # most texts hold none, and this says so cheaply
#: Words that ask somebody to give something.
_ASKS = re.compile(
    r"\b(?:please|send|tell|give|enter|type|reply with|provide|share|confirm|read out|let me have|need|buy)\b"
    r"|\bwhat(?:'s| is| are) your\b|\bbitte\b|\bwie lautet\b"
    r"|\b(?:nennen|senden|schicken|geben|teilen|tippen|bestätigen|kaufen) sie\b"
    r"|\b(?:nenn|sende|schick|gib|teile|bestätige|kauf)\b|\b(?:brauche|benötige|brauchen|benötigen)\b"
    r"|请|告诉|发送|发给|提供|输入|填写|我需要您|给我|买|ください|下さい|教えて|送って|入力|お知らせ|購入"
    r"|주세요|주십시오|알려|보내|입력|말씀해|구매",
    re.IGNORECASE,
)
#: A warning not to give it away is what a shop should say.
_WARNS = re.compile(
    r"\b(?:never|not|don't|no need|won't|without)\b|\b(?:nie|niemals|nicht|kein\w*|ohne)\b"
    r"|不要|不会|请勿|切勿|无需|不需要|别|ません|ないで|しないで|不要|마세요|마십시오|않|필요 없",
    re.IGNORECASE,
)


def asks_for_secrets(text: str, allowed: Iterable[str] = ()) -> Iterator[str]:
    """Yield each sentence that asks the contact for a secret, unless one of the ``allowed`` texts holds it.

    What the shop's own articles say word for word is the shop's own business.
    """
    if not _SECRETS.found(text):
        return
    published = tuple(allowed)
    for statement in statements(text):
        said = statement.text
        if _SECRET.search(said) is None or _ASKS.search(said) is None or _WARNS.search(said):
            continue
        if not any(said in one for one in published):
            yield said

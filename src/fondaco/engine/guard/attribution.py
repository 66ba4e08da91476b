"""Finds amounts and shares that only the contact spoke of and that a reply states as its own."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from fondaco.domain.evidence import EvidenceSource
from fondaco.engine.guard.statements import statements
from fondaco.engine.guard.tracing import Finding, Proof
from fondaco.engine.guard.words import Kind

_STATED = frozenset({Kind.AMOUNT, Kind.PERCENT})
_ASKS = ("?", "？")
#: Whose words they are, in five languages; a denial states nothing either.
_THEIRS = re.compile(
    r"\byou(?:'ve| have| had)? (?:said|wrote|mention|ask|told|want|wish|request|state|say|name|quote)"
    r"|\b(?:options?|models?|ones?|products?|items?|\w+s)(?: that are| priced| available)?"
    r" (?:under|below|up to|cheaper than|less than)\b"
    r"|\byour (?:message|request|budget|wish)|\b(?:not|cannot|can't|won't|never|no)\b"
    r"|\bsie (?:haben |hatten )?(?:\w+ ){0,3}(?:geschrieben|erwähn|genannt|gefragt|gesagt|wünsch|angegeben)"
    r"|\bsie (?:schrieb|nann)"
    r"|\bihre[rnms]? (?:nachricht|anfrage|wunsch|angabe)|\b(?:nicht|kein\w*|nie)\b"
    r"|您(?:提到|说|写|提出|要求|希望|想|问)|您的(?:消息|要求|预算)|不|没|无法"
    r"|おっしゃ|ご記載|ご希望|とのこと|ご質問|お問い合わせ|ません|ない|ございません"
    r"|말씀하신|적어 ?주신|문의하신|원하시는|요청하신|하셨|않|없|아니",
    re.IGNORECASE,
)


def only_said(text: str, proofs: Sequence[Proof]) -> Iterator[Finding]:
    """Yield a finding for each amount or share that nothing but the contact's words proves.

    A question, a denial, and a statement that says whose words they are, repeat it without stating it.
    """
    heard = [proof for proof in proofs if proof.value.kind in _STATED and _is_heard(proof)]
    if not heard:
        return
    for statement in statements(text):
        if statement.text.rstrip().endswith(_ASKS) or _THEIRS.search(statement.text):
            continue
        for proof in heard:
            value = proof.value
            if statement.begin <= value.begin < statement.end:
                words = f"{value.written!r} is only what the contact said, which does not make it true."
                yield Finding(text=words, begin=value.begin, end=value.end)


def _is_heard(proof: Proof) -> bool:
    return bool(proof.facts) and all(fact.source is EvidenceSource.CONTACT for fact in proof.facts)

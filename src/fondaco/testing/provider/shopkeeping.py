"""What the simulated model says to fondaco's own prompts, so that it can be tried without any provider."""

from __future__ import annotations

import re

import msgspec

from fondaco.kit.language import Language, detect

#: How a prompt of ``fondaco.engine.model.prompting`` gives the articles: titles in brackets, then the words.
_ARTICLES = re.compile(r"(?:<reply_in>[^<]*</reply_in>\n)?<articles>\n(.*?)\n</articles>\s*", re.DOTALL)
_ARTICLE = re.compile(r"\[[^\n]*\]\n(.+?)(?=\n\n\[|\Z)", re.DOTALL)
_IN_WORDS = re.compile(r"<tool_result>.*?</tool_result>\s*", re.DOTALL)
#: What stands in place of an article whose facts only a tool or a person knows.
_NOT_TO_QUOTE = re.compile(r"What is true here is told by |Only a person can do this")
#: A full-width stop ends a sentence anywhere, a Latin one before a space or the end of the line.
_SENTENCE = re.compile(r".+?(?:[。！？]|[.!?](?=\s|$)|$)")

_NOTHING_FOUND = {
    Language.DE: "Dazu habe ich leider nichts gefunden.",
    Language.EN: "I am sorry, I found nothing about that.",
    Language.ZH: "抱歉，我没有找到相关信息。",
    Language.JA: "申し訳ございませんが、該当する情報が見つかりませんでした。",
    Language.KO: "죄송합니다. 관련 정보를 찾지 못했습니다.",
}


def is_of_a_shop(text: str) -> bool:
    """Return whether a message gives articles, as every question of fondaco's does."""
    return _ARTICLES.search(text) is not None


def own_words(text: str) -> str:
    """Return what somebody wrote, without the articles and results that were given with it."""
    return _IN_WORDS.sub("", _ARTICLES.sub("", text)).strip()


def from_articles(text: str) -> str:
    """Return the first sentence of the first article that may be quoted, or that nothing was found."""
    given = _ARTICLES.search(text)
    bodies = _ARTICLE.findall(given[1]) if given else []
    for body in bodies:
        found = None if _NOT_TO_QUOTE.match(body) else _SENTENCE.search(body)
        if found:
            return found[0].strip()
    return nothing_found(own_words(text))


def from_result(content: str, question: str) -> str:
    """Return the values of a tool's result in its own words, or that nothing was found."""
    try:
        told = msgspec.json.decode(content)
    except msgspec.DecodeError:
        return nothing_found(question)
    if not isinstance(told, dict) or "error" in told:
        return nothing_found(question)
    shown = [
        f"{name.replace('_', ' ')} {value}"
        for name, value in told.items()
        if isinstance(value, str | int | float) and not isinstance(value, bool) and not name.startswith("_")
    ]
    return ", ".join(shown) or nothing_found(question)


def nothing_found(question: str) -> str:
    """Return an honest sentence in the language of the question."""
    return _NOTHING_FOUND[detect(question).language]

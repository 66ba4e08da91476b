"""One word for each thing, and never the other one."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.house.tree import ROOT, texts

#: Words that are wrong wherever they stand, and what we say. The rest of the glossary is for readers.
BANNED = {
    "agent": "assistant or teammate",
    "bot": "assistant",
    "chatbot": "assistant",
    "chunk": "passage, or piece",
    "csat": "rating",
    "escalate": "hand over",
    "escalation": "handoff",
    "guardrail": "guard",
    "pending": "open, waiting or the exact state",
    "ticket": "conversation",
}
#: Adapters and descriptions of vendors, and a published benchmark's tools, that use these words themselves.
VENDORS = re.compile(r"(?:^|/|_)(?:zendesk|intercom|sunshine)|/lab/tau/")
#: What a shop or a contact wrote, in their own words.
DATA = (".json", ".jsonl")
#: The header, and names that a protocol or a library has given.
GIVEN = re.compile(
    r"user[-_ ]?agents?|robots\.txt|iter_chunked|read_chunk|first_chunk|chunked|chat\.completion\.chunk"
    r"|openai[-_ ]?agents|\"agents\"|\.Agent\(",  # a library that model calls are compared with
    re.IGNORECASE,
)
WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")


def banned_words(glossary: Path) -> set[str]:
    """Return our list and whatever the glossary's last column prints in bold."""
    rows = [line.split("|") for line in glossary.read_text().splitlines()] if glossary.exists() else []
    bold = (word for row in rows if len(row) >= 5 for word in re.findall(r"\*\*(\w+)\*\*", row[3]))
    return set(BANNED) | {word.lower() for word in bold}


def spoken(text: str) -> set[str]:
    return {word.lower() for word in set(WORD.findall(GIVEN.sub("", text)))}


def wrong_words(text: str, banned: set[str]) -> list[str]:
    forms = banned | {f"{word}s" for word in banned}
    if not spoken(text) & forms:
        return []
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        found += [f"{number}: {word}" for word in sorted(spoken(line) & forms)]
    return found


@pytest.mark.parametrize(
    "line", ["the assistant answers", '{"User-Agent": "fondaco"}', "both depending robots.txt"]
)
def test_our_words_pass(line: str) -> None:
    assert wrong_words(line, set(BANNED)) == []


@pytest.mark.parametrize("line", ["an agent answers", "open_tickets = 1", "class PendingTurn:", "BOT = 1"])
def test_a_banned_word_is_found_in_every_spelling(line: str) -> None:
    assert len(wrong_words(line, set(BANNED))) == 1


def test_what_the_glossary_prints_in_bold_is_banned_too(tmp_path: Path) -> None:
    glossary = tmp_path / "glossary.md"
    glossary.write_text("| mark | **tag** | **label**, sticker |\n")

    assert banned_words(glossary) - set(BANNED) == {"label"}


def test_code_documents_and_screens_use_our_words() -> None:
    glossary = ROOT / "docs" / "glossary.md"
    banned = banned_words(glossary)
    read = [
        (name, text)
        for name, text in texts("src", "tests", "docs", "README.md", "CHANGELOG.md", "CONTRIBUTING.md")
        if not VENDORS.search(name) and name != "docs/glossary.md" and not name.endswith(DATA)
    ]

    found = [f"{name}:{place}" for name, text in read for place in wrong_words(text, banned)]

    assert found == []

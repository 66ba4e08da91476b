"""Documents have one sentence on a line, and a decision fits a page."""

from __future__ import annotations

import re

import pytest

from tests.house.tree import texts

PAGE_LINES = 60
PAGE_LETTERS = 4000
FENCE = re.compile(r"^\s*(?:```|~~~).*?^\s*(?:```|~~~)", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"`[^`]*`")
#: Lenient: the end of a word of three letters or more, then a capital letter that begins another word.
TWO_SENTENCES = re.compile(r"(?<!\betc)(?<!\bArt)(?<!\bSec)\b[a-z]{3,}[.!?] (?=[A-Z][a-z]+ )")


def crowded_lines(text: str) -> list[str]:
    prose = FENCE.sub(lambda block: "\n" * block.group().count("\n"), text)
    lines = enumerate(prose.splitlines(), 1)
    return [
        f"{number}: {line[:60]}"
        for number, line in lines
        if not line.lstrip().startswith("|") and TWO_SENTENCES.search(CODE.sub("code", line))
    ]


def is_over_a_page(text: str) -> bool:
    return text.count("\n") > PAGE_LINES or len(text) > PAGE_LETTERS


@pytest.mark.parametrize(
    "text",
    [
        "One sentence.\nAnother one.",
        "| A cell. With two sentences here |",
        "```\nRun this. Then that one.\n```",
        "Use e.g. Debian here, see Art. Fifty of it.",
    ],
)
def test_a_line_with_one_sentence_passes(text: str) -> None:
    assert crowded_lines(text) == []


@pytest.mark.parametrize("text", ["It waits. Then it answers.", "- Why not? Because it costs time."])
def test_a_line_with_two_sentences_is_found(text: str) -> None:
    assert len(crowded_lines(text)) == 1


@pytest.mark.parametrize(("lines", "over"), [(60, False), (61, True)])
def test_a_page_has_sixty_lines(lines: int, *, over: bool) -> None:
    assert is_over_a_page("We decided.\n" * lines) is over


def test_documents_have_one_sentence_on_a_line() -> None:
    documents = [(name, text) for name, text in texts() if name.endswith(".md")]

    found = [f"{name}:{line}" for name, text in documents for line in crowded_lines(text)]

    assert found == []


def test_a_decision_fits_a_page() -> None:
    found = [name for name, text in texts("docs/decisions") if is_over_a_page(text)]

    assert found == []

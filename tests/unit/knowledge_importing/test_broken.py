"""What is broken is named with its line and its reason, and the rest still goes in."""

from __future__ import annotations

from pathlib import Path

import pytest

from fondaco.kit.language import Language
from fondaco.knowledge.importing import Limits, Origin, read_articles, read_text

GOOD = '{"key": "good", "title": "Good", "answer": "Yes."}'


@pytest.mark.parametrize(
    ("suffix", "text", "problem"),
    [
        (".jsonl", f"{GOOD}\n{{broken", "f line 2: no article: JSON is malformed"),
        (
            ".jsonl",
            f'{GOOD}\n{{"answer": 3}}',
            "f line 2: no article: Expected `str`, got `int` - at `$.answer`",
        ),
        (
            ".jsonl",
            f'{GOOD}\n{{"answer": "x", "titel": "t"}}',
            "f line 2: no article: Object contains unknown",
        ),
        (".jsonl", f'{GOOD}\n{{"title": "t", "answer": " "}}', "f line 2: there is no text"),
        (
            ".jsonl",
            f'{GOOD}\n{{"title": "t", "answer": "x", "rules": ["("]}}',
            "f line 2: the rule '(' is no",
        ),
        (".jsonl", f"{GOOD}\n{GOOD}", "f line 2: the key 'good' (en) was read already in f line 1"),
        (".csv", "question,answer\na,b\n,c", "f line 3: the column 'question' is empty"),
        (".csv", "question,answer\na,b\nc,", "f line 3: the column 'answer' is empty"),
        (".csv", 'question,answer\na,b\n"c,d\n', "f line 3: the table breaks off here"),
        (".csv", "question,answer\na,b\nc,d,e", "f line 3: 3 cells under 2 columns"),
        (".csv", "question,answer,language\na,b,en\nc,d,fr", "f line 3: the language 'fr' is none of"),
        (".md", "---\nlanguage: fr\n---\n# A\nB", "f line 1: the language 'fr' is none of"),
        (".md", "---\nwhat is this\n---\n# A\nB", "f line 2: no name, no list item"),
    ],
)
def test_a_broken_line_is_named_and_the_others_go_in(suffix: str, text: str, problem: str) -> None:
    found = read_text(text, suffix, Origin(name="f", fallback=Language.EN))

    assert len(found.drafts) == 1
    assert [str(one).startswith(problem) for one in found.problems] == [True]


@pytest.mark.parametrize(
    ("line", "known"),
    [
        ('{"answer": "x", "titel": "t"}', "known are answer, key, title, questions"),
        ('{"answer": "x", "variants": [{"wen": {}, "answer": "y"}]}', "known are when, answer"),
    ],
)
def test_an_unknown_field_is_told_with_the_known_ones(line: str, known: str) -> None:
    found = read_text(line, ".jsonl", Origin(name="f"))

    assert [known in one.reason for one in found.problems] == [True]


@pytest.mark.parametrize(
    ("name", "text"),
    [("faq.md", ""), ("faq.csv", "question,answer\n"), ("faq.jsonl", "\n"), ("faq.html", "")],
)
def test_a_file_without_an_article_is_a_problem(tmp_path: Path, name: str, text: str) -> None:
    file = tmp_path / name
    file.write_text(text)

    found = read_articles([file])

    assert [str(one) for one in found.problems] == [f"{name}: holds no article"]


def test_a_missing_column_is_named() -> None:
    found = read_text("frage,antwort\na,b", ".csv", Origin(name="f.csv"))

    assert [one.reason for one in found.problems] == [
        "the column 'question' is missing; the first line must name question, answer"
    ]


def test_a_folder_is_read_in_order_and_its_broken_files_are_named(tmp_path: Path) -> None:
    (tmp_path / "de").mkdir()
    (tmp_path / "de" / "faq.md").write_text("# Hallo\n\nWelt.\n")
    (tmp_path / "faq_ja.jsonl").write_text(GOOD)
    (tmp_path / "latin.csv").write_bytes(b"question,answer\nK\xf6ln?,Ja\n")
    (tmp_path / "picture.png").write_bytes(b"\x89PNG")
    (tmp_path / ".hidden.md").write_text("# No\n\nNo.\n")

    found = read_articles([tmp_path])

    assert [(draft.key, draft.language, draft.source) for draft in found.drafts] == [
        ("good", Language.JA, "faq_ja.jsonl"),
        ("faq", Language.DE, "de/faq.md"),
    ]
    assert [str(one) for one in found.problems] == ["latin.csv line 2: not UTF-8; save the file as UTF-8"]


def test_a_language_that_is_demanded_beats_the_name_of_a_file(tmp_path: Path) -> None:
    file = tmp_path / "de.jsonl"
    file.write_text(GOOD)

    found = read_articles([file], language=Language.KO)

    assert found.drafts[0].language is Language.KO


@pytest.mark.parametrize(
    ("name", "reason"), [("a.pdf", ".pdf is not read"), ("missing.md", "cannot be read")]
)
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, name: str, reason: str) -> None:
    (tmp_path / "a.pdf").write_bytes(b"%PDF")

    found = read_articles([tmp_path / name])

    assert found.problems[0].reason.startswith(reason)


@pytest.mark.parametrize(
    ("limits", "reason"),
    [
        (Limits(file_bytes=10), "larger than 10 bytes"),
        (Limits(body_characters=3), "the text has 4 characters; at most 3"),
        (Limits(title_characters=3), "the title has 4 characters; at most 3"),
        (Limits(files=0), "more than 0 files"),
    ],
)
def test_what_is_too_large_is_left_out(tmp_path: Path, limits: Limits, reason: str) -> None:
    file = tmp_path / "a.jsonl"
    file.write_text(GOOD)

    found = read_articles([file], limits=limits)

    assert found.drafts == ()
    assert found.problems[0].reason.startswith(reason)

"""What each format becomes."""

from __future__ import annotations

import pytest

from fondaco.domain.articles import Variant
from fondaco.kit.language import Language
from fondaco.knowledge.importing import ArticleDraft, Origin, read_text

MARKDOWN = """---
topic: returns
---
# Returns

You may return goods within **30 days**, see [the form](https://shop.example/form).

- unused
- in its box

## How long does a refund take?

Two days.

### By card

Five days.

## Where to

Leipzig.
"""

PAGE = """<html><head><title>Shop | Help</title><script>track()</script></head>
<body><nav>Home</nav><main><h1>Hilfe</h1><p>Wir helfen <b>gern</b>.</p>
<h2>Wie lange dauert die Lieferung?</h2><p>Zwei Wochen.<p>Auch drei.
<h2>Anschrift</h2><p>Leipzig</p>
<details><summary>Gehen auch Karten</summary><p>Ja.</p></details>
<dl><dt>Versand</dt><dd>Kostenlos.</dd></dl></main><footer>AGB</footer></body></html>"""


def drafts(text: str, suffix: str, name: str) -> list[ArticleDraft]:
    found = read_text(text, suffix, Origin(name=name))
    assert found.problems == ()
    return list(found.drafts)


def test_a_heading_that_asks_becomes_an_entry_with_its_answer() -> None:
    entry, _ = drafts(MARKDOWN, ".md", "returns.md")

    assert (entry.key, entry.questions, entry.body, entry.topic, entry.line) == (
        "returns#how-long-does-a-refund-take",
        ("How long does a refund take?",),
        "Two days.\n\nBy card\n\nFive days.",
        "returns",
        11,
    )


def test_everything_else_of_a_markdown_file_is_one_page() -> None:
    _, page = drafts(MARKDOWN, ".md", "returns.md")

    assert (page.key, page.title, page.questions) == ("returns", "Returns", ())
    assert page.body == (
        "You may return goods within 30 days, see the form (https://shop.example/form).\n\n"
        "- unused\n- in its box\n\nWhere to\n\nLeipzig."
    )


def test_questions_in_the_front_matter_make_the_whole_file_one_entry() -> None:
    text = (
        "---\nkey: vat\nlanguage: de\nquestions:\n  - Mit Steuer?\n  - 'Ohne Steuer?'\n---\n# Steuer\nJa.\n"
    )

    (entry,) = drafts(text, ".md", "steuer.md")

    assert (entry.key, entry.language, entry.title, entry.body) == ("vat", Language.DE, "Steuer", "Ja.")
    assert entry.questions == ("Mit Steuer?", "Ohne Steuer?")


def test_translations_of_a_file_share_their_key() -> None:
    german = read_text("# Hallo\nText.\n", ".md", Origin(name="de/faq.md", language=Language.DE)).drafts
    english = read_text("# Hello\nText.\n", ".md", Origin(name="faq.en.md", language=Language.EN)).drafts

    assert {draft.key for draft in (*german, *english)} == {"faq"}


def test_a_page_gives_its_questions_and_the_rest_without_navigation() -> None:
    found = drafts(PAGE, ".html", "hilfe.html")

    assert [(draft.title, draft.body) for draft in found] == [
        ("Wie lange dauert die Lieferung?", "Zwei Wochen.\n\nAuch drei."),
        ("Gehen auch Karten", "Ja."),
        ("Versand", "Kostenlos."),
        ("Hilfe", "Wir helfen gern.\n\nAnschrift\n\nLeipzig"),
    ]
    assert {draft.language for draft in found} == {Language.DE}


@pytest.mark.parametrize("comma", [",", ";", "\t"])
def test_rows_with_one_key_are_phrasings_of_one_question(comma: str) -> None:
    rows = ["key,question,answer", "cost,Was kostet der Versand?,Nichts.", "cost,Versandkosten?,"]

    (entry,) = drafts("\n".join(rows).replace(",", comma), ".csv", "faq.csv")

    assert (entry.key, entry.questions, entry.body) == (
        "cost",
        ("Was kostet der Versand?", "Versandkosten?"),
        "Nichts.",
    )


def test_rows_without_a_key_belong_together_when_their_answers_are_equal() -> None:
    text = 'question,answer\nWhat does it cost?,"It is free, always."\nHow much?,"It is free, always."\n'

    (entry,) = drafts(text, ".csv", "faq.csv")

    assert (entry.key, len(entry.questions)) == ("faq#what-does-it-cost", 2)


def test_a_line_of_json_brings_rules_and_variants() -> None:
    line = (
        '{"key": "order", "title": "Order", "answer": "It is {order.state|state}.", "rules": ["order"],'
        ' "language": "en", "variants": [{"when": {"order.state": "lost"}, "answer": "Sorry."}]}'
    )

    (article,) = drafts(line, ".jsonl", "de.jsonl")

    assert article.variants == (Variant(when={"order.state": "lost"}, body="Sorry."),)
    assert (article.rules, article.language) == (("order",), Language.EN)


def test_the_same_text_has_the_same_keys_again() -> None:
    first = [draft.key for draft in drafts(PAGE, ".html", "hilfe.html")]

    again = [draft.key for draft in drafts(PAGE, ".html", "hilfe.html")]

    assert again == first

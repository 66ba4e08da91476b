"""Whatever a file holds, reading it raises nothing and what comes out can be stored."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fondaco.knowledge.importing import SUFFIXES, Imported, Origin, read_articles, read_text

#: Signs that mean something to one of the formats, so that they turn up more often than by chance.
MARKS = st.sampled_from(
    [
        *("---\n", "# ", "## Why?\n", "- ", "1. ", "|a|b|\n|-|-|\n", "```\n", "[a](", "\n"),
        *("question,answer\n", '"', ",", ";", '{"answer": "', '"}', '{"answer": 1}'),
        *(
            "<p>",
            "<dl><dt>",
            "</dt>",
            "<h2>",
            "<details>",
            "<summary>",
            "<!--",
            "<![CDATA[",
            "<![if",
            "<script>",
        ),
        *("&#x110000;", '{"answer": "a", "rules": ["(?P<"]}', "\x00", "\ufeff", "\ud800"),
    ]
)
TEXTS = st.lists(MARKS | st.text(max_size=8), max_size=30).map("".join)


def is_storable(found: Imported) -> bool:
    keys = [(draft.key, draft.language) for draft in found.drafts]
    texts = [
        text for draft in found.drafts for text in (draft.key, draft.title, draft.body, *draft.questions)
    ]
    rules = [re.compile(rule) for draft in found.drafts for rule in draft.rules]
    whole = all(text.strip() and text.encode() for text in texts)
    return len(set(keys)) == len(keys) and whole and all(rules)


@settings(max_examples=150, deadline=None)
@pytest.mark.parametrize("suffix", sorted(SUFFIXES))
@given(text=TEXTS)
def test_any_text_is_read_without_an_error(suffix: str, text: str) -> None:
    found = read_text(text, suffix, Origin(name=f"any{suffix}"))

    assert is_storable(found)
    assert all(problem.reason for problem in found.problems)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@pytest.mark.parametrize("suffix", sorted(SUFFIXES))
@given(data=st.binary(max_size=200))
def test_any_bytes_are_read_without_an_error(tmp_path: Path, suffix: str, data: bytes) -> None:
    file = tmp_path / f"any{suffix}"
    file.write_bytes(data)

    found = read_articles([file])

    assert is_storable(found)

"""What is here is finished; what is not finished is not here."""

from __future__ import annotations

import re

import pytest

from tests.house.tree import texts

MARKER = re.compile(
    r"\b(?:TODO|FIXME|XXX|HACK)\b"
    r"|\b(?i:not implemented yet|for now|in production|stubs?|stubbed)\b"
    r"|(?<!Chinese, )\b(?i:simplified)\b(?! Chinese)"
)
#: A word of HTML and CSS, so it counts only elsewhere.
PLACEHOLDER = re.compile(r"\bplaceholders?\b", re.IGNORECASE)
#: What a shop or a contact wrote, in their own words.
DATA = (".json", ".jsonl")
SCREENS = (".html", ".js", ".css")


def markers(name: str, text: str) -> list[str]:
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        unfinished = MARKER.search(line) or (not name.endswith(SCREENS) and PLACEHOLDER.search(line))
        found += [f"{name}:{number}: {unfinished.group()}"] if unfinished else []
    return found


@pytest.mark.parametrize(
    "line", ["todo_lists", "Chinese, simplified when we write it", "the production of cheese"]
)
def test_finished_work_passes(line: str) -> None:
    assert markers("a.py", line) == []


@pytest.mark.parametrize(
    "line", ["# TODO: later", "A simplified clock", "returns 3 for now", "a placeholder"]
)
def test_unfinished_work_is_found(line: str) -> None:
    assert len(markers("a.py", line)) == 1


def test_a_placeholder_of_an_input_field_passes() -> None:
    assert markers("a.html", '<input placeholder="Your name">') == []


def test_nothing_is_left_for_later() -> None:
    found = [place for name, text in texts() if not name.endswith(DATA) for place in markers(name, text)]

    assert found == []

"""The published sets as they are read."""

from __future__ import annotations

from pathlib import Path

import pytest

from fondaco.domain.errors import InvalidInput
from fondaco.lab.memory.data import VARIABLE, find_folder, read_sets
from fondaco.lab.memory.dialogues import read_calls, read_values
from fondaco.lab.memory.files import read_file
from fondaco.lab.memory.locomo import read_locomo
from fondaco.lab.memory.talks import DataSet
from fondaco.llm.asking import Speaker
from tests.unit.lab.memory.written import write_all


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_all(tmp_path)


def read(found: DataSet | None) -> DataSet:
    assert found is not None
    return found


def test_labels_typed_by_hand_are_read_and_broken_ones_counted(folder: Path) -> None:
    found = read(read_locomo(folder / "locomo", folder / "locomo-audit", len))

    asked = found.talks[0].asked
    assert [one.evidence for one in asked] == [(1,), (2,), (5, 2), (4,)]
    assert [one.category for one in asked] == ["single-hop", "multi-hop", "multi-hop", "temporal"]
    assert found.left_out == {"adversarial: the answer is nowhere": 1, "evidence label broken": 1}
    assert found.corrected == 1


def test_friends_speak_under_their_names_at_their_times(folder: Path) -> None:
    talk = read(read_locomo(folder / "locomo", folder / "nothing", len)).talks[0]

    third = talk.turns[2]
    assert third.text == "Lovely! Look at what I made. [shares a photo of a clay bowl]"
    assert (third.name, third.by, third.seq) == ("Emi", Speaker.ASSISTANT, 3)
    assert third.tokens == len(f"Emi: {third.text}\n")
    assert talk.turns[4].at_ms - third.at_ms == 25 * 86_400_000 + (5 * 60 + 34) * 60_000
    assert talk.held_out


def test_a_call_needs_the_turns_that_spoke_its_values_first(folder: Path) -> None:
    found = read(read_calls(folder / "sgd-slim", len))

    assert len(found.talks) == 1
    assert len(found.talks[0].turns) == 12 * 6
    assert [(one.evidence, one.until) for one in found.talks[0].asked[:2]] == [((0, 2), 4), ((6, 8), 10)]
    assert {one.text for one in found.talks[0].asked} == {"Yes please."}


def test_a_value_is_asked_for_by_another_value(folder: Path) -> None:
    talk = read(read_values(folder / "sgd-slim", len)).talks[0]

    assert talk.asked[0].text == "what was the restaurant for Corte Madera, when I wanted to reserve table?"
    assert talk.asked[0].evidence == (0,)
    assert len(talk.asked) == 8
    assert not talk.held_out


def test_a_file_of_ones_own_is_read(folder: Path) -> None:
    found = read_file(folder / "talks.json", len)

    asked = found.talks[0].asked
    assert [(one.evidence, one.until, one.category) for one in asked] == [
        ((0,), 2, "size"),
        ((1, 0), 3, "all"),
    ]
    assert found.left_out == {"evidence label broken": 2}
    assert found.name == "Mine"


@pytest.mark.parametrize("content", [b"", b"[]", b'{"name": "x"}', b'{"name": 1, "conversations": []}'])
def test_a_file_of_another_form_is_refused_with_its_name(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "broken.json"
    path.write_bytes(content)

    with pytest.raises(InvalidInput, match=r"broken\.json holds no conversations"):
        read_file(path, len)


def test_a_folder_without_anything_is_empty(tmp_path: Path) -> None:
    assert read_sets(tmp_path, [], len).is_empty


def test_the_option_goes_before_the_variable(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(VARIABLE, str(tmp_path))

    assert find_folder(None) == tmp_path
    assert find_folder(Path("other")) == Path("other")


_TURN = '{"id": "a", "by": "contact", "text": "Hello"}'
_ASKED = '{"text": "?", "evidence": ["a"], "until": "b"}'


@pytest.mark.parametrize(
    ("conversations", "told"),
    [
        ("", r"conversations is empty; give it at least one"),
        ('{"id": "c", "turns": [], "questions": []}', r"conversations\[0\] \(c\): turns is empty"),
        (
            f'{{"id": "c", "turns": [{_TURN}, {_TURN}], "questions": []}}',
            r"conversations\[0\] \(c\): 2 turns have the id 'a'; give each its own",
        ),
        (
            f'{{"id": "c", "turns": [{_TURN}], "questions": [{_ASKED}]}}',
            r"conversations\[0\] \(c\): questions\[0\]\.until is 'b', which is no turn",
        ),
    ],
)
def test_what_cannot_be_measured_is_refused_with_its_place(
    tmp_path: Path, conversations: str, told: str
) -> None:
    path = tmp_path / "mine.json"
    path.write_text(f'{{"name": "x", "conversations": [{conversations}]}}', encoding="utf-8")

    with pytest.raises(InvalidInput, match=rf"mine\.json: {told}"):
        read_file(path, len)

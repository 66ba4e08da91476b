"""REALTALK and BEAM as they are read, in a few lines of their forms."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from fondaco.domain.errors import InvalidInput
from fondaco.lab.memory.beam import read_beam
from fondaco.lab.memory.data import read_sets
from fondaco.lab.memory.locomo import read_realtalk
from fondaco.lab.memory.moments import moment_ms
from fondaco.lab.memory.talks import DataSet, Talk
from fondaco.llm.asking import Speaker

_DAY_MS = 86_400_000
_CHAT = {
    "name": {"speaker_1": "Emi", "speaker_2": "Jon"},
    "session_1_date_time": "29.12.2023, 21:23:01",
    "session_1": [
        {"dia_id": "D1:1", "speaker": "Emi", "clean_text": "Did you get the keys?"},
        {"dia_id": "D1:2", "speaker": "Jon", "clean_text": "Yes, for the flat in Bonn."},
    ],
    "session_2": [{"dia_id": "D2:1", "speaker": "Emi", "clean_text": None, "blip_caption": "a blue door"}],
    "qa": [
        {"question": "Where is Jon's flat?", "category": 2, "evidence": ["D1:2"]},
        {"question": "Which door?", "category": 1, "evidence": ["D7:1"]},
    ],
}
_BATCHES = [
    {
        "turns": [
            [
                {
                    "id": 0,
                    "role": "user",
                    "content": "I use Flask 2.3. ->-> 1,2",
                    "time_anchor": "March-15-2024",
                },
                {"id": 1, "role": "assistant", "content": "Good choice."},
            ]
        ]
    },
    {"turns": [[{"id": 2, "role": "user", "content": "The port is 5001 now."}]]},
]
_KINDS = {
    "information_extraction": [{"question": "Which port?", "source_chat_ids": [2]}],
    "contradiction": [{"question": "What changed?", "source_chat_ids": {"first": [0], "second": "2"}}],
    "abstention": [{"question": "Who wrote it?"}],
    "summarization": [{"question": "What happened?", "source_chat_ids": [99]}],
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "realtalk").mkdir()
    (tmp_path / "realtalk" / "Chat_1_Emi_Jon.json").write_text(json.dumps(_CHAT))
    chat = tmp_path / "beam" / "1"
    chat.mkdir(parents=True)
    (chat / "chat.json").write_text(json.dumps(_BATCHES))
    (chat / "q.json").write_text(json.dumps(_KINDS))
    return tmp_path


def only_talk(found: DataSet | None) -> Talk:
    assert found is not None
    return found.talks[0]


def test_a_chat_of_real_people_is_read_from_a_file_of_its_own(folder: Path) -> None:
    talk = only_talk(read_realtalk(folder / "realtalk", len))

    assert [turn.text for turn in talk.turns] == [
        "Did you get the keys?",
        "Yes, for the flat in Bonn.",
        "[shares a blue door]",
    ]
    assert [(one.evidence, one.category) for one in talk.asked] == [((1,), "temporal")]
    assert (talk.name, talk.held_out) == ("Chat_1_Emi_Jon", True)
    assert talk.turns[2].at_ms - talk.turns[1].at_ms == _DAY_MS


def test_a_chat_with_an_assistant_has_a_contact_and_no_marks_of_its_makers(folder: Path) -> None:
    talk = only_talk(read_beam(folder / "beam", len))

    assert [(turn.by, turn.text) for turn in talk.turns] == [
        (Speaker.CONTACT, "I use Flask 2.3."),
        (Speaker.ASSISTANT, "Good choice."),
        (Speaker.CONTACT, "The port is 5001 now."),
    ]
    assert talk.turns[2].at_ms - talk.turns[0].at_ms == _DAY_MS


def test_labels_of_every_form_are_read_and_what_cannot_be_asked_is_counted(folder: Path) -> None:
    found = read_beam(folder / "beam", len)

    asked = only_talk(found).asked
    assert [(one.evidence, one.category) for one in asked] == [
        ((2,), "information_extraction"),
        ((0, 2), "contradiction"),
    ]
    assert found is not None
    assert found.left_out == {"abstention: the answer is nowhere": 1, "evidence label broken": 1}


def test_the_shorter_form_of_a_chat_is_taken_where_it_holds_anything(folder: Path) -> None:
    shorter = folder / "beam" / "1" / "chat_trunecated.json"
    shorter.write_text("")
    assert len(only_talk(read_beam(folder / "beam", len)).turns) == 3

    shorter.write_text(json.dumps(_BATCHES[:1]))

    assert len(only_talk(read_beam(folder / "beam", len)).turns) == 2


def test_both_are_found_in_the_folder_of_all_sets(folder: Path) -> None:
    sets = read_sets(folder, [], len)

    assert [one.name for one in sets.recalled] == ["REALTALK", "BEAM"]


def test_nothing_is_read_where_nothing_is(tmp_path: Path) -> None:
    assert read_realtalk(tmp_path / "realtalk", len) is None
    assert read_beam(tmp_path / "beam", len) is None


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"session_1": [{"dia_id": "D1:1"}], "qa": []}'])
def test_a_file_that_is_no_chat_is_named(folder: Path, content: str) -> None:
    (folder / "realtalk" / "Chat_2_broken.json").write_text(content)

    with pytest.raises(InvalidInput, match=r"Chat_2_broken\.json is no chat of REALTALK"):
        read_realtalk(folder / "realtalk", len)


@pytest.mark.parametrize(
    "content", ["", "7", "[{}]", '[{"turns": [[{"id": 1, "role": "system", "content": ""}]]}]']
)
def test_a_folder_without_a_chat_is_named(folder: Path, content: str) -> None:
    (folder / "beam" / "1" / "chat.json").write_text(content)

    with pytest.raises(InvalidInput, match="1 holds no chat of BEAM"):
        read_beam(folder / "beam", len)


@pytest.mark.parametrize(
    "written", ["1:56 pm on 8 May, 2023", "08.05.2023, 13:56:00", "08.05.2023, 13:56", "2023-05-08T13:56:00"]
)
def test_a_moment_is_read_in_the_form_of_each_set(written: str) -> None:
    assert moment_ms(written, 0) == 1_683_554_160_000


def test_a_moment_that_nobody_can_read_is_a_day_later() -> None:
    assert moment_ms("some day", 5) == _DAY_MS + 5

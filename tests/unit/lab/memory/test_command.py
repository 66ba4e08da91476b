"""``fondaco lab memory`` on a tiny set."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from fondaco.lab.memory import main
from fondaco.lab.memory.trimming import ABSENT
from tests.unit.lab.memory.written import write_all

#: Keeps the last half of a conversation, as a library would print it.
_PEER = """#!{python}
import json, sys
if sys.argv[1] == "-c":
    print("langchain-core 9.9")
else:
    plan = json.load(sys.stdin)
    half = len(plan["messages"]) // 2
    print(json.dumps([list(range(half, len(plan["messages"]))) for _ in plan["budgets"]]))
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_all(tmp_path / "data")


@pytest.mark.parametrize("asked_for", ["--words", "--cost"])
def test_without_data_it_says_where_it_looked_and_how_to_name_it(
    asked_for: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FONDACO_MEMORY_DATA", str(tmp_path))

    ended = main([asked_for])

    said = capsys.readouterr()
    assert ended == 2
    assert said.out == ""
    assert f"no published conversations in {tmp_path}" in said.err
    assert "--data DIR or in $FONDACO_MEMORY_DATA" in said.err


def test_a_broken_file_ends_it_with_its_name(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ended = main(["--data", str(tmp_path), "--talks", str(tmp_path / "none.json")])

    assert ended == 2
    assert "none.json" in capsys.readouterr().err


def test_tables_gates_and_notes_are_printed(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ended = main(["--data", str(folder), "--words", "--peer", "nowhere", "--no-gate"])

    said = capsys.readouterr().out
    assert ended == 0
    assert "LoCoMo: 1 conversations, 7 turns, 4 questions" in said
    assert "1 adversarial: the answer is nowhere" in said
    assert "1 with evidence corrected by the audit" in said
    assert "16 characters find their paragraph: zh" in said
    assert ABSENT.format("nowhere") in said


def test_a_missed_gate_ends_it_with_one(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ended = main(["--data", str(folder), "--words", "--peer", "nowhere", "--json"])

    told = json.loads(capsys.readouterr().out)
    missed = [figure["name"] for figure in told["figures"] if figure["missed"]]
    assert ended == 1
    assert "LoCoMo at 27%, fondaco, words alone: all" in missed
    assert told["commit"]
    assert told["machine"]["cores"] >= 1


def test_files_of_ones_own_are_measured_beside(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = folder / "talks.json"

    main(["--data", str(folder), "--talks", str(file), "--words", "--peer", "nowhere", "--no-gate"])

    assert "Mine: questions left out: 2 evidence label broken." in capsys.readouterr().out


def test_langchain_is_measured_where_it_is(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    peer = tmp_path / "python"
    peer.write_text(_PEER.format(python=sys.executable), encoding="utf-8")
    peer.chmod(0o755)

    main(["--data", str(folder), "--words", "--peer", str(peer), "--json", "--no-gate"])

    told = json.loads(capsys.readouterr().out)
    figures = {figure["name"]: figure["value"] for figure in told["figures"]}
    assert figures["LoCoMo, LangChain trim_messages, 60%: all"] == 25.0
    assert "Measured beside fondaco: langchain-core 9.9." in told["notes"]


def test_views_are_printed_alone(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ended = main(["--data", str(folder), "--words", "--views"])

    said = capsys.readouterr().out
    assert ended == 0
    assert "  without salience" in said
    assert "What is in the prompt" not in said


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--hot", "--conversations", "0"], "--conversations: is '0'; write a whole number from 1 on"),
        (["--hot", "--conversations=-3"], "--conversations: is '-3'; write a whole number from 1 on"),
        (["--cost", "--assembly"], "argument --assembly: not allowed with argument --cost"),
        (["--hot", "--views"], "argument --views: not allowed with argument --hot"),
    ],
)
def test_what_makes_no_sense_is_refused_by_the_parser(
    arguments: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)

    assert ended.value.code == 2
    assert told in capsys.readouterr().err


def test_a_file_without_conversations_ends_it_with_its_place(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "empty.json"
    file.write_text('{"name": "x", "conversations": []}', encoding="utf-8")

    ended = main(["--data", str(tmp_path), "--talks", str(file), "--words"])

    assert ended == 2
    assert "empty.json: conversations is empty" in capsys.readouterr().err


def test_the_ways_have_names_for_people(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["--data", str(folder), "--words", "--cost", "--no-gate"])

    said = capsys.readouterr().out
    assert "sliding window" in said
    assert "sliding_window" not in said

"""``fondaco lab memory --cost`` on a tiny set, and its accounting beside the simulated provider's."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from fondaco.lab.memory import main
from fondaco.lab.memory.cost_sheets import in_force, made_up
from fondaco.lab.memory.cost_talks import Replayed, atoms_of, dialogues_of, replayed
from fondaco.lab.memory.cost_ways import EVERYTHING, PLANNED, WAYS, Finder, answered
from fondaco.lab.memory.cost_wire import compared
from fondaco.lab.memory.methods import Prepared
from fondaco.lab.memory.talks import Asked, Talk
from fondaco.llm.asking import Speaker
from fondaco.memory.bills.replaying import bill_of
from fondaco.memory.recall import PastTurn
from tests.unit.lab.memory.written import write_all

_NOON_MS = 1_795_348_800_000  # 2026-11-22 12:00 UTC
_WORDS = "a long sentence about violins, harbours and the weather of Trieste in autumn "


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_all(tmp_path / "data")


def long_talk(turns: int = 120) -> Talk:
    """Return a conversation of two friends; the needle stands near its beginning."""
    said = [
        PastTurn(
            seq=place + 1,
            at_ms=place,
            by=Speaker.ASSISTANT,
            text="My cat is called Minka." if place == 3 else f"{_WORDS * 4}{place}",
            tokens=80,
            name="Emi" if place % 2 == 0 else "Jon",
        )
        for place in range(turns)
    ]
    asked = Asked("What is the cat called?", "single-hop", (3,), turns)
    return Talk("long", tuple(said), (asked,), 8, held_out=True)


def test_tables_and_gates_are_printed(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ended = main(["--data", str(folder), "--cost", "--no-gate"])

    said = capsys.readouterr().out
    assert ended == 0
    assert "as planned" in said
    assert "holysheep/deepseek-v3.2" in said
    assert "counted otherwise than reckoned" in said
    assert "not published" in said
    assert "of the hidden comes back" in said


def test_every_cell_is_printed_as_json(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["--data", str(folder), "--cost", "--json", "--no-gate"])

    figures = {one["name"]: one for one in json.loads(capsys.readouterr().out)["figures"]}
    assert figures["LoCoMo, known tokens at 1/10, as planned: of telling everything"]["value"] == 100
    assert figures["  counted otherwise than reckoned"]["value"] == 0
    assert figures["LoCoMo, 1/10, as planned with 20 % of the hidden: everything needed"]["value"] == 100
    assert not figures["LoCoMo: highest bill as planned, of any conversation and price list"]["missed"]


def test_without_data_no_cost_is_reckoned(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--data", str(tmp_path), "--cost"]) == 2
    assert "no published conversations" in capsys.readouterr().err


async def test_the_simulated_provider_counts_every_prompt_of_every_way_as_we_do() -> None:
    sheet = made_up()[3]

    found = await compared([replayed(long_talk(), 0)], sheet)

    assert found.requests > 60 * len(WAYS) - 1
    assert found.found > 0
    assert found.different == 0


def test_a_long_conversation_is_cheaper_as_planned_and_the_needle_is_found() -> None:
    one = replayed(long_talk(400), 0)
    sheet = made_up()[2]
    planned, everything = WAYS[PLANNED](one.history, sheet), WAYS[EVERYTHING](one.history, sheet)

    bill, whole = bill_of(one.history, planned, sheet), bill_of(one.history, everything, sheet)

    assert bill.cost_pico < whole.cost_pico / 2
    assert answered(one, planned, Finder(Prepared(one.talk))) == [True]


def test_a_needle_outside_of_a_sliding_window_is_not_told() -> None:
    one = replayed(long_talk(400), 0)
    sheet = made_up()[2]
    sliding = WAYS["sliding_window"](one.history, sheet)

    bill_of(one.history, sliding, sheet)

    assert answered(one, sliding, Finder(Prepared(one.talk))) == [False]


def test_of_two_friends_the_one_who_began_is_the_contact() -> None:
    atoms = atoms_of(long_talk(4).turns)

    assert [atom.by for atom in atoms] == [
        Speaker.CONTACT,
        Speaker.ASSISTANT,
        Speaker.CONTACT,
        Speaker.ASSISTANT,
    ]


def test_which_turns_ask_for_old_ones_is_the_same_every_time() -> None:
    first, again = replayed(long_talk(), 5), replayed(long_talk(), 5)

    assert first == again
    assert 0 < _recalls(first) < 30


def _recalls(one: Replayed) -> int:
    return sum(asked.wants_recall for asked in one.history.requests)


def test_each_day_of_a_past_is_a_dialogue_of_its_own() -> None:
    talk = long_talk(6)

    assert [len(one.turns) for one in dialogues_of([talk])] == [1] * 6


def test_every_price_that_comes_with_fondaco_has_a_sheet() -> None:
    names = [sheet.target for sheet in in_force(_NOON_MS)]

    assert "anthropic/claude-sonnet-4-5" in names
    assert "deepseek/deepseek-v3.2" in names

"""`fondaco lab guard`: recorded replies, as they are and spoiled."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

import msgspec
import pytest

from fondaco.domain import events as ev
from fondaco.engine.guard.words import Kind
from fondaco.kit.chance import SeededChance
from fondaco.lab.guard import measure
from fondaco.lab.guard.alarms import Sort, sort_of
from fondaco.lab.guard.command import main, run
from fondaco.lab.guard.data import Reply, read_replies
from fondaco.lab.guard.spoiling import write_like
from tests.unit.lab.guard.recordings import BOTH, INVENTED, RIGHT, write_recordings

E = TypeVar("E")


def _of(reply: Reply, kind: type[E]) -> list[E]:
    return [event for event in reply.events if isinstance(event, kind)]


def test_each_reply_knows_what_was_known_when_it_was_written(tmp_path: Path) -> None:
    replies = read_replies(write_recordings(tmp_path))

    assert [reply.place for reply in replies] == [
        "airline 3/1/5",
        "airline 3/1/7",
        "airline 3/1/9",
        "retail 0/3",
    ]
    assert [len(_of(reply, ev.ToolCalled)) for reply in replies] == [2, 2, 2, 1]
    assert [len(reply.turn_calls) for reply in replies] == [2, 0, 0, 1]
    assert [event.text for event in _of(replies[1], ev.MessageReceived)] == [
        "When is my flight ZFA04X?",
        "And the other one?",
    ]
    assert replies[3].text == "Order #W1001 costs $54.50.\nIt is on its way."


def test_only_what_nobody_said_raises_an_alarm(tmp_path: Path) -> None:
    seen = measure.look(read_replies(write_recordings(tmp_path)))

    alarms = [one.reply.text for one in measure.alarms(seen)]

    assert alarms == [INVENTED]


def test_spoiled_replies_are_stopped_unless_nothing_beside_tells_the_record(tmp_path: Path) -> None:
    seen = measure.look(read_replies(write_recordings(tmp_path)))

    digits = measure.spoil(seen, measure.changed_digits(SeededChance(7)), unknown_only=True)
    swapped = measure.spoil(seen, measure.swapped(SeededChance(7)), unknown_only=False)

    missed = [spoiled.text for _, spoiled in swapped.missed]
    assert digits.percent == 100
    assert digits.made >= 8
    assert swapped.made >= 6
    assert swapped.by_provenance == 0
    assert missed == [INVENTED.replace("K1NW8N", "ZFA04X")]


def test_a_swapped_value_comes_from_the_same_field_of_the_other_booking(tmp_path: Path) -> None:
    seen = measure.look(read_replies(write_recordings(tmp_path)))
    spoiler = measure.swapped(SeededChance(7))

    spoiled = [spoiler(seen[0], proof) for proof in seen[0].proven]

    texts = [one.text for one in spoiled if one is not None]
    assert RIGHT.replace("$187", "$412") in texts
    assert RIGHT.replace("May 21", "May 28") in texts
    assert BOTH not in texts


def test_the_same_seed_spoils_in_the_same_way(tmp_path: Path) -> None:
    seen = measure.look(read_replies(write_recordings(tmp_path)))

    twice = [
        [measure.changed_digits(SeededChance(3))(seen[0], proof) for proof in seen[0].proven]
        for _ in range(2)
    ]

    assert twice[0] == twice[1]


@pytest.mark.parametrize(
    ("written", "kind", "normal", "expected"),
    [
        ("$1,859", Kind.AMOUNT, "2100", "$2,100"),
        ("$54.50", Kind.AMOUNT, "7.9", "$7.90"),
        ("May 21, 2024", Kind.DATE, "2024-06-03", "June 3, 2024"),
        ("May 21st", Kind.DATE, "2024-06-03", "June 3rd"),
        ("2024-05-21", Kind.DATE, "2024-06-03", "2024-06-03"),
        ("06:00 AM", Kind.TIME, "14:30", "02:30 PM"),
        ("14:30", Kind.TIME, "06:00", "06:00"),
        ("7803", Kind.ID, "credit_card_2172", "2172"),
        ("5 to 7 days", Kind.DURATION, "P3D", None),
    ],
)
def test_a_value_is_written_like_the_one_it_replaces(
    written: str, kind: Kind, normal: str, expected: str | None
) -> None:
    assert write_like(written, kind, normal) == expected


def test_the_report_names_its_gates(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = run(as_json=True, data=write_recordings(tmp_path), languages=())

    figures = msgspec.json.decode(capsys.readouterr().out)["figures"]
    missed = {one["name"] for one in figures if one["missed"]}

    assert code == 1
    assert "false alarms" in missed
    assert {one["name"] for one in figures if one["gate"]} == {
        "false alarms",
        "changed digits caught",
        "foreign values caught",
        "swapped records caught",
        "CPU a reply, median",
    }


def test_without_the_recordings_it_says_where_they_belong(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = main(["--data", str(tmp_path)])

    assert code == 1
    assert "FONDACO_EVAL_DATA" in capsys.readouterr().err


def test_an_alarm_that_nobody_read_is_called_so() -> None:
    assert sort_of("airline 99/0/1") is Sort.UNREAD

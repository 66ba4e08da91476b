"""Figures with their gates, as tables, as JSON and as the end of a command."""

from __future__ import annotations

import json

import pytest

from fondaco.lab.gates import (
    Figure,
    Gate,
    Machine,
    Report,
    at_least,
    at_most,
    exit_code,
    render_table,
    to_json,
)


def reported(*figures: Figure) -> Report:
    machine = Machine(cpu="Some CPU", cores=2, memory_gigabytes=8.0, python="3.11.0", system="Linux x86_64")
    return Report(
        title="A bench", machine=machine, seed=7, commit="abc1234", figures=figures, notes=("a note",)
    )


@pytest.mark.parametrize(
    ("gate", "value", "missed"),
    [
        (at_least(92), 92.0, False),
        (at_least(92), 91.99, True),
        (at_most(2), 2.0, False),
        (at_most(2), 2.01, True),
        (at_least(0), float("nan"), True),
        (at_most(0), float("nan"), True),
        (None, 0.0, False),
    ],
)
def test_a_figure_misses_its_gate_only_beyond_the_limit(
    gate: Gate | None, value: float, missed: bool
) -> None:
    assert Figure(name="x", value=value, gate=gate).missed is missed


def test_a_missed_gate_ends_the_command_with_one_unless_gates_do_not_count() -> None:
    found = reported(
        Figure(name="good", value=95, gate=at_least(92)), Figure(name="bad", value=3, gate=at_most(2))
    )

    assert exit_code(found, gates_on=True) == 1
    assert exit_code(found, gates_on=False) == 0


def test_a_report_that_meets_its_gates_ends_with_zero() -> None:
    assert exit_code(reported(Figure(name="good", value=95, gate=at_least(92))), gates_on=True) == 0


def test_the_table_names_machine_seed_commit_figures_and_verdicts() -> None:
    table = render_table(
        reported(
            Figure(name="right", value=93.64, unit="%", gate=at_least(92)), Figure(name="turns", value=1234.5)
        )
    )

    assert "Some CPU, 2 cores, 8.0 GB, Python 3.11.0, Linux x86_64; seed 7, commit abc1234" in table
    assert "right  93.6 %  ok (at least 92)" in table
    assert "turns   1,234" in table
    assert table.endswith("a note")


def test_json_says_which_figures_missed() -> None:
    plain = json.loads(to_json(reported(Figure(name="bad", value=3.0, unit="%", gate=at_most(2)))))

    assert plain["figures"][0]["missed"] is True
    assert plain["machine"]["cores"] == 2

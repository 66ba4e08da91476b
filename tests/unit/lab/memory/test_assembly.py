"""What laying prompts out costs, as it is printed."""

from __future__ import annotations

import json

import pytest

from fondaco.lab.memory.command import main


def test_every_length_has_its_figure(capsys: pytest.CaptureFixture[str]) -> None:
    ended = main(["--assembly", "--json", "--no-gate"])

    told = json.loads(capsys.readouterr().out)
    assert ended == 0
    assert [figure["name"] for figure in told["figures"]] == [
        "after 10 turns, median",
        "after 100 turns, median",
        "after 500 turns, median",
        "after 500 turns, read anew",
    ]
    assert all(figure["value"] > 0 for figure in told["figures"])
    assert [figure["gate"] is not None for figure in told["figures"]] == [False, False, True, False]

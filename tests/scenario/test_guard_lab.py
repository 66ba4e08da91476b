"""The lab of the guard as a command: what it prints of a whole run."""

from __future__ import annotations

from pathlib import Path

import pytest

from fondaco.lab.guard.alarms import Sort
from fondaco.lab.guard.command import main
from tests.unit.lab.guard.recordings import INVENTED, write_recordings


def test_each_alarm_is_listed_with_its_reply(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["--data", str(write_recordings(tmp_path)), "--list", "--no-gate", "--language", "ko"])

    printed = capsys.readouterr().out

    assert code == 0
    assert f"airline 3/1/9: {Sort.UNREAD.value}" in printed
    assert f"  | {INVENTED}" in printed
    assert "'$655'" in printed

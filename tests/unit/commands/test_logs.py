"""Everything that is logged is one JSON object a line, whoever logs it."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from fondaco.commands.logs import write_logs
from fondaco.config import TelemetrySettings


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    structlog.reset_defaults()
    root.handlers[:] = handlers
    root.setLevel(level)


def test_a_warning_of_a_library_is_a_line_of_our_log(capsys: pytest.CaptureFixture[str]) -> None:
    write_logs(TelemetrySettings())

    logging.getLogger("uvicorn.error").warning("Invalid HTTP request received.")

    line = json.loads(capsys.readouterr().err)
    assert line["event"] == "library_warns"
    assert line["library"] == "uvicorn.error"
    assert line["text"] == "Invalid HTTP request received."
    assert line["level"] == "warning"


@pytest.mark.parametrize("value", ["注文 \ud83d", "Größe", {"a": (1, 2.5, None)}, 2**70])
def test_any_value_stands_in_a_line_as_json(capsys: pytest.CaptureFixture[str], value: object) -> None:
    write_logs(TelemetrySettings())

    structlog.get_logger("fondaco").info("happened", value=value)

    line = json.loads(capsys.readouterr().err)
    assert json.dumps(line["value"]) == json.dumps(value)
    assert (line["event"], line["level"]) == ("happened", "info")


def test_a_value_that_json_does_not_know_is_told_in_words(capsys: pytest.CaptureFixture[str]) -> None:
    write_logs(TelemetrySettings())

    structlog.get_logger("fondaco").info("happened", value=ValueError("\ud83d"), other=object)

    line = json.loads(capsys.readouterr().err)
    assert (line["value"], line["other"]) == (r"ValueError('\ud83d')", "<class 'object'>")


def test_a_reason_is_told_with_its_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    write_logs(TelemetrySettings())

    structlog.get_logger("fondaco").error("broke_down", exc_info=ZeroDivisionError("torn"))

    line = json.loads(capsys.readouterr().err)
    assert "ZeroDivisionError: torn" in line["exception"]


def test_what_a_library_only_mentions_is_left_out(capsys: pytest.CaptureFixture[str]) -> None:
    write_logs(TelemetrySettings())

    logging.getLogger("uvicorn.error").info("Started server process")

    assert capsys.readouterr().err == ""

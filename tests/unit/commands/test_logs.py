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


def test_what_a_library_only_mentions_is_left_out(capsys: pytest.CaptureFixture[str]) -> None:
    write_logs(TelemetrySettings())

    logging.getLogger("uvicorn.error").info("Started server process")

    assert capsys.readouterr().err == ""

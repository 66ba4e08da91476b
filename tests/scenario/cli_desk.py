"""Runs ``fondaco`` in this process, as the shell would."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
import pytest
import structlog

from fondaco.cli import run


@dataclass(frozen=True, slots=True)
class Ran:
    """What a command printed, and how it ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The output as JSON."""
        return msgspec.json.decode(self.out)


@dataclass(frozen=True, slots=True)
class CliDesk:
    """A shell in an empty folder."""

    capture: pytest.CaptureFixture[str]

    def run(self, *arguments: str) -> Ran:
        """Run a command to its end."""
        code = run(arguments)
        # The log was told to go where standard error went during this command.
        structlog.reset_defaults()
        out, err = self.capture.readouterr()
        return Ran(code, out, err)

    def lines(self, arguments: Sequence[str]) -> list[str]:
        """Run a command that must go well and return what it printed."""
        ran = self.run(*arguments)
        assert ran.code == 0, ran.err
        return ran.out.splitlines()

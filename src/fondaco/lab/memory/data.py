"""Finds the published conversations; they lie beside the checkout and are never shipped."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from fondaco.lab.memory.beam import read_beam
from fondaco.lab.memory.dialogues import read_calls, read_values
from fondaco.lab.memory.files import read_file
from fondaco.lab.memory.locomo import read_locomo, read_realtalk
from fondaco.lab.memory.talks import Count, DataSet

VARIABLE = "FONDACO_MEMORY_DATA"
_BESIDE = Path(__file__).parents[5] / "shared" / "data" / "memory"


@dataclass(frozen=True, slots=True)
class Sets:
    """What was found."""

    folder: Path
    recalled: tuple[DataSet, ...]  #: measured at every budget
    calls: DataSet | None  #: for the floor

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to measure."""
        return not self.recalled and self.calls is None


def find_folder(named: Path | None) -> Path:
    """Return the folder of the option, of the variable, or the one beside the checkout."""
    return named or Path(os.environ.get(VARIABLE, _BESIDE))


def read_sets(folder: Path, files: Sequence[Path], count: Count) -> Sets:
    """Return every set that is there, then the files.  Raises InvalidInput for what is broken."""
    found = [
        read_locomo(folder / "locomo", folder / "locomo-audit", count),
        read_realtalk(folder / "realtalk", count),
        read_beam(folder / "beam", count),
        read_values(folder / "sgd-slim", count),
        *(read_file(file, count) for file in files),
    ]
    recalled = tuple(one for one in found if one is not None)
    return Sets(folder, recalled, read_calls(folder / "sgd-slim", count))

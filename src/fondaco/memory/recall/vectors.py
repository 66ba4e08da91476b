"""What recall wants of sentence vectors, which it works without."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

#: Of a long turn only so much is embedded: meaning is in its beginning, cost in its length.
EMBEDDED_CHARACTERS = 1_000


class Meaning(Protocol):
    """Turns texts into vectors of length 1; texts of like meaning lie close."""

    @property
    def dimensions(self) -> int:
        """How many numbers a vector has."""
        ...

    def encode(self, texts: Sequence[str]) -> Floats:
        """Return one row per text.  Costs CPU."""
        ...

"""What the assistant may say and do: the guard's cases, and the hands that change something."""

from __future__ import annotations

from dataclasses import dataclass

from fondaco.engine.acting.acting import Acting
from fondaco.engine.guard import Cases


@dataclass(frozen=True, slots=True)
class Law:
    """The guard of one shop, and its hands; without hands nothing is ever changed."""

    cases: Cases
    acting: Acting | None = None

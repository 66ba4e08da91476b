"""How often a long-running process looks for garbage that reference counting cannot free."""

from __future__ import annotations

import gc

# Python looks after 700 new objects, which a server with an index in memory pays for with every tenth turn.
# The tens of megabytes that may wait for 50,000 are less than a thousand open conversations take.
_YOUNG, _MIDDLE, _OLD = 50_000, 20, 20


def collect_rarely() -> None:
    """Look for cycles seldom; whatever no cycle holds is freed at once as ever."""
    gc.set_threshold(_YOUNG, _MIDDLE, _OLD)

"""What can answer a turn."""

from __future__ import annotations

from typing import Protocol

from fondaco.engine.context import TurnContext
from fondaco.engine.draft import Draft, Trace
from fondaco.tools.caller import Journal


class Answerer(Protocol):
    """Drafts an answer; what it finds out on the way goes into the trace."""

    async def answer(self, context: TurnContext, journal: Journal, trace: Trace) -> Draft:
        """Return a draft, which may be the wish to hand over.  Raises LeaseLost."""
        ...

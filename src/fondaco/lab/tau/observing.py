"""Lets the words of a recording out, and counts what the guard would have said to them."""

from __future__ import annotations

from dataclasses import dataclass, field

import msgspec

from fondaco.domain.evidence import Evidence, EvidenceSource
from fondaco.engine import guard
from fondaco.engine.answerer import Answerer
from fondaco.engine.context import TurnContext
from fondaco.engine.draft import Draft, Trace
from fondaco.engine.guard.cases import Cases
from fondaco.tools.caller import Journal


@dataclass(frozen=True, slots=True)
class Finding:
    """What the guard would have stopped."""

    text: str
    findings: tuple[str, ...]


@dataclass(slots=True)
class Observed:
    """An answerer whose drafts are judged and go out whatever the verdict is.

    gpt-4o wrote these replies for another house, with sums that no tool has told, and the replay is about
    what happens to them on their way.
    """

    answerer: Answerer
    cases: Cases
    judged: int = 0
    found: list[Finding] = field(default_factory=list)

    async def answer(self, context: TurnContext, journal: Journal, trace: Trace) -> Draft:
        """Return the draft, vouched for where the guard would not have passed it.  Raises LeaseLost."""
        draft = await self.answerer.answer(context, journal, trace)
        if draft.handoff is not None:
            return draft
        self.judged += 1
        verdict = guard.judge(draft, self.cases.of(context))
        if verdict.passed:
            return draft
        self.found.append(Finding(draft.text, verdict.findings))
        vouched = Evidence(
            written=draft.text, value=draft.text, source=EvidenceSource.SHOP, reference="recording"
        )
        return msgspec.structs.replace(draft, stated=(*draft.stated, vouched), stored=True)

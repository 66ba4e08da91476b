"""Why the assistant said what it said: everything that one turn left in the log."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from fondaco.domain import events as ev
from fondaco.domain.evidence import Evidence, EvidenceSource
from fondaco.domain.ids import TurnId
from fondaco.domain.tools import ToolCall
from fondaco.server.pages_actions import Course, courses_of
from fondaco.server.pages_memory import Moment, moments_of

_WITH_FIELDS = (EvidenceSource.TOOL, EvidenceSource.ACTION)  #: of the others the place alone tells


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """One value of the text and the place that proves it."""

    written: str
    value: str
    source: str  #: an ``EvidenceSource``
    place: str  #: tool, article title or setting
    field: str
    reference: str  #: the id behind the place


@dataclass(frozen=True, slots=True)
class Names:
    """What people call the places that evidence names by an id."""

    tools: Mapping[str, str]  #: by call, and by action
    titles: Mapping[str, str]  #: by article

    @classmethod
    def of(cls, calls: Iterable[ToolCall], events: Iterable[ev.Event], titles: Mapping[str, str]) -> Names:
        """Collect the names of a turn."""
        moved = [one.action for one in events if isinstance(one, ev.ActionMoved)]
        called = {str(call.id): call.tool for call in calls}
        return cls(called | {str(action.id): action.tool for action in moved}, titles)

    def place(self, evidence: Evidence) -> str:
        """Return the name of the place; one that nobody has named is told by its id."""
        named = self.titles if evidence.source is EvidenceSource.ARTICLE else self.tools
        return named.get(evidence.reference, evidence.reference)


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """One turn, ready to be shown."""

    turn_id: TurnId
    at_ms: int
    text: str
    language: str
    route: ev.RouteChosen | None
    searches: tuple[ev.PassagesFound, ...]
    asked: tuple[ev.ModelAsked, ...]  #: one a step
    calls: tuple[ToolCall, ...]
    courses: tuple[Course, ...]  #: the actions that it moved
    verdict: ev.VerdictGiven | None  #: on what was said in the end
    mended: tuple[str, ...]  #: what was found wrong before that
    proofs: tuple[Proof, ...]
    settled: ev.TurnSettled | None
    moments: tuple[Moment, ...]  #: what it decided about the history that models are told
    cited: frozenset[str]  #: ids of the articles that the message quotes


def why_of(turn_id: TurnId, records: Iterable[ev.Recorded]) -> Why:
    """Collect what the log says about a turn."""
    records = tuple(records)
    own = [record for record in records if getattr(record.event, "turn_id", None) == turn_id]
    events = [record.event for record in own]
    message = next((one for one in events if isinstance(one, ev.MessagePosted)), None)
    calls = tuple(one.call for one in events if isinstance(one, ev.ToolCalled))
    searches = tuple(one for one in events if isinstance(one, ev.PassagesFound))
    verdicts = [one for one in events if isinstance(one, ev.VerdictGiven)]
    verdict = verdicts[-1] if verdicts else None
    names = Names.of(calls, events, _titles(searches, message))
    return Why(
        turn_id=turn_id,
        at_ms=own[0].at_ms if own else 0,
        text=message.text if message else "",
        language=message.language.value if message and message.language else "",
        route=next((one for one in events if isinstance(one, ev.RouteChosen)), None),
        searches=searches,
        asked=tuple(one for one in events if isinstance(one, ev.ModelAsked)),
        calls=calls,
        courses=courses_of(turn_id, records),
        verdict=verdict,
        mended=tuple(dict.fromkeys(text for one in verdicts[:-1] for text in one.findings)),
        proofs=_proofs(verdict.evidence, names) if verdict else (),
        settled=next((one for one in events if isinstance(one, ev.TurnSettled)), None),
        moments=moments_of(events),
        cited=frozenset(one.article_id for one in message.citations) if message else frozenset(),
    )


def _titles(searches: Iterable[ev.PassagesFound], message: ev.MessagePosted | None) -> dict[str, str]:
    found: dict[str, str] = {}
    for search in searches:
        found |= {passage.article_id: passage.title for passage in search.passages}
    cited = {one.article_id: one.title for one in message.citations} if message else {}
    return found | cited


def _proofs(evidence: Iterable[Evidence], names: Names) -> tuple[Proof, ...]:
    """Return each proof once, however many ways its source has to write the value."""
    proofs = [_proof(one, names) for one in evidence]
    return tuple({(one.written, one.source, one.place, one.field): one for one in proofs}.values())


def _proof(evidence: Evidence, names: Names) -> Proof:
    return Proof(
        written=evidence.written,
        value=evidence.value,
        source=evidence.source.value,
        place=names.place(evidence),
        field=evidence.field if evidence.source in _WITH_FIELDS else "",
        reference=evidence.reference,
    )

"""Why the assistant said what it said: everything that one turn left in the log."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from fondaco.domain import events as ev
from fondaco.domain.evidence import Evidence, EvidenceSource
from fondaco.domain.ids import TurnId
from fondaco.domain.tools import ToolCall
from fondaco.server.pages_actions import Course, courses_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """One value of the text and the place that proves it."""

    written: str
    value: str
    source: str  #: an ``EvidenceSource``
    place: str  #: tool, article title or setting
    field: str
    reference: str  #: the id behind the place


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
    verdict: ev.VerdictGiven | None
    proofs: tuple[Proof, ...]
    settled: ev.TurnSettled | None
    cited: frozenset[str]  #: ids of the articles that the message quotes


def why_of(turn_id: TurnId, records: Iterable[ev.Recorded]) -> Why:
    """Collect what the log says about a turn."""
    records = tuple(records)
    own = [record for record in records if getattr(record.event, "turn_id", None) == turn_id]
    events = [record.event for record in own]
    message = next((one for one in events if isinstance(one, ev.MessagePosted)), None)
    calls = tuple(one.call for one in events if isinstance(one, ev.ToolCalled))
    searches = tuple(one for one in events if isinstance(one, ev.PassagesFound))
    verdict = next((one for one in events if isinstance(one, ev.VerdictGiven)), None)
    titles = _titles(searches, message)
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
        proofs=tuple(_proof(one, calls, titles) for one in verdict.evidence) if verdict else (),
        settled=next((one for one in events if isinstance(one, ev.TurnSettled)), None),
        cited=frozenset(one.article_id for one in message.citations) if message else frozenset(),
    )


def _titles(searches: Iterable[ev.PassagesFound], message: ev.MessagePosted | None) -> dict[str, str]:
    found: dict[str, str] = {}
    for search in searches:
        found |= {passage.article_id: passage.title for passage in search.passages}
    cited = {one.article_id: one.title for one in message.citations} if message else {}
    return found | cited


def _proof(evidence: Evidence, calls: tuple[ToolCall, ...], titles: dict[str, str]) -> Proof:
    place = evidence.reference
    if evidence.source is EvidenceSource.TOOL:
        place = next((call.tool for call in calls if call.id == evidence.reference), evidence.reference)
    if evidence.source is EvidenceSource.ARTICLE:
        place = titles.get(evidence.reference, evidence.reference)
    return Proof(
        written=evidence.written,
        value=evidence.value,
        source=evidence.source.value,
        place=place,
        field=evidence.field,
        reference=evidence.reference,
    )

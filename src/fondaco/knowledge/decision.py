"""What may be done with what was found, and why: answer when sure, offer when plausible, else nothing."""

from __future__ import annotations

import math
from collections.abc import Sequence

from fondaco.domain.articles import Passage
from fondaco.kit.language import Language
from fondaco.knowledge.candidates import Candidate, Found, FoundBy, Told
from fondaco.knowledge.options import KnowledgeOptions
from fondaco.knowledge.result import Decision, Search, nothing
from fondaco.knowledge.scorers import Evidence, Views
from fondaco.knowledge.units import Shelf


def decide(
    candidates: Sequence[Candidate],
    passages: tuple[Passage, ...],
    found: Found,
    shelf: Shelf,
    options: KnowledgeOptions,
    language: Language,
) -> Search:
    """Return the search with its decision for an answer in ``language``."""
    if not candidates:
        return nothing("nothing fits")
    first = candidates[0]
    plausible = max(first.score, found.asked.three if found.asked is not None else 0.0)
    sure = first.score >= options.answer_threshold(language)
    sendable = first.by is FoundBy.RULE or shelf.is_answer[first.entry]
    reasons = _reasons(first, plausible, found, shelf)
    if sure and sendable:
        return Search(passages, first.score, plausible, Decision.ANSWER, reasons)
    if plausible < options.offer_at:
        return Search(passages, first.score, plausible, Decision.NONE, reasons)
    if sure:
        reasons = (*reasons, "a page is offered, never sent unasked")
    return Search(passages, first.score, plausible, Decision.OFFER, reasons)


def _reasons(first: Candidate, plausible: float, found: Found, shelf: Shelf) -> tuple[str, ...]:
    key = shelf.keys[first.entry]
    reasons = [f"{key}: found by {first.by}, {first.score:.0%} sure; one of the first three: {plausible:.0%}"]
    if found.asked is not None and first.by is FoundBy.PHRASING:
        reasons += _of_views(first.entry, found.asked.views, shelf)
    if found.told is not None and first.by is FoundBy.PASSAGE:
        reasons.append(_of_passage(found.told))
    return tuple(reasons)


def _of_passage(told: Told) -> str:
    unit = max(told.probability, key=lambda unit: told.probability[unit])
    return f"passage: words {told.views.overlap[unit]:.2f}, nearness {told.views.nearest[unit]:.2f}"


def _of_views(entry: int, views: Views, shelf: Shelf) -> list[str]:
    reasons = []
    if views.evidence is not Evidence.WORDS:
        near = (
            f"nearest stored question {views.nearest[entry]:.2f}, small talk {views.small_talk_nearest:.2f}"
        )
        learnt = f"regression {math.exp(views.meaning[entry]):.0%}"
        reasons.append(f"meaning: {near}, {learnt}{_dissent(int(views.meaning.argmax()), entry, shelf)}")
    if views.evidence is Evidence.MEANING:
        return [*reasons, "words: not counted, nothing is stored in the question's language"]
    shared = f"shared {views.overlap[entry]:.2f}, known {views.known:.0%}"
    learnt = f"regression {math.exp(views.words[entry]):.0%}"
    return [*reasons, f"words: {shared}, {learnt}{_dissent(int(views.words.argmax()), entry, shelf)}"]


def _dissent(preferred: int, entry: int, shelf: Shelf) -> str:
    return "" if preferred == entry else f", which prefers {shelf.keys[preferred]}"

"""What is quoted for an entry: its answer, or the best passage of its page, in the right language."""

from __future__ import annotations

from collections.abc import Sequence

from fondaco.domain.articles import Article, Passage
from fondaco.kit.language import Language
from fondaco.knowledge.candidates import Candidate, Found, FoundBy
from fondaco.knowledge.units import Shelf, Unit


def passages_for(
    candidates: Sequence[Candidate], shelf: Shelf, found: Found, language: Language
) -> tuple[Passage, ...]:
    """Return what can be quoted for each candidate, in ``language`` where the entry has it."""
    return tuple(_passage(candidate, shelf, found, language) for candidate in candidates)


def _passage(candidate: Candidate, shelf: Shelf, found: Found, language: Language) -> Passage:
    matched = None if candidate.by is FoundBy.PASSAGE else _nearest_phrasing(candidate.entry, shelf, found)
    position = _article_in(language, candidate.entry, shelf, found, matched)
    article = shelf.articles[position]
    return Passage(
        article_id=article.id,
        key=article.key,
        title=article.title,
        language=article.language,
        text=_text(article, position, shelf, found),
        score=round(candidate.score, 4),
        matched=matched.text if matched is not None else "",
    )


def _nearest_phrasing(entry: int, shelf: Shelf, found: Found) -> Unit | None:
    if found.asked is None or not shelf.has_phrasings[entry]:
        return None
    return shelf.phrasings[int(found.asked.views.best_unit[entry])]


def _article_in(language: Language, entry: int, shelf: Shelf, found: Found, matched: Unit | None) -> int:
    """Return the entry's article in ``language``, else the matched one, else the best-fitting one."""
    positions = shelf.by_entry[entry]
    spoken = [position for position in positions if shelf.articles[position].language is language]
    if spoken:
        return spoken[0]
    if matched is not None:
        return matched.article
    return max(positions, key=lambda position: _best_fit(position, shelf, found)[0])


def _text(article: Article, position: int, shelf: Shelf, found: Found) -> str:
    """Return the whole body of an answer, the best passage of a page."""
    if article.questions:
        return article.body
    return _best_fit(position, shelf, found)[1] or article.body


def _best_fit(position: int, shelf: Shelf, found: Found) -> tuple[float, str]:
    units = shelf.passages_of[position]
    if found.told is None or not units:
        return float("-inf"), ""
    fit = found.told.views.fit
    best = max(units, key=lambda unit: float(fit[unit]))
    return float(fit[best]), shelf.passages[best].text

"""Replies over the demo shop in five languages, half of them right, half with a mistake, and their judge."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache, partial
from importlib import resources
from pathlib import Path

import msgspec

from fondaco.config import Settings, state_names_of
from fondaco.demo.settings import demo_settings
from fondaco.domain import events as ev
from fondaco.domain.people import Author, AuthorKind
from fondaco.engine.draft import Draft, Source
from fondaco.engine.guard.cases import Cases
from fondaco.engine.guard.judging import Judgement, examine
from fondaco.engine.model.prompting import protected_text, system_text
from fondaco.kit.chance import Chance, SeededChance
from fondaco.kit.http import HttpClient
from fondaco.kit.language import Language
from fondaco.lab.guard.house import called, clock_at, context_of, heard, moved
from fondaco.lab.guard.mistakes import Mistake, Scenery, plant
from fondaco.lab.guard.scenes import Drawn, Scene, draw
from fondaco.lab.guard.spelling import Speller
from fondaco.lab.guard.templates import Book, Literal, Template, book_of, pieces_of
from fondaco.tools import Toolbox
from fondaco.tools.http_tool import HttpTool

RIGHT_EACH = 11  #: times that each reply is drawn as it is right
WRONG_EACH = 3  #: times that each reply is drawn with each mistake that it can hold
_NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
_CITED = ("return-policy", "refund-time", "contact-hours", "shipping-cost", "return-label")
_TEAMMATE = Author(AuthorKind.TEAMMATE, "tm_sven", "Sven")


@dataclass(frozen=True, slots=True)
class Planted:
    """One reply of the suite."""

    language: Language
    template: int  #: its place in the file
    held: bool
    mistake: Mistake | None  #: None: it is right
    text: str
    drawn: Drawn
    book: Book
    cites: bool  #: whether it says what stands in articles


@dataclass(slots=True)
class Tally:
    """How the guard did on the replies of one kind."""

    made: int = 0
    stopped: int = 0
    examples: list[tuple[Planted, Judgement]] = field(default_factory=list)  #: judged wrongly

    @property
    def percent(self) -> float:
        """Return the share that was stopped; no number where nothing was made."""
        return 100 * self.stopped / self.made if self.made else float("nan")


#: By language, whether held out, and mistake.
Tallies = dict[tuple[Language, bool, Mistake | None], Tally]


@dataclass(frozen=True, slots=True)
class Rialto:
    """The demo shop as its guard knows it."""

    settings: Settings
    toolbox: Toolbox
    cases: Cases

    def speller(self, language: Language) -> Speller:
        """Return who spells in a language, with the shop's own words for states."""
        return Speller(language, self.settings.state_names)


@cache
def rialto() -> Rialto:
    """Return the demo shop; nothing of it is asked over the network."""
    settings = demo_settings(Settings(), "http://127.0.0.1", "none", Path())
    client = HttpClient()
    tools = [HttpTool(one, client, state_names_of(settings, one.name)) for one in settings.tools]
    toolbox = Toolbox(tools, settings.verification)
    cases = Cases(
        toolbox.specs,
        settings.guard,
        clock_at(_NOW),
        timezone=settings.workspace.timezone,
        secret=settings.verification.proof_parameter if settings.verification is not None else "",
        rules=partial(protected_text, settings.workspace.name, toolbox=toolbox),
    )
    return Rialto(settings, toolbox, cases)


@cache
def _articles(language: Language) -> tuple[Source, ...]:
    text = resources.files("fondaco.demo").joinpath(f"content/articles/{language.value}.jsonl")
    rows = [msgspec.json.decode(line) for line in text.read_text("utf-8").splitlines() if line]
    return tuple(
        Source(article_id=f"art_{row['key']}", text=row["answer"]) for row in rows if row["key"] in _CITED
    )


def make(language: Language, seed: int) -> Iterator[Planted]:
    """Yield the suite of one language; the same seed gives the same replies."""
    chance = SeededChance(seed)
    book = book_of(language)
    for number, template in enumerate(book.replies):
        for _ in range(RIGHT_EACH):
            yield _right(number, template, book, chance)
        for mistake in Mistake:
            yield from _wrong(number, template, book, mistake, chance)


def _right(number: int, template: Template, book: Book, chance: Chance) -> Planted:
    drawn = draw(template.scene, book.language, chance, template.order)
    scenery = _scenery(template, book, drawn, chance)
    text = "".join(scenery.spelled(scenery.pieces))
    return Planted(
        language=book.language,
        template=number,
        held=template.held,
        mistake=None,
        text=text,
        drawn=drawn,
        book=book,
        cites=_cites(template),
    )


def _wrong(
    number: int, template: Template, book: Book, mistake: Mistake, chance: Chance
) -> Iterator[Planted]:
    for _ in range(WRONG_EACH):
        drawn = draw(template.scene, book.language, chance, template.order)
        text = plant(mistake, _scenery(template, book, drawn, chance))
        if text:
            yield Planted(
                language=book.language,
                template=number,
                held=template.held,
                mistake=mistake,
                text=text,
                drawn=drawn,
                book=book,
                cites=_cites(template),
            )


def _cites(template: Template) -> bool:
    return any(isinstance(piece, Literal) for piece in template.pieces)


def _scenery(template: Template, book: Book, drawn: Drawn, chance: Chance) -> Scenery:
    language, shop = book.language, rialto()
    return Scenery(
        template=template,
        book=book,
        drawn=drawn,
        other=draw(template.scene, language, chance, template.order),
        speller=shop.speller(language),
        strangers=tuple(_in_other_languages(template, drawn, language)),
        articles="\n".join(one.text for one in _articles(language)) if _cites(template) else "",
        rules=system_text(shop.settings.workspace.name, shop.toolbox),
        chance=chance,
    )


def _in_other_languages(template: Template, drawn: Drawn, language: Language) -> Iterator[str]:
    for other in Language:
        if other is language:
            continue
        speller = rialto().speller(other)
        for one in book_of(other).replies:
            if one.scene is template.scene and one.held is template.held and "\n" not in one.text:
                yield _spelled(one, drawn, speller)


def _spelled(template: Template, drawn: Drawn, speller: Speller) -> str:
    return "".join(
        piece
        if isinstance(piece, str)
        else piece.text
        if isinstance(piece, Literal)
        else speller.spell(drawn.worth(piece.thing, piece.field), piece.form)
        for piece in template.pieces
    )


def examined(planted: Planted) -> Judgement:
    """Return what the product's guard makes of a reply, in the turn in which it would be written."""
    drawn, language = planted.drawn, planted.language
    context = context_of(_events(planted), language)
    draft = Draft(
        text=planted.text,
        language=language,
        calls=drawn.calls,
        actions=drawn.actions,
        sources=_articles(language) if planted.cites else (),
    )
    return examine(draft, rialto().cases.of(context))


def _events(planted: Planted) -> list[ev.Event]:
    drawn = planted.drawn
    return [
        heard(_question(planted)),
        ev.NoteAdded(author=_TEAMMATE, text=planted.book.note),
        *(called(call) for call in drawn.calls),
        *(moved(action) for action in drawn.actions),
    ]


def _question(planted: Planted) -> str:
    things, book = planted.drawn.things, planted.book
    if not things:
        return "?"
    asked = book.asks_product if "p" in things else book.asks
    speller = rialto().speller(planted.language)
    return "".join(
        piece if isinstance(piece, str) else speller.spell(planted.drawn.worth(piece.thing, piece.field), "")
        for piece in pieces_of(asked)
        if not isinstance(piece, Literal)
    )


def judge_all(languages: Sequence[Language], seed: int) -> Tallies:
    """Judge the suites of some languages."""
    tallies: Tallies = {}
    for language in languages:
        for planted in make(language, seed):
            tally = tallies.setdefault((language, planted.held, planted.mistake), Tally())
            found = examined(planted)
            tally.made += 1
            tally.stopped += bool(found.faults)
            if bool(found.faults) is (planted.mistake is None):
                tally.examples.append((planted, found))
    return tallies


def count_of(tallies: Tallies) -> Counter[Language]:
    """Return how many replies there are of each language."""
    counted: Counter[Language] = Counter()
    for (language, _, _), tally in tallies.items():
        counted[language] += tally.made
    return counted


__all__ = ["Mistake", "Planted", "Scene", "Tallies", "Tally", "examined", "judge_all", "make"]

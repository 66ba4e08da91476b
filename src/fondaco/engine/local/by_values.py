"""Chooses an entry by the values in a message: what an order number is given for needs an order number."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from fondaco.domain.articles import Article
from fondaco.domain.tools import Effect, Parameter
from fondaco.engine.local.filling import parameters_of
from fondaco.engine.local.reading import without_values
from fondaco.engine.slots import tools_of
from fondaco.kit.text import words
from fondaco.tools import Toolbox

_WORD = re.compile(r"\w")
# As many as "I need an invoice for" or "could you please look at"; a longer message says what it is about.
_FEW_WORDS, _FEW_CHARACTERS = 5, 40


def best_for_values(question: str, found: Iterable[Article], toolbox: Toolbox) -> Article | None:
    """Return the best entry found that takes every value in a message of few other words.

    None where the message gives no value or says much else, where no entry takes them, and where the best
    one changes something in the world: that is done for a contact who chose it, never on a guess.
    """
    bare = without_values(question, _every(toolbox))
    if len(words(bare)) > _FEW_WORDS or len(bare) > _FEW_CHARACTERS:
        return None
    best = next((entry for entry in found if _takes(question, entry, toolbox)), None)
    return None if best is None or _changes_something(best, toolbox) else best


def continued_by_values(question: str, offered: Iterable[Article], toolbox: Toolbox) -> Article | None:
    """Return the first offered entry that takes a message of nothing but values; None where none does.

    An entry that changes something is taken only where it was the first one offered.
    """
    if _WORD.search(without_values(question, _every(toolbox))):
        return None
    return next(
        (
            entry
            for place, entry in enumerate(offered)
            if _takes(question, entry, toolbox) and (place == 0 or not _changes_something(entry, toolbox))
        ),
        None,
    )


def _every(toolbox: Toolbox) -> Iterable[Parameter]:
    return (parameter for spec in toolbox.specs for parameter in spec.parameters)


def _takes(question: str, entry: Article, toolbox: Toolbox) -> bool:
    """Return whether the entry's tools take every value that the question holds, and it holds one."""
    left = without_values(question, parameters_of(entry, toolbox))
    given = left != " ".join(unicodedata.normalize("NFKC", question).split())
    return given and left == without_values(question, _every(toolbox))


def _changes_something(entry: Article, toolbox: Toolbox) -> bool:
    tools = (toolbox.get(name) for name in tools_of(entry))
    return any(tool is not None and tool.spec.effect is Effect.WRITE for tool in tools)

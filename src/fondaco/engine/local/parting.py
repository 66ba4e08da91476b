"""Two questions in one message: where one ends, and how two answers become one message."""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec

from fondaco.domain.tools import Parameter
from fondaco.engine.context import TurnContext
from fondaco.engine.draft import Draft, Trace, joined
from fondaco.engine.local.finding import Finder
from fondaco.engine.local.reading import without_values
from fondaco.engine.phrasebook import phrases, small_talk
from fondaco.kit.text import has_cjk
from fondaco.knowledge import Decision, Search

_END = re.compile(r"[?？]+|か。")  # in Japanese a question needs no mark
_LETTER = re.compile(r"\w")
# "Really?" and "Is it?" ask nothing by themselves; a Chinese question needs fewer signs.
_LEAST_LETTERS, _LEAST_CJK_LETTERS = 8, 4
_QUESTIONS = 2


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """One of two questions."""

    asked: TurnContext  #: what is searched for
    told: TurnContext  #: the same with the values that stand behind both questions, such as a postcode


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """Which entries answer a message of two questions, each with what it is to be filled from."""

    entries: tuple[tuple[str, TurnContext], ...]
    leaves_one: bool = False  #: the one entry answers one of the two questions only


async def plan(finder: Finder, context: TurnContext, whole: Search, trace: Trace) -> Plan | None:
    """Return how to answer a message of two questions; None where it is better answered as a whole.

    Both are answered where each is sure by itself, and neither changes anything in the world.
    """
    # What a model was told of stands beside its bill, so there is no second search in its turn.
    asks_anew = context.awaiting is None and trace.began_ms is None
    parts = parts_of(context, finder.parameters) if asks_anew else ()
    found = [await finder.find_part(part.asked, trace) for part in parts]
    sure = [(_best(search), part.told) for part, search in zip(parts, found, strict=True) if _is_sure(search)]
    if _go_together([key for key, _ in sure], finder, context):
        return Plan(entries=tuple(sure))
    if not parts or not (sure or _is_sure(whole)):
        return None
    key, told = sure[0] if sure else (_best(whole), context)
    told = told if finder.reads_words(key, context.language) else context
    speaks_of_both = all(key in (passage.key for passage in search.passages) for search in found)
    return Plan(entries=((key, told),), leaves_one=not speaks_of_both)


def _go_together(sure: Sequence[str], finder: Finder, context: TurnContext) -> bool:
    """Return whether both questions are sure, are not one and the same, and change nothing."""
    if len(sure) < _QUESTIONS or any(finder.needs_effect(key, context.language) for key in sure):
        return False
    return len(set(sure)) == len(sure) or finder.reads_words(sure[0], context.language)


def _is_sure(search: Search) -> bool:
    return search.decision is Decision.ANSWER


def _best(search: Search) -> str:
    return search.passages[0].key


def parts_of(context: TurnContext, parameters: Sequence[Parameter]) -> tuple[Part, ...]:
    """Return the two questions of a message that asks two; empty where it asks one, or more than two."""
    ends = [one.end() for one in _END.finditer(context.question)]
    if len(ends) != _QUESTIONS:
        return ()
    begins = [0, *ends]
    questions = [context.question[begin:end].strip() for begin, end in zip(begins, ends, strict=False)]
    if not all(_is_clear(one, context, parameters) for one in questions):
        return ()
    rest = context.question[ends[-1] :].strip()
    if rest == without_values(rest, parameters):
        rest = ""
    return tuple(
        Part(
            asked=msgspec.structs.replace(context, question=one),
            told=msgspec.structs.replace(context, question=f"{one} {rest}".strip()),
        )
        for one in questions
    )


def _is_clear(question: str, context: TurnContext, parameters: Sequence[Parameter]) -> bool:
    if small_talk(context.language, question) is not None:
        return False
    letters = _LETTER.findall(without_values(question, parameters))
    return len(letters) >= (_LEAST_CJK_LETTERS if has_cjk(question) else _LEAST_LETTERS)


def both_in_one(first: Draft, second: Draft) -> Draft:
    """Return both answers in one message; what asks the contact something comes last.

    Where they do not go together, such as two that ask, it is one of them, which says so.
    """
    if _is_plain(second) and not _is_plain(first):
        first, second = second, first
    if not _is_plain(first) or second.offers or second.handoff is not None:
        return one_of_two(first)
    return first if first.text == second.text else joined(first, second)


def one_of_two(draft: Draft) -> Draft:
    """Return the draft behind a sentence that says that the contact has asked something else too."""
    return behind(draft, "one_of_two")


def behind(draft: Draft, sentence: str) -> Draft:
    """Return the draft with a sentence of ours before it; a person reads all of it without."""
    if draft.handoff is not None:
        return draft
    said = phrases(draft.language).say(sentence)
    return msgspec.structs.replace(draft, text=f"{said}\n\n{draft.text}")


def _is_plain(draft: Draft) -> bool:
    """Return whether the draft answers and asks nothing."""
    return draft.handoff is None and draft.awaiting is None and not draft.offers

"""Sorts drafts into those that can be stored and those that cannot, with the reason."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from fondaco.knowledge.importing.draft import ArticleDraft, Imported, ImportProblem
from fondaco.knowledge.importing.keys import KEY_CHARACTERS
from fondaco.knowledge.importing.limits import Limits

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]")


def checked(found: Imported, limits: Limits) -> Imported:
    """Return what was found without the drafts that break a limit, lack a text or repeat a key."""
    good: list[ArticleDraft] = []
    problems = list(found.problems)
    first: dict[tuple[str, str], ArticleDraft] = {}
    for draft in found.drafts:
        reason = next(_reasons(draft, limits), "")
        twin = first.setdefault((draft.key, draft.language), draft)
        if not reason and twin is not draft:
            reason = (
                f"the key {draft.key!r} ({draft.language}) was read already in {twin.source} line {twin.line}"
            )
        if reason:
            problems.append(ImportProblem(file=draft.source, line=draft.line, reason=reason))
        else:
            good.append(draft)
    return Imported(drafts=tuple(good), problems=tuple(problems))


def _reasons(draft: ArticleDraft, limits: Limits) -> Iterator[str]:
    if not draft.body.strip():
        yield "there is no text"
    if not draft.title.strip():
        yield "there is no title"
    if not draft.key.strip() or len(draft.key) > KEY_CHARACTERS:
        yield f"the key is empty or longer than {KEY_CHARACTERS} characters"
    answers = limits.answer_characters if draft.questions else limits.body_characters
    yield from _too_long("the text", (draft.body,), answers)
    yield from _too_long("a variant", (variant.body for variant in draft.variants), answers)
    yield from _too_long("the title", (draft.title,), limits.title_characters)
    yield from _too_long("a question", draft.questions, limits.question_characters)
    yield from _too_long("a rule", draft.rules, limits.rule_characters)
    if len(draft.questions) > limits.questions:
        yield f"there are {len(draft.questions)} questions; at most {limits.questions} are taken"
    yield from _broken_rules(draft.rules)
    if any(map(_CONTROL.search, (draft.key, draft.title, draft.body, *draft.questions, draft.topic))):
        yield "there are control characters in it"


def _too_long(what: str, texts: Iterable[str], limit: int) -> Iterator[str]:
    longest = max(map(len, texts), default=0)
    if longest > limit:
        yield f"{what} has {longest} characters; at most {limit} are taken"


def _broken_rules(rules: Iterable[str]) -> Iterator[str]:
    for rule in rules:
        try:
            re.compile(rule, re.IGNORECASE)
        except (re.error, OverflowError, RecursionError) as error:
            yield f"the rule {rule[:60]!r} is no regular expression ({error})"

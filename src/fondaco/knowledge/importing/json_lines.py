"""JSON lines: one article a line, as the demo shop's are kept."""

from __future__ import annotations

import msgspec

from fondaco.domain.articles import Variant
from fondaco.kit.language import Language
from fondaco.knowledge.importing.draft import ArticleDraft, Imported, ImportProblem, Origin, language_of
from fondaco.knowledge.importing.keys import key_of


class _Variant(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    when: dict[str, str]
    answer: str


class _Line(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    answer: str
    key: str = ""
    title: str = ""
    questions: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    variants: tuple[_Variant, ...] = ()
    topic: str = ""
    language: Language | None = None


_DECODER = msgspec.json.Decoder(_Line)


def parse_json_lines(text: str, origin: Origin) -> Imported:
    """Return one draft a line; a line that is no article is a problem, and the others still go in."""
    drafts: list[ArticleDraft] = []
    problems: list[ImportProblem] = []
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            drafts.append(_draft(_DECODER.decode(line), origin, number))
        except (msgspec.DecodeError, UnicodeEncodeError, RecursionError) as error:
            problems.append(
                ImportProblem(file=origin.name, line=number, reason=f"no article: {_told(error)}")
            )
    return Imported(drafts=tuple(drafts), problems=tuple(problems))


def _told(error: Exception) -> str:
    text = str(error)
    if "unknown field" not in text:
        return text
    known = (_Variant if "$.variants" in text else _Line).__struct_fields__
    return f"{text}; known are {', '.join(known)}"


def _draft(line: _Line, origin: Origin, number: int) -> ArticleDraft:
    title = line.title or next(iter(line.questions), "")
    told = " ".join((title, *line.questions, line.answer))
    return ArticleDraft(
        key=line.key or key_of(origin.stem, title),
        language=line.language or language_of(told, origin),
        title=title,
        body=line.answer,
        questions=line.questions,
        variants=tuple(Variant(when=one.when, body=one.answer) for one in line.variants),
        rules=line.rules,
        topic=line.topic,
        source=origin.name,
        line=number,
    )

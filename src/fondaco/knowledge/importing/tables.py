"""Tables of questions and answers: CSV with a header."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, field

from fondaco.kit.language import Language
from fondaco.knowledge.importing.draft import ArticleDraft, Imported, ImportProblem, Origin, language_of
from fondaco.knowledge.importing.keys import key_of

_NEEDED = ("question", "answer")
COLUMNS = (*_NEEDED, "key", "language", "topic", "title")
_DELIMITERS = ",;\t"

Row = dict[str, str]


@dataclass(slots=True)
class _Entry:
    """Rows that share a key: phrasings of one question, whose first row brings the rest."""

    row: Row
    line: int
    questions: list[str] = field(default_factory=list)


def parse_csv(text: str, origin: Origin) -> Imported:
    """Return one draft for each key; rows without a key belong together when their answers are equal.

    Commas, semicolons and tabs are told apart by the header.
    """
    problems: list[ImportProblem] = []
    entries: dict[tuple[str, str], _Entry] = {}
    try:
        for line, row in _rows(text):
            reason = _wrong(row, known=(row["key"], row["language"]) in entries)
            if reason:
                problems.append(ImportProblem(file=origin.name, line=line, reason=reason))
                continue
            name = (row["key"] or row["answer"], row["language"])
            entries.setdefault(name, _Entry(row, line)).questions.append(row["question"])
    except _Broken as broken:
        problems.append(ImportProblem(file=origin.name, line=broken.line, reason=broken.reason))
    drafts = tuple(_draft(entry, origin) for entry in entries.values())
    return Imported(drafts=drafts, problems=tuple(problems))


class _Broken(Exception):
    """From here on the rest of the file cannot be told apart."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(reason)
        self.line = line
        self.reason = reason


def _rows(text: str) -> Iterator[tuple[int, Row]]:
    """Yield each row with the line that it begins on.  Raises _Broken."""
    header = text.partition("\n")[0]
    delimiter = max(_DELIMITERS, key=header.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    names: list[str] = []
    begins = 1
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            hint = "; a quotation mark is not closed" if "end of data" in str(error) else ""
            raise _Broken(begins, f"the table breaks off here ({error}){hint}") from error
        if not names:
            names = _header(cells)
        elif any(cell.strip() for cell in cells):
            yield begins, _row(names, cells, begins)
        begins = reader.line_num + 1


def _header(cells: list[str]) -> list[str]:
    names = [cell.strip().lower() for cell in cells]
    missing = [name for name in _NEEDED if name not in names]
    if missing:
        raise _Broken(
            1, f"the column {missing[0]!r} is missing; the first line must name {', '.join(_NEEDED)}"
        )
    return names


def _row(names: list[str], cells: list[str], line: int) -> Row:
    if len(cells) > len(names):
        raise _Broken(line, f"{len(cells)} cells under {len(names)} columns; put texts with commas in quotes")
    given = dict(zip(names, (cell.strip() for cell in cells), strict=False))
    return {name: given.get(name, "") for name in COLUMNS}


def _wrong(row: Row, *, known: bool) -> str:
    """Return what is wrong with a row; a further phrasing of a known key needs no answer of its own."""
    for name in _NEEDED:
        if not row[name] and not (name == "answer" and known):
            return f"the column {name!r} is empty"
    if row["language"] and row["language"].lower() not in set(Language):
        return f"the language {row['language']!r} is none of {', '.join(Language)}"
    return ""


def _draft(entry: _Entry, origin: Origin) -> ArticleDraft:
    row, first = entry.row, entry.questions[0]
    told = " ".join((*entry.questions, row["answer"]))
    return ArticleDraft(
        key=row["key"] or key_of(origin.stem, first),
        language=Language(row["language"].lower()) if row["language"] else language_of(told, origin),
        title=row["title"] or first,
        body=row["answer"],
        questions=tuple(dict.fromkeys(entry.questions)),
        topic=row["topic"],
        source=origin.name,
        line=entry.line,
    )

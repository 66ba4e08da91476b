"""Reads files and folders of articles; what is broken is named, and the rest still goes in."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from fondaco.kit.language import Language
from fondaco.knowledge.importing.checking import checked
from fondaco.knowledge.importing.draft import ArticleDraft, Imported, ImportProblem, Origin
from fondaco.knowledge.importing.html import parse_html
from fondaco.knowledge.importing.json_lines import parse_json_lines
from fondaco.knowledge.importing.limits import Limits
from fondaco.knowledge.importing.markdown import parse_markdown
from fondaco.knowledge.importing.tables import parse_csv

SUFFIXES: dict[str, Callable[[str, Origin], Imported]] = {
    ".md": parse_markdown,
    ".markdown": parse_markdown,
    ".csv": parse_csv,
    ".jsonl": parse_json_lines,
    ".ndjson": parse_json_lines,
    ".html": parse_html,
    ".htm": parse_html,
}


def read_articles(
    paths: Iterable[Path],
    *,
    language: Language | None = None,
    fallback: Language = Language.EN,
    limits: Limits | None = None,
) -> Imported:
    """Return the articles of files and folders, in a stable order.

    The language is what a file or a line says itself, else ``language``, else what a name such as
    ``faq.de.md`` or ``de/faq.md`` says, else what the text tells, else ``fallback``.
    """
    limits = limits or Limits()
    drafts: list[ArticleDraft] = []
    problems: list[ImportProblem] = []
    for count, (path, name) in enumerate(_files(paths)):
        if count >= limits.files:
            problems.append(
                ImportProblem(file=name, reason=f"more than {limits.files} files; name fewer at once")
            )
            break
        origin = Origin(name=name, language=language or _language_in(name), fallback=fallback)
        found = _read(path, origin, limits)
        drafts += found.drafts
        problems += found.problems
    return checked(Imported(drafts=tuple(drafts), problems=tuple(problems)), limits)


def read_text(text: str, suffix: str, origin: Origin, limits: Limits | None = None) -> Imported:
    """Return the articles of one text, which is written as files with this suffix are."""
    return checked(SUFFIXES[suffix](text, origin), limits or Limits())


def _files(paths: Iterable[Path]) -> Iterator[tuple[Path, str]]:
    """Yield each file with its name below the given path; hidden files and folders are passed over."""
    for path in paths:
        if not path.is_dir():
            yield path, path.name
            continue
        for folder, folders, names in os.walk(path):
            folders[:] = sorted(name for name in folders if not name.startswith("."))
            for name in sorted(names):
                file = Path(folder, name)
                if not name.startswith(".") and file.suffix.lower() in SUFFIXES:
                    yield file, file.relative_to(path).as_posix()


def _read(path: Path, origin: Origin, limits: Limits) -> Imported:
    parse = SUFFIXES.get(path.suffix.lower())
    if parse is None:
        return _problem(origin, f"{path.suffix or 'no ending'} is not read; known are {', '.join(SUFFIXES)}")
    try:
        if path.stat().st_size > limits.file_bytes:
            return _problem(origin, f"larger than {limits.file_bytes} bytes; split it")
        data = path.read_bytes()
    except OSError as error:
        return _problem(origin, f"cannot be read ({os.strerror(error.errno or 0)})")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        return _problem(origin, "not UTF-8; save the file as UTF-8", line)
    found = parse(text.replace("\r\n", "\n").replace("\r", "\n"), origin)
    return found if found.drafts or found.problems else _problem(origin, "holds no article")


def _problem(origin: Origin, reason: str, line: int | None = None) -> Imported:
    return Imported(problems=(ImportProblem(file=origin.name, line=line, reason=reason),))


def _language_in(name: str) -> Language | None:
    """Return the language that a path names: ``de.jsonl``, ``faq.de.md``, ``faq_de.csv``, ``de/faq.md``."""
    *folders, file = name.lower().split("/")
    ends = re.split(r"[._-]", file.rpartition(".")[0])[-1]
    return next((Language(part) for part in (ends, *reversed(folders)) if part in set(Language)), None)

"""Makes the table of letter groups by which German and English words are told apart."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from fondaco.kit.text import fold_accents, normalise
from fondaco.lab.answers_data import read_pages

_WORD = re.compile(r"[a-zà-ɏ]+")
_RAREST = 8
_GROUPS = 900
_PER_LINE = 24


def letter_groups(data: Path) -> str:
    """Return the table as Python source, from the distinct words of XQuAD's German and English pages."""
    german, english = (
        _counted(data / "passages" / "xquad_de.jsonl"),
        _counted(data / "passages" / "xquad_en.jsonl"),
    )
    weighed = []
    for group in german.keys() | english.keys():
        seen = german[group] + english[group]
        lean = math.log((german[group] + 2) / german.total()) - math.log(
            (english[group] + 2) / english.total()
        )
        # Halved, because neighbouring groups of one word overlap; in tenths of a nat.
        tenths = round(10 * max(-2.5, min(2.5, lean)) * 0.5)
        if seen >= _RAREST and tenths:
            weighed.append((abs(lean) * math.sqrt(seen), group, tenths))
    chosen = sorted(weighed, reverse=True)[:_GROUPS]
    return "\n".join(_source({group: tenths for _, group, tenths in chosen}))


def _counted(path: Path) -> Counter[str]:
    words = {
        word
        for passage, questions in read_pages(path)
        for text in (passage, *questions)
        for word in _words(text)
    }
    # Distinct words, so that the small words, which have their own list, do not drown the rest.
    return Counter(f"^{word}$"[start : start + 3] for word in words for start in range(len(word)))


def _words(text: str) -> Iterator[str]:
    yield from (fold_accents(word) for word in _WORD.findall(normalise(text)))


def _source(leans: dict[str, int]) -> Iterator[str]:
    yield "_GROUPS_BY_LEAN: dict[int, str] = {"
    for lean in sorted(set(leans.values())):
        groups = sorted(group for group, tenths in leans.items() if tenths == lean)
        yield f"    {lean}: ("
        for start in range(0, len(groups), _PER_LINE):
            yield f'        "{" ".join(groups[start : start + _PER_LINE])} "'
        yield "    ),"
    yield "}"

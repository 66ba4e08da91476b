"""Long texts are cut into passages at the ends of paragraphs and sentences."""

from __future__ import annotations

import re

from fondaco.kit.text import has_cjk

# A sentence ends at a full-width stop anywhere, at a Latin stop only before a space.
_SENTENCE_END = re.compile(r"(?<=[。！？])(?![」』）”])|(?<=[.!?…])(?=\s)|(?<=[。！？][」』）”])")
_PARAGRAPH = re.compile(r"\n\s*\n")
# A CJK character says about as much as two and a half Latin letters.
_CJK_DENSITY = 2.5


def split_passages(text: str, target_characters: int = 400) -> list[str]:
    """Return ``text`` in stretches of about ``target_characters``, in order, none of them empty.

    A paragraph is kept whole where it fits; short ones are joined.  Text in Chinese, Japanese or
    Korean gets shorter passages that say about as much.  A single sentence longer than twice the target
    is cut at a space, or between characters.
    """
    target = int(target_characters / _CJK_DENSITY) if _mostly_cjk(text) else target_characters
    pieces = [piece for paragraph in _PARAGRAPH.split(text) for piece in _pieces(paragraph.strip(), target)]
    return _joined(pieces, target)


def _mostly_cjk(text: str) -> bool:
    sample = text[:400]
    return sum(map(has_cjk, sample)) * 3 > len(sample)


def _pieces(paragraph: str, target: int) -> list[str]:
    if len(paragraph) <= target:
        return [paragraph] if paragraph else []
    sentences = [sentence.strip() for sentence in _SENTENCE_END.split(paragraph)]
    cut = [piece for sentence in sentences if sentence for piece in _cut_long(sentence, 2 * target)]
    return _joined(cut, target, glue=" ")


def _cut_long(sentence: str, most: int) -> list[str]:
    pieces = []
    while len(sentence) > most:
        space = sentence.rfind(" ", most // 2, most)
        end = space if space > 0 else most
        pieces.append(sentence[:end].strip())
        sentence = sentence[end:].strip()
    return [*pieces, sentence] if sentence else pieces


def _joined(pieces: list[str], target: int, glue: str = "\n\n") -> list[str]:
    joined: list[str] = []
    for piece in pieces:
        separator = "" if glue == " " and joined and joined[-1][-1] in "。！？" else glue
        if joined and len(joined[-1]) + len(separator) + len(piece) <= target:
            joined[-1] += separator + piece
        else:
            joined.append(piece)
    return joined

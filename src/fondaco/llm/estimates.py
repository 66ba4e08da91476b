"""How many tokens a text may have, learnt from what providers report; there is no other way of counting.

Where vocabularies are installed (``llm/tokens.py``), texts are counted by them.  Where none is, signs are
classed by the bytes that UTF-8 spends on them, which follows the script: Latin takes one, its accents,
Greek, Cyrillic and Arabic two, Chinese, Japanese, Korean and Thai three, emoji four.  How many tokens a sign
of each class is worth is a guess.  Either way every reported usage corrects the count, for each provider
and model by itself.
"""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from string import ascii_letters
from typing import NamedTuple

import msgspec

from fondaco.domain.usage import Usage
from fondaco.llm.asking import Entry, Prompt, Said, ToolAnswered, Wished
from fondaco.llm.targets import ProviderKind, Target
from fondaco.llm.tokens import Vocabularies, Vocabulary, vocabulary_of

#: Tokens for one Latin letter or blank, for one digit or mark, and for one sign of two, three and four bytes.
#: The first two fit what cl100k and o200k make of English articles and of JSON; an emoji takes two or three.
_TOKENS_EACH = (0.19, 0.56, 0.55, 1.0, 2.6)
ENTRY_TOKENS = 6  #: role and marks around each part of a history, as OpenAI's cookbook counts them
_PER_TOOL = 12
_BASE = 8

_FIRST_HIGH = 1.6  #: before anything was reported, guesses are raised by so much
#: And counts by so much: the widest ratio to o200k that was measured of a kind's vocabularies in languages of
#: Europe and East Asia.
_FIRST_HIGH_COUNTED = {ProviderKind.OPENAI: 1.05, ProviderKind.DEEPSEEK: 1.25, ProviderKind.GEMINI: 1.2}
_FIRST_HIGH_UNKNOWN = 1.45  #: of the other kinds
_MARGIN = 1.08  #: over the highest ratio that was seen lately
_SPARE = 16  #: tokens on top of any upper estimate
_LEAST = 24  #: what is estimated at less teaches nothing
_EASE = 0.03  #: by which each report lowers the highest ratio towards its own
_FOLLOW = 0.1  #: by which each report moves the mean
_BOUNDS = (0.2, 6.0)  #: no report moves a ratio beyond these
_MODELS = 256  #: so many are remembered, the latest
_FRAMES = 64  #: rules with their tools whose size is remembered
_PROMPTS = 1_024  #: prompts that are being asked, whose size is remembered


@dataclass(slots=True)
class _Ratio:
    """Reported tokens over estimated ones."""

    mean: float = 1.0
    high: float = _FIRST_HIGH
    reports: int = 0

    def learn(self, seen: float) -> None:
        seen = min(max(seen, _BOUNDS[0]), _BOUNDS[1])
        self.mean = seen if self.reports == 0 else self.mean + _FOLLOW * (seen - self.mean)
        self.high = max(seen, self.high - _EASE * (self.high - seen))
        self.reports += 1


class _Size(NamedTuple):
    """How large a prompt is, whoever is asked."""

    likely: float  #: tokens, before any provider has corrected the count
    most: int  #: tokens that no vocabulary exceeds


class Estimator:
    """Counts and estimates tokens of prompts and texts; one for the process, used from one thread."""

    def __init__(self, vocabularies: Vocabularies | None = None) -> None:
        self._vocabularies = vocabularies or Vocabularies()
        self._sizes: OrderedDict[tuple[int, Vocabulary], tuple[Prompt, _Size]] = OrderedDict()
        self._frames: OrderedDict[tuple[int, int, Vocabulary], tuple[Prompt, _Size]] = OrderedDict()
        self._ratios: OrderedDict[tuple[str, str], _Ratio] = OrderedDict()

    @property
    def is_exact(self) -> bool:
        """Whether texts are counted by a vocabulary."""
        return self._vocabularies.are_there

    def count(self, text: str) -> int:
        """Return the text's tokens before any provider's correction: of o200k, or as guessed without it."""
        return math.ceil(self._likely(text, Vocabulary.O200K))

    def count_entries(self, entries: Iterable[Entry]) -> int:
        """Return what parts of a history take, the marks around them included; not corrected either."""
        return sum(ENTRY_TOKENS + sum(map(self.count, texts_of(entry))) for entry in entries)

    def count_frame(self, prompt: Prompt) -> int:
        """Return what a prompt takes without its history; not corrected either."""
        return math.ceil(self._frame_size(prompt, Vocabulary.O200K).likely)

    def _frame_size(self, prompt: Prompt, vocabulary: Vocabulary) -> _Size:
        """Return the size of rules and tools, which are the same objects turn after turn: counted once."""
        key = (id(prompt.system), id(prompt.tools), vocabulary)
        known = self._frames.get(key)
        if known is not None:  # a prompt that holds them is kept beside it
            return known[1]
        sent = "\n".join((prompt.system, *_texts_of_tools(prompt)))
        marks = _BASE + ENTRY_TOKENS + _PER_TOOL * len(prompt.tools)
        size = _Size(self._likely(sent, vocabulary) + marks, len(_encoded(sent)) + 4 * marks)
        self._frames[key] = (msgspec.structs.replace(prompt, history=()), size)
        if len(self._frames) > _FRAMES:
            self._frames.popitem(last=False)
        return size

    def room(self, target: Target, output_tokens: int) -> int:
        """Return how many tokens, not corrected, a prompt may have so that the model's limit surely holds.

        The room for an answer is kept free.  It is what ``upper_input`` would not raise above the limit.
        """
        ratio = self._of(target)
        free = target.context_tokens - min(output_tokens, target.max_output_tokens) - _SPARE - 1
        return max(0, int(free / (max(ratio.high, ratio.mean) * _MARGIN)))

    def upper_input(self, prompt: Prompt, target: Target) -> int:
        """Return more tokens than the prompt has, as far as one can know.

        That is the highest ratio that was reported lately and some more, and never more than the prompt's
        bytes: no vocabulary that falls back on bytes needs more tokens than those.
        """
        size, ratio = self._size_of(prompt, target), self._of(target)
        upper = size.likely * max(ratio.high, ratio.mean) * _MARGIN + _SPARE
        return min(int(upper) + 1, size.most)

    def expected_input(self, prompt: Prompt, target: Target) -> int:
        """Return about as many tokens as the prompt has."""
        return round(self._size_of(prompt, target).likely * self._of(target).mean)

    def expected(self, text: str, target: Target) -> int:
        """Return about as many tokens as the text has; 0 for none."""
        likely = self._likely(text, vocabulary_of(target))
        return round(likely * self._of(target).mean + 0.49) if text else 0

    def upper(self, text: str, target: Target) -> int:
        """Return more tokens than the text has, as far as one can know; 0 for none."""
        likely, ratio = self._likely(text, vocabulary_of(target)), self._of(target)
        upper = likely * max(ratio.high, ratio.mean) * _MARGIN + _SPARE
        return min(int(upper) + 1, len(_encoded(text)))

    def learn(self, prompt: Prompt, target: Target, usage: Usage) -> None:
        """Correct the estimates of this model by what its provider has reported."""
        likely = self._size_of(prompt, target).likely
        for vocabulary in Vocabulary:  # it was answered
            self._sizes.pop((id(prompt), vocabulary), None)
        if likely < _LEAST or usage.input <= 0:
            return
        self._remembered(target).learn(usage.input / likely)

    def was_too_long(self, prompt: Prompt, target: Target) -> None:
        """Raise the estimates of a model that took no prompt of this size, so that the next one is shorter.

        By so much that this prompt would not have fitted, but at most to twice what they were: the limit in
        the settings may be wrong as well.
        """
        likely = self._size_of(prompt, target).likely
        free = target.context_tokens - min(prompt.max_output_tokens, target.max_output_tokens)
        ratio = self._remembered(target)
        needed = free / (max(likely, 1.0) * _MARGIN)
        ratio.high = min(_BOUNDS[1], 2 * ratio.high, max(ratio.high, needed))

    def _size_of(self, prompt: Prompt, target: Target) -> _Size:
        """Return the prompt's size, counted once for all that is asked about it until it is answered.

        It is known by its identity, for comparing it would cost as much as counting.
        """
        key = (id(prompt), vocabulary_of(target) if self.is_exact else Vocabulary.O200K)
        known = self._sizes.get(key)
        if known is not None:  # the prompt is kept beside it, so no other can have its identity
            return known[1]
        size = self._measured(prompt, key[1])
        self._sizes[key] = (prompt, size)
        if len(self._sizes) > _PROMPTS:
            self._sizes.popitem(last=False)
        return size

    def _measured(self, prompt: Prompt, vocabulary: Vocabulary) -> _Size:
        """Return the size; what was counted when it entered the history is not counted again."""
        known = prompt.stable_tokens if vocabulary is Vocabulary.O200K else 0
        rest = prompt.history[prompt.stable :] if known else prompt.history
        frame = self._frame_size(prompt, vocabulary)
        sent = "\n".join(text for one in rest for text in texts_of(one))
        marks = ENTRY_TOKENS * len(rest)
        most = len(_encoded(sent)) + 4 * marks + math.ceil(_BOUNDS[1] * known)
        return _Size(self._likely(sent, vocabulary) + marks + known + frame.likely, most + frame.most)

    def _likely(self, text: str, vocabulary: Vocabulary) -> float:
        if self.is_exact:
            return self._vocabularies.count(text, vocabulary)
        return guessed_tokens(text)

    def _of(self, target: Target) -> _Ratio:
        return self._ratios.get((target.provider, target.model)) or self._first(target)

    def _remembered(self, target: Target) -> _Ratio:
        key = (target.provider, target.model)
        ratio = self._ratios.setdefault(key, self._first(target))
        self._ratios.move_to_end(key)
        if len(self._ratios) > _MODELS:
            self._ratios.popitem(last=False)
        return ratio

    def _first(self, target: Target) -> _Ratio:
        """Return what is taken of a model that has reported nothing yet."""
        if not self.is_exact:
            return _Ratio()
        return _Ratio(high=_FIRST_HIGH_COUNTED.get(target.kind, _FIRST_HIGH_UNKNOWN))


def guessed_tokens(text: str) -> float:
    """Return the guess without anything learnt: the same in every process, for ever."""
    return _guess(_encoded(text))


def widths(encoded: bytes) -> tuple[int, int, int, int]:
    """Return how many signs of a text in UTF-8 take one, two, three and four bytes."""
    if encoded.isascii():
        return len(encoded), 0, 0, 0
    first = encoded.translate(None, _FOLLOWING)  # of every sign the first byte, which tells its length
    long = first.translate(None, _FIRST_OF_ONE)
    longer = long.translate(None, _FIRST_OF_TWO)
    four = len(longer.translate(None, _FIRST_OF_THREE))
    return len(first) - len(long), len(long) - len(longer), len(longer) - four, four


_PLAIN = b" " + ascii_letters.encode()
_FIRST_OF_ONE = bytes(range(0x80))
_FOLLOWING = bytes(range(0x80, 0xC0))
_FIRST_OF_TWO = bytes(range(0xC0, 0xE0))
_FIRST_OF_THREE = bytes(range(0xE0, 0xF0))


def _guess(encoded: bytes) -> float:
    one, two, three, four = widths(encoded)
    plain = len(encoded) - len(encoded.translate(None, _PLAIN))
    worth = _TOKENS_EACH
    latin = plain * worth[0] + (one - plain) * worth[1]
    return latin + two * worth[2] + three * worth[3] + four * worth[4]


def texts_of(entry: Entry) -> Iterator[str]:
    """Yield everything that is sent of a part of a history and takes tokens."""
    match entry:
        case Said(text=text):
            yield text
        case ToolAnswered(name=name, content=content):
            yield from (name, content)
        case Wished(text=text, wishes=wishes, reasoning=reasoning):
            yield from (part for part in (text, reasoning) if part)
            for wish in wishes:
                yield from (wish.name, wish.arguments)


def _texts_of_tools(prompt: Prompt) -> Iterator[str]:
    for tool in prompt.tools:
        yield from (tool.name, tool.description, msgspec.json.encode(tool.parameters).decode())


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")

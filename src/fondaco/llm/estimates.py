"""How many tokens a text may have, learnt from what providers report; no vocabulary is needed.

Signs are classed by the bytes that UTF-8 spends on them, which follows the script: Latin takes one, its
accents, Greek, Cyrillic and Arabic two, Chinese, Japanese, Korean and Thai three, emoji four.  How many
tokens a sign of each class is worth is a guess, which every reported usage corrects, for each provider
and model by itself.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from string import ascii_letters
from typing import NamedTuple

import msgspec

from fondaco.domain.usage import Usage
from fondaco.llm.asking import Prompt, Said, ToolAnswered, Wished
from fondaco.llm.targets import Target

#: Tokens for one Latin letter or blank, for one digit or mark, and for one sign of two, three and four bytes.
#: The first two fit what cl100k and o200k make of English articles and of JSON; an emoji takes two or three.
_TOKENS_EACH = (0.19, 0.56, 0.55, 1.0, 2.6)
_PER_ENTRY = 6  # role and marks around each part of the history, as OpenAI's cookbook counts them
_PER_TOOL = 12
_BASE = 8

_FIRST_HIGH = 1.6  #: before anything was reported, estimates are raised by so much
_MARGIN = 1.08  #: over the highest ratio that was seen lately
_SPARE = 16  #: tokens on top of any upper estimate
_LEAST = 24  #: what is estimated at less teaches nothing
_EASE = 0.03  #: by which each report lowers the highest ratio towards its own
_FOLLOW = 0.1  #: by which each report moves the mean
_BOUNDS = (0.2, 6.0)  #: no report moves a ratio beyond these
_MODELS = 256  #: so many are remembered, the latest
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

    likely: float  #: tokens, before any provider has corrected the guess
    most: int  #: tokens that no vocabulary exceeds


class Estimator:
    """Estimates tokens of prompts and texts; one for the process, used from one thread."""

    def __init__(self) -> None:
        self._sizes: OrderedDict[int, tuple[Prompt, _Size]] = OrderedDict()
        self._ratios: OrderedDict[tuple[str, str], _Ratio] = OrderedDict()

    def upper_input(self, prompt: Prompt, target: Target) -> int:
        """Return more tokens than the prompt has, as far as one can know.

        That is the highest ratio that was reported lately and some more, and never more than the prompt's
        bytes: no vocabulary that falls back on bytes needs more tokens than those.
        """
        size, ratio = self._size_of(prompt), self._of(target)
        upper = size.likely * max(ratio.high, ratio.mean) * _MARGIN + _SPARE
        return min(int(upper) + 1, size.most)

    def expected_input(self, prompt: Prompt, target: Target) -> int:
        """Return about as many tokens as the prompt has."""
        return round(self._size_of(prompt).likely * self._of(target).mean)

    def expected(self, text: str, target: Target) -> int:
        """Return about as many tokens as the text has; 0 for none."""
        return round(_guess(_encoded(text)) * self._of(target).mean + 0.49) if text else 0

    def upper(self, text: str, target: Target) -> int:
        """Return more tokens than the text has, as far as one can know; 0 for none."""
        sent, ratio = _encoded(text), self._of(target)
        upper = _guess(sent) * max(ratio.high, ratio.mean) * _MARGIN + _SPARE
        return min(int(upper) + 1, len(sent))

    def learn(self, prompt: Prompt, target: Target, usage: Usage) -> None:
        """Correct the estimates of this model by what its provider has reported."""
        likely = self._size_of(prompt).likely
        del self._sizes[id(prompt)]  # it was answered
        if likely < _LEAST or usage.input <= 0:
            return
        key = (target.provider, target.model)
        ratio = self._ratios.setdefault(key, _Ratio())
        self._ratios.move_to_end(key)
        ratio.learn(usage.input / likely)
        if len(self._ratios) > _MODELS:
            self._ratios.popitem(last=False)

    def _size_of(self, prompt: Prompt) -> _Size:
        """Return the prompt's size, counted once for all that is asked about it until it is answered.

        It is known by its identity, for comparing it would cost as much as counting.
        """
        known = self._sizes.get(id(prompt))
        if known is not None:  # the prompt is kept beside it, so no other can have its identity
            return known[1]
        sent, marks = _sent(prompt), _marks(prompt)
        size = _Size(_guess(sent) + marks, len(sent) + 4 * marks)
        self._sizes[id(prompt)] = (prompt, size)
        if len(self._sizes) > _PROMPTS:
            self._sizes.popitem(last=False)
        return size

    def _of(self, target: Target) -> _Ratio:
        return self._ratios.get((target.provider, target.model), _UNKNOWN)


_UNKNOWN = _Ratio()


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


def _marks(prompt: Prompt) -> int:
    return _BASE + _PER_ENTRY * (len(prompt.history) + 1) + _PER_TOOL * len(prompt.tools)


def _sent(prompt: Prompt) -> bytes:
    """Return everything that is sent of the prompt, in one text."""
    parts = [prompt.system]
    for entry in prompt.history:
        match entry:
            case Said(text=text):
                parts.append(text)
            case ToolAnswered(name=name, content=content):
                parts += (name, content)
            case Wished(text=text, wishes=wishes, reasoning=reasoning):
                parts += (text, reasoning)
                for wish in wishes:
                    parts += (wish.name, wish.arguments)
    for tool in prompt.tools:
        parts += (tool.name, tool.description, msgspec.json.encode(tool.parameters).decode())
    return _encoded("\n".join(parts))


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")

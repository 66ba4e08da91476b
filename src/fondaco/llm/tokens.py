"""Counts tokens exactly, without asking anybody, where the extra ``tokens`` is installed.

OpenAI's vocabularies o200k and cl100k come with ``bpe-openai``, and a message is counted in 3 µs.
Nobody else publishes theirs, so a text's tokens elsewhere are these times a factor, which
``llm/estimates.py`` learns from what providers report.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from importlib.machinery import PathFinder
from importlib.util import find_spec, module_from_spec
from typing import Protocol, cast

from fondaco.llm.targets import Target

_PACKAGE = "bpe_openai"
_COMPILED = "_bindings"
_OLDER = ("gpt-4-", "gpt-3.5")

Counts = Callable[[str], int]


class Vocabulary(StrEnum):
    """Whose pieces are counted; the value is OpenAI's name for it."""

    O200K = "o200k_base"  #: GPT-4o and everything since
    CL100K = "cl100k_base"  #: GPT-4 and GPT-3.5


class Vocabularies:
    """The vocabularies that are there; without any of them nothing is counted."""

    def __init__(self, counts: Mapping[Vocabulary, Counts] | None = None) -> None:
        self._counts = dict(counts or {})

    @property
    def are_there(self) -> bool:
        """Whether texts can be counted."""
        return bool(self._counts)

    def count(self, text: str, vocabulary: Vocabulary = Vocabulary.O200K) -> int:
        """Return how many tokens the text has; raises KeyError where the vocabulary is not there."""
        count = self._counts[vocabulary]
        try:
            return count(text)
        except UnicodeEncodeError:  # half a character, which no provider takes as it is either
            return count(text.encode("utf-8", "replace").decode())


def vocabulary_of(target: Target) -> Vocabulary:
    """Return the vocabulary that is, or comes nearest to, the model's own."""
    name = target.model.rpartition("/")[2].lower()
    return Vocabulary.CL100K if name == "gpt-4" or name.startswith(_OLDER) else Vocabulary.O200K


def load_vocabularies() -> Vocabularies:
    """Return what the extra ``tokens`` brings; none without it.  Takes a moment: not for an event loop.

    Only the compiled part of the package is loaded.  Its Python part builds tables of its own, which take as
    much memory again, and counts by making a list of all tokens.
    """
    package = find_spec(_PACKAGE)
    compiled = PathFinder.find_spec(_COMPILED, package.submodule_search_locations) if package else None
    if compiled is None or compiled.loader is None:
        return Vocabularies()
    module = module_from_spec(compiled)
    compiled.loader.exec_module(module)
    bindings = cast("_Bindings", module)
    return Vocabularies({one: bindings.tokenizer_for_encoding(one.value).count for one in Vocabulary})


class _Tokenizer(Protocol):
    def count(self, text: str) -> int: ...


class _Bindings(Protocol):
    def tokenizer_for_encoding(self, encoding_name: str) -> _Tokenizer: ...

"""Finds products by words in Latin letters, also by some of a name's words and in another order."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

import msgspec

from fondaco.demo.erp.catalog import Product
from fondaco.demo.erp.naming import fold, fronts, halves, is_latin, singulars, tails, tokens_of
from fondaco.kit.language import Language


class Find(msgspec.Struct, frozen=True, kw_only=True):
    """A product that a text may speak of; ``weight`` is how much of the text says so, in bytes."""

    weight: int
    is_whole: bool  #: the text has a whole name, not only some of its words
    product: Product


class _Part(msgspec.Struct, frozen=True, kw_only=True):
    """A word of a product's names in one language, or one end of a compound."""

    text: str
    word: str
    is_head: bool  #: it names the thing itself, as *lantern* does in *moon paper lantern*


class _Line(msgspec.Struct, frozen=True, kw_only=True):
    """What one product is called in one language."""

    product: Product
    language: Language
    names: tuple[tuple[str, ...], ...]
    heads: frozenset[str]


_Runs = dict[int, tuple[_Part, ...]]


class Runs:
    """Looks for words of one product that stand beside each other.

    A whole name is always found.  Some words of it are found where there are at least two and one of them
    names the thing itself: *moon lantern* is the moon paper lantern, *paper* is nothing.
    """

    def __init__(self, products: Iterable[Product]) -> None:
        self._lines = [line for product in products for line in _lines(product)]
        self._parts: dict[str, dict[int, list[_Part]]] = defaultdict(lambda: defaultdict(list))
        for at, line in enumerate(self._lines):
            for part in sorted(_parts(line), key=lambda part: part.text != part.word):  # whole words first
                self._parts[part.text][at].append(part)

    def find(self, folded: str) -> Iterator[Find]:
        """Return everything that the text may speak of."""
        running: _Runs = {}
        for token in self._taken_apart(tokens_of(folded)):
            running = _grown(running, self._known(token))
            for at, run in running.items():
                found = _judged(self._lines[at], run)
                if found is not None:
                    yield found

    def _known(self, token: str) -> dict[int, list[_Part]]:
        known: dict[int, list[_Part]] = defaultdict(list)
        for word in singulars(token):
            for at, parts in self._parts.get(word, {}).items():
                known[at] += parts
        return known

    def _taken_apart(self, tokens: Iterable[str]) -> Iterator[str]:
        for token in tokens:
            yield from (token,) if self._known(token) else self._halved(token)

    def _halved(self, token: str) -> tuple[str, ...]:
        for left, right in halves(token):
            front, tail = self._known(left), self._known(right)
            if any(part.is_head for at in front.keys() & tail.keys() for part in tail[at]):
                return left, right
        return (token,)


def _grown(running: _Runs, known: dict[int, list[_Part]]) -> _Runs:
    """Let every run of words go on, begin or end."""
    grown: _Runs = {}
    for at, parts in known.items():
        before = running.get(at, ())
        fresh = [part for part in parts if part not in before]
        grown[at] = (*before, fresh[0]) if fresh else (parts[0],)
    return grown


def _judged(line: _Line, run: tuple[_Part, ...]) -> Find | None:
    words = tuple(sorted(part.word for part in run if part.text == part.word))
    is_whole = len(words) == len(run) and words in line.names
    if not is_whole and (len(run) < 2 or not any(part.is_head for part in run)):
        return None
    return Find(weight=sum(len(part.text.encode()) for part in run), is_whole=is_whole, product=line.product)


def _lines(product: Product) -> Iterator[_Line]:
    for language, names in product.words.items():
        folded = [fold(name) for name in names]
        latin = [name for name in folded if all(is_latin(sign) or sign in " -" for sign in name)]
        yield _Line(
            product=product,
            language=language,
            names=tuple(tuple(sorted(tokens_of(name))) for name in latin),
            heads=frozenset(_head(name, language) for name in latin),
        )


def _head(name: str, language: Language) -> str:
    """Return the thing itself: English puts it last, German first, behind its own hyphens."""
    of = name.split(" of ", maxsplit=1)[0].removesuffix(" set")
    spaced = of.split()
    return tokens_of(spaced[-1] if language is Language.EN else spaced[0])[-1]


def _parts(line: _Line) -> Iterator[_Part]:
    for word in dict.fromkeys(word for name in line.names for word in name):
        is_head = word in line.heads
        yield _Part(text=word, word=word, is_head=is_head)
        if line.language is Language.EN:
            singular = word.removesuffix("s")
            yield from () if singular == word else (_Part(text=singular, word=word, is_head=is_head),)
            continue
        for front in fronts(word):
            yield _Part(text=front, word=word, is_head=False)
        for tail in tails(word):
            yield _Part(text=tail, word=word, is_head=is_head)

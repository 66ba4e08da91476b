"""Finds the product that a text in any of five languages speaks of."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

import msgspec

from fondaco.demo.erp.catalog import Product

#: Letters that German and English hang on a word for number and case.
_ENDINGS = ("", "s", "es", "n", "en", "e", "er")


class _Term(msgspec.Struct, frozen=True, kw_only=True):
    """A word that stands for a product; spaced words end at letters, the others may stand anywhere."""

    text: str
    spaced: bool
    is_sku: bool
    product: Product


class ProductSearch:
    """Looks for names, other words and skus inside a text; the longest one decides, a sku above all.

    Length is counted in UTF-8 bytes, so that a Chinese character, which says more than a Latin
    letter, also weighs more. Chinese, Japanese and Korean words are found wherever they stand;
    words in Latin letters must stand alone, give or take a plural ending.
    """

    def __init__(self, products: Iterable[Product]) -> None:
        terms = [term for product in products for term in _terms(product)]
        self._terms = sorted(terms, key=lambda term: (not term.is_sku, -len(term.text.encode())))

    def find(self, text: str) -> Product | None:
        """Return the product the text speaks of, or None."""
        spaced = _fold(text)
        dense = spaced.replace(" ", "")
        for term in self._terms:
            if _stands_in(spaced, term.text) if term.spaced else term.text in dense:
                return term.product
        return None


def _terms(product: Product) -> Iterable[_Term]:
    letters, digits = product.sku.casefold().split("-")
    for joint in ("-", "", " "):
        yield _Term(text=f"{letters}{joint}{digits}", spaced=True, is_sku=True, product=product)
    for word in (*product.names.values(), *product.aliases):
        folded = _fold(word)
        spaced = all(ord(sign) < 0x1100 for sign in folded)  # below the first Korean letter: Latin
        text = folded if spaced else folded.replace(" ", "")
        yield _Term(text=text, spaced=spaced, is_sku=False, product=product)


def _fold(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).casefold()
    return " ".join(folded.replace("‐", "-").replace("–", "-").split())


def _stands_in(text: str, word: str) -> bool:
    start = text.find(word)
    while start >= 0:
        if not _is_latin(text[start - 1 : start]) and _ends(text, start + len(word)):
            return True
        start = text.find(word, start + 1)
    return False


def _ends(text: str, end: int) -> bool:
    rest = text[end : end + 3]
    return any(rest.startswith(tail) and not _is_latin(rest[len(tail) : len(tail) + 1]) for tail in _ENDINGS)


def _is_latin(sign: str) -> bool:
    return sign.isalnum() and ord(sign) < 0x1100

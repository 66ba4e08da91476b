"""Finds the product that a text in any of five languages speaks of."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from fondaco.demo.erp.catalog import Product
from fondaco.demo.erp.naming import fold, is_latin
from fondaco.demo.erp.runs import Find, Runs
from fondaco.demo.erp.stretches import stretches


class ProductSearch:
    """Looks for names, other words and skus inside a text; a sku decides, then the longest find.

    Length is counted in UTF-8 bytes, so that a Chinese character, which says more than a Latin
    letter, also weighs more.  Chinese, Japanese and Korean words are found wherever they stand;
    words in Latin letters are found in the plural, in any order and by some of a name's words.
    Where some words fit several products equally well, none is found: *lamp* is no product.
    """

    def __init__(self, products: Iterable[Product]) -> None:
        known = tuple(products)
        self._skus = {text: product for product in known for text in _skus(product)}
        self._dense = _dense_names(known)
        self._runs = Runs(known)

    def find(self, text: str) -> Product | None:
        """Return the product the text speaks of, or None."""
        spaced = fold(text)
        for sku, product in self._skus.items():
            if _stands_in(spaced, sku):
                return product
        dense = spaced.replace(" ", "")
        finds = [*self._runs.find(spaced), *(find for name, find in self._dense.items() if name in dense)]
        return _decided(finds)


def _decided(finds: list[Find]) -> Product | None:
    if not finds:
        return None
    best = max((find.weight, find.is_whole) for find in finds)
    products = [find.product for find in finds if (find.weight, find.is_whole) == best]
    is_clear = best[1] or all(product == products[0] for product in products)
    return products[0] if is_clear else None


def _skus(product: Product) -> Iterator[str]:
    letters, digits = product.sku.casefold().split("-")
    for joint in ("-", "", " "):
        yield f"{letters}{joint}{digits}"


def _dense_names(products: Iterable[Product]) -> dict[str, Find]:
    """Return names without spaces, whole ones and those shortened ones that fit one product only."""
    whole: dict[str, Find] = {}
    shorter: dict[str, dict[str, Find]] = defaultdict(dict)
    for product, name in _eastern_names(products):
        dense = name.replace(" ", "")
        whole[dense] = _find(dense, product, is_whole=True)
        for stretch in stretches(name):
            shorter[stretch][product.sku] = _find(stretch, product, is_whole=False)
    clear = {text: next(iter(finds.values())) for text, finds in shorter.items() if len(finds) == 1}
    return clear | whole


def _eastern_names(products: Iterable[Product]) -> Iterator[tuple[Product, str]]:
    for product in products:
        for name in (fold(name) for names in product.words.values() for name in names):
            if not all(map(_is_western, name)):
                yield product, name


def _find(text: str, product: Product, *, is_whole: bool) -> Find:
    return Find(weight=len(text.encode()), is_whole=is_whole, product=product)


def _is_western(sign: str) -> bool:
    return ord(sign) < 0x1100


def _stands_in(text: str, word: str) -> bool:
    start = text.find(word)
    while start >= 0:
        end = start + len(word)
        if not _latin_at(text, start - 1) and not _latin_at(text, end):
            return True
        start = text.find(word, start + 1)
    return False


def _latin_at(text: str, at: int) -> bool:
    return 0 <= at < len(text) and is_latin(text[at])

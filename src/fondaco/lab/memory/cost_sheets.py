"""The price lists that bills are compared on: five made-up ones, and every one that is in force."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from fondaco.llm.price_files import load_prices
from fondaco.llm.prices import Price, PriceBook, Rates
from fondaco.llm.profiles import profile_for
from fondaco.llm.targets import ProviderKind, Target
from fondaco.memory.planning.sheets import CacheHabit, PriceSheet, sheet_at

#: What a token costs that the provider has read before, as a part of the price of a new one.
SHARES = (Fraction(1), Fraction(1, 2), Fraction(1, 4), Fraction(1, 10), Fraction(1, 50))
GATED = Fraction(1, 10)
_FULL = 1_000_000  # 10⁻¹² of the currency: one a million tokens
_CONTEXT_TOKENS = 128_000
#: As the simulated provider caches unless it is told otherwise.
HABIT = CacheHabit(block_tokens=128, minimum_tokens=1_024)


def made_up() -> list[PriceSheet]:
    """Return a list for each share."""
    return [_sheet(f"known tokens at {share}", share) for share in SHARES]


def with_writes() -> PriceSheet:
    """Return a list on which keeping a token costs a quarter more than reading it once."""
    return _sheet("known tokens at 1/10, kept ones at 5/4", GATED, Fraction(5, 4))


def in_force(now_ms: int) -> list[PriceSheet]:
    """Return the list of every model in the price file that comes with fondaco, as it is now."""
    return list(_known(load_prices(), now_ms))


def _known(book: PriceBook, now_ms: int) -> Iterator[PriceSheet]:
    for key in book.keys:
        kind, _, model = key.partition("/")
        profile = profile_for(ProviderKind(kind), model)
        target = Target(
            name=key,
            provider=kind,
            kind=ProviderKind(kind),
            base_url="http://localhost",
            model=model,
            profile=profile,
            context_tokens=_CONTEXT_TOKENS,
        )
        sheet = sheet_at(book, target, now_ms)
        if sheet is not None:
            yield sheet


def _sheet(name: str, share: Fraction, write: Fraction = Fraction(1)) -> PriceSheet:
    again, new = int(_FULL * share), int(_FULL * write)
    rates = Rates(input=_FULL, output=4 * _FULL, cache_read=again, cache_write_5m=new)
    return PriceSheet(
        target=name,
        price=Price(version=name, currency="USD", rates=rates),
        habit=HABIT,
        context_tokens=_CONTEXT_TOKENS,
        new_pico=new,
        again_pico=again,
    )

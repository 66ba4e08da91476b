"""What a token costs, where and when: found by key and moment, never guessed.

Amounts are whole numbers of 10⁻¹² of the currency for one token: a price of a million tokens with at most
six decimals is exactly such a number, so nothing is ever rounded.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime

import msgspec

from fondaco.domain.errors import ConfigurationError
from fondaco.llm.targets import Target

FREE = "free"  #: the key of what costs nothing, such as a model on the operator's own machine
PICO = 10**12  #: parts of one unit of a currency

_MINUTE_MS = 60_000
_DAY_MS = 86_400_000


class Rates(msgspec.Struct, frozen=True, kw_only=True):
    """10⁻¹² of the currency for one token of each class; None: the provider has published no figure."""

    input: int
    output: int
    cache_read: int | None = None
    cache_write_5m: int | None = None
    cache_write_1h: int | None = None


class Tier(msgspec.Struct, frozen=True, kw_only=True):
    """Rates of the whole request once its input, cache included, is longer than this."""

    above: int
    rates: Rates


class Price(msgspec.Struct, frozen=True, kw_only=True):
    """What one model costs at one moment."""

    version: str  #: for the ledger, such as ``deepseek/deepseek-v4-pro@2026-08-16 peak``
    currency: str
    rates: Rates
    tiers: tuple[Tier, ...] = ()  #: by rising length
    certain: bool = True  #: False: the most that is charged, such as where only some figures are published

    @property
    def is_free(self) -> bool:
        """Whether nothing is ever charged."""
        return self.version == FREE


class Window(msgspec.Struct, frozen=True, kw_only=True):
    """Hours of the UTC week in which another price holds."""

    days: frozenset[int]  #: 0 is Monday
    spans: tuple[tuple[int, int], ...]  #: minutes of the day: from, and before
    price: Price

    def holds(self, at_ms: int) -> bool:
        """Whether the moment lies in the window."""
        weekday = (at_ms // _DAY_MS + 3) % 7  # 1970-01-01 was a Thursday
        minute = at_ms % _DAY_MS // _MINUTE_MS
        return weekday in self.days and any(start <= minute < end for start, end in self.spans)


class Listing(msgspec.Struct, frozen=True, kw_only=True):
    """One entry of a price file, from its first moment to its last."""

    key: str  #: ``KIND/MODEL``, or any that a model of the settings names
    from_ms: int
    until_ms: int | None  #: None: until another entry of this key begins
    price: Price
    windows: tuple[Window, ...] = ()
    source: str  #: where the figures stand
    checked: date  #: when somebody last compared them with the source
    note: str = ""

    def at(self, at_ms: int) -> Price:
        """Return the price of a moment since ``from_ms``.

        After its end the last known price goes on, marked as uncertain: to fall silent towards contacts over
        a figure would cost more than the figure.
        """
        found = next((window.price for window in self.windows if window.holds(at_ms)), self.price)
        if self.until_ms is not None and at_ms >= self.until_ms:
            return msgspec.structs.replace(found, certain=False)
        return found


class StalePrice(msgspec.Struct, frozen=True, kw_only=True):
    """A price that nobody has compared with its source for too long, or that has ended."""

    key: str
    checked: date
    source: str
    ended: bool  #: its last day is over and no other price follows


class PriceBook:
    """Every price that is known; a model without one has none, and is never priced as another."""

    def __init__(self, listings: Iterable[Listing], currency: str = "USD") -> None:
        self._listings: dict[str, list[Listing]] = {}
        for listing in sorted(listings, key=lambda one: one.from_ms):
            self._listings.setdefault(listing.key, []).insert(0, listing)
        self._free = Price(version=FREE, currency=currency, rates=_NOTHING)

    def price_at(self, key: str, at_ms: int) -> Price:
        """Return the price of a moment.  Raises ConfigurationError where there is none."""
        if key == FREE:
            return self._free
        for listing in self._listings.get(key, ()):
            if listing.from_ms <= at_ms:
                return listing.at(at_ms)
        raise ConfigurationError(_unknown(key))

    def price_if_known(self, key: str, at_ms: int) -> Price | None:
        """Return the price of a moment, or None where there is none."""
        try:
            return self.price_at(key, at_ms)
        except ConfigurationError:
            return None

    def prices_between(self, key: str, from_ms: int, until_ms: int) -> tuple[Price, ...]:
        """Return the price at both ends of a request, once where it is the same.

        A provider may count by the beginning or by the end.  Raises ConfigurationError.
        """
        first, last = self.price_at(key, from_ms), self.price_at(key, until_ms)
        return (first,) if first == last else (first, last)

    def listing(self, key: str) -> Sequence[Listing]:
        """Return the entries of a key, the newest first."""
        return self._listings.get(key, ())

    @property
    def keys(self) -> list[str]:
        """Every key, in order."""
        return sorted(self._listings)

    def stale_prices(self, now_ms: int, max_age_days: int = 90) -> list[StalePrice]:
        """Return the prices in force that somebody should look up again, the oldest first."""
        today = datetime.fromtimestamp(now_ms / 1000, UTC).date()
        found = []
        for listings in self._listings.values():
            current = next((one for one in listings if one.from_ms <= now_ms), None)
            if current is None:
                continue
            ended = current.until_ms is not None and now_ms >= current.until_ms
            if ended or (today - current.checked).days > max_age_days:
                found.append(
                    StalePrice(key=current.key, checked=current.checked, source=current.source, ended=ended)
                )
        return sorted(found, key=lambda one: (one.checked, one.key))


def price_key(target: Target) -> str:
    """Return the key under which a target's price stands."""
    return target.price or f"{target.kind.value}/{target.model}"


def demand_prices(book: PriceBook, targets: Iterable[Target], currency: str, now_ms: int) -> None:
    """Refuse targets that have no price now, or one in another currency.  Raises ConfigurationError."""
    for target in targets:
        key = price_key(target)
        try:
            price = book.price_at(key, now_ms)
        except ConfigurationError as error:
            raise ConfigurationError(f"llm.models, {target.name}: {error}") from error
        if price.currency != currency:
            raise ConfigurationError(
                f"llm.models, {target.name}: the price {key} is in {price.currency}, and llm.currency is "
                f"{currency}; write a price in {currency} into the file that llm.prices names."
            )


_NOTHING = Rates(input=0, output=0, cache_read=0, cache_write_5m=0, cache_write_1h=0)


def _unknown(key: str) -> str:
    return (
        f"there is no price for {key}; name a file in llm.prices that has a [[price]] with "
        f'key = "{key}", currency, input and output of a million tokens, valid_from, source and checked, '
        'or write price = "free" at the model if nobody charges for it.'
    )

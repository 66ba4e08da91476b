"""Reads price files: the one that comes with fondaco, and the operator's own."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import msgspec

from fondaco.domain.errors import ConfigurationError
from fondaco.llm.prices import Listing, Price, PriceBook, Rates, Tier, Window

OURS = Path(__file__).with_name("prices.toml")  #: comes with fondaco

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_MOST = Decimal(1_000_000)  # for a million tokens; a slip of the decimal point is found out


class _Amounts(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """For a million tokens, as decimal text."""

    input: str
    output: str
    cache_read: str | None = None
    cache_write_5m: str | None = None
    cache_write_1h: str | None = None


class _Tier(_Amounts, frozen=True, kw_only=True, forbid_unknown_fields=True):
    above: int


class _Window(_Amounts, frozen=True, kw_only=True, forbid_unknown_fields=True):
    name: str
    days: tuple[str, ...] = _DAYS
    utc: tuple[str, ...]


class _Entry(_Amounts, frozen=True, kw_only=True, forbid_unknown_fields=True):
    key: str
    currency: str
    valid_from: str
    valid_until: str = ""
    source: str
    checked: date
    note: str = ""
    certain: bool = True
    tiers: tuple[_Tier, ...] = ()
    windows: tuple[_Window, ...] = ()


class PriceFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A whole file."""

    released: date | None = None  #: when all of it was gone through last
    price: tuple[_Entry, ...] = ()


def load_prices(own: Path | None = None, currency: str = "USD") -> PriceBook:
    """Return the prices that come with fondaco, those of the operator's file in their place.

    A key in the operator's file replaces every entry of ours with that key.  Raises ConfigurationError.
    """
    listings = listings_of(read_file(OURS), OURS)
    if own is not None:
        mine = listings_of(read_file(own), own)
        replaced = {listing.key for listing in mine}
        listings = [listing for listing in listings if listing.key not in replaced] + mine
    return PriceBook(listings, currency)


def read_file(path: Path) -> PriceFile:
    """Raises ConfigurationError for a file that cannot be read or has another form."""
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigurationError(f"The price file {path} cannot be read: {error}.") from error
    return _converted(tables, path)


def listings_of(file: PriceFile, path: Path) -> list[Listing]:
    """Return what the file says, every figure checked.  Raises ConfigurationError."""
    listings = []
    for number, entry in enumerate(file.price, start=1):
        try:
            listings.append(_listing(entry))
        except ValueError as error:
            raise ConfigurationError(
                f"The price file {path}, [[price]] number {number} ({entry.key}): {error}."
            ) from error
    _demand_each_once(listings, path)
    return listings


def _converted(tables: Mapping[str, Any], path: Path) -> PriceFile:
    try:
        return msgspec.convert(tables, PriceFile)
    except msgspec.ValidationError as error:
        raise ConfigurationError(f"The price file {path} is not as it should be: {error}.") from error


def _listing(entry: _Entry) -> Listing:
    if entry.tiers and entry.windows:
        raise ValueError("tiers and windows together are not understood; leave one of them out")
    from_ms = _moment(entry.valid_from)
    until_ms = _moment(entry.valid_until) if entry.valid_until else None
    if until_ms is not None and until_ms <= from_ms:
        raise ValueError("valid_until must come after valid_from")
    price = Price(
        version=f"{entry.key}@{entry.valid_from}",
        currency=_currency(entry.currency),
        rates=_rates(entry),
        tiers=_tiers(entry.tiers),
        certain=entry.certain,
    )
    return Listing(
        key=entry.key,
        from_ms=from_ms,
        until_ms=until_ms,
        price=price,
        windows=tuple(_window(window, price) for window in entry.windows),
        source=entry.source,
        checked=entry.checked,
        note=entry.note,
    )


def _rates(amounts: _Amounts) -> Rates:
    return Rates(
        input=_pico(amounts.input),
        output=_pico(amounts.output),
        cache_read=_optional(amounts.cache_read),
        cache_write_5m=_optional(amounts.cache_write_5m),
        cache_write_1h=_optional(amounts.cache_write_1h),
    )


def _optional(amount: str | None) -> int | None:
    return None if amount is None else _pico(amount)


def _pico(amount: str) -> int:
    """Return 10⁻¹² of the currency for a token from the amount for a million: six decimals further left."""
    try:
        value = Decimal(amount)
    except InvalidOperation:
        raise ValueError(
            f"{amount!r} is no amount; write a decimal number in quotes, such as '0.28'"
        ) from None
    if not value.is_finite() or not 0 <= value <= _MOST:
        raise ValueError(f"{amount!r} is out of range; write what a million tokens cost")
    pico = value * 1_000_000
    if pico != int(pico):
        raise ValueError(f"{amount!r} has more than six decimals")
    return int(pico)


def _tiers(tiers: Iterable[_Tier]) -> tuple[Tier, ...]:
    found = sorted((Tier(above=tier.above, rates=_rates(tier)) for tier in tiers), key=lambda one: one.above)
    if any(tier.above <= 0 for tier in found):
        raise ValueError("a tier's `above` is a number of input tokens greater than 0")
    return tuple(found)


def _window(window: _Window, price: Price) -> Window:
    unknown = [day for day in window.days if day not in _DAYS]
    if unknown:
        raise ValueError(f"{unknown[0]!r} is no day; write {', '.join(_DAYS)}")
    named = msgspec.structs.replace(price, version=f"{price.version} {window.name}", rates=_rates(window))
    return Window(
        days=frozenset(_DAYS.index(day) for day in window.days),
        spans=tuple(_span(span) for span in window.utc),
        price=named,
    )


def _span(text: str) -> tuple[int, int]:
    start, dash, end = text.partition("-")
    minutes = _minute(start), _minute(end)
    if not dash or minutes[0] >= minutes[1]:
        raise ValueError(f"{text!r} is no span of a day; write it like 01:00-04:00")
    return minutes


def _minute(text: str) -> int:
    hour, colon, minute = text.strip().partition(":")
    if not (colon and hour.isdigit() and minute.isdigit() and int(minute) < 60):
        raise ValueError(f"{text!r} is no time of the day; write it like 01:00")
    total = int(hour) * 60 + int(minute)
    if total > 24 * 60:
        raise ValueError(f"{text!r} is later than 24:00")
    return total


def _moment(text: str) -> int:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{text!r} is no date; write it like 2026-08-16 or 2026-08-16T16:00Z") from None
    utc = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return int(utc.timestamp()) * 1000


def _currency(text: str) -> str:
    if not (len(text) == 3 and text.isascii() and text.isalpha() and text.isupper()):
        raise ValueError(f"{text!r} is no currency; write its three letters, such as USD (ISO 4217)")
    return text


def _demand_each_once(listings: Iterable[Listing], path: Path) -> None:
    seen: set[tuple[str, int]] = set()
    for listing in listings:
        place = (listing.key, listing.from_ms)
        if place in seen:
            raise ConfigurationError(
                f"The price file {path} has two entries for {listing.key} from the same moment; "
                "leave one of them out."
            )
        seen.add(place)

"""Money as integers of the minor unit, so that nothing is ever rounded by a float."""

from __future__ import annotations

from decimal import Decimal

import msgspec

#: Currencies whose minor unit is not a hundredth (ISO 4217).
_DIGITS = {"JPY": 0, "KRW": 0, "VND": 0, "CLP": 0, "KWD": 3, "BHD": 3, "TND": 3}


class Money(msgspec.Struct, frozen=True, gc=False):
    """An amount in minor units (cents for EUR, yen for JPY) of an ISO 4217 currency."""

    amount_minor: int
    currency: str

    @property
    def digits(self) -> int:
        """How many decimal digits the currency has."""
        return _DIGITS.get(self.currency, 2)


def exact(pico: int, currency: str) -> str:
    """Return an amount of 10⁻¹² units, to its last digit and at least the minor unit: ``0.000193 USD``."""
    least = Money(0, currency).digits
    whole, _, parts = f"{Decimal(pico).scaleb(-12):f}".partition(".")
    digits = parts.rstrip("0").ljust(least, "0")
    return f"{whole}.{digits} {currency}" if digits else f"{whole} {currency}"

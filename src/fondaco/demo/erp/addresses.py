"""Reads an address that somebody wrote in one go, as the country of the order writes it."""

from __future__ import annotations

import re
import unicodedata

import msgspec

_POSTCODES = {
    "DE": r"\d{5}",
    "AT": r"\d{4}",
    "CH": r"\d{4}",
    "NL": r"\d{4}\s?[A-Z]{2}",
    "GB": r"[A-Z]{1,2}\d[A-Z\d]?\s?\d[A-Z]{2}",
    "IE": r"[A-Z]\d[\dW]\s?[A-Z\d]{4}",
    "CN": r"\d{6}",
    "JP": r"\d{3}-?\d{4}",
    "KR": r"\d{5}",
}
#: Countries that write from the large to the small: postcode, city, street.
_LARGE_FIRST = frozenset({"CN", "JP", "KR"})
_CITY_FIRST = re.compile(r"(?P<city>[^\s\d]{1,8}?[市区縣县]|\S+)\s*(?P<street>.+)")
_PIECES = re.compile(r"\s*[,;\n、]\s*")
_MOST_LETTERS = 200


class Address(msgspec.Struct, frozen=True, kw_only=True):
    """Where a parcel goes."""

    street: str
    postcode: str
    city: str
    country: str  #: ISO 3166-1 alpha-2

    @property
    def written(self) -> str:
        """The address in one line, as its country writes it."""
        if self.country in _LARGE_FIRST:
            return f"{self.postcode} {self.city} {self.street}"
        return f"{self.street}, {self.postcode} {self.city}"


def read_address(text: str, country: str) -> Address | None:
    """Return the address that ``text`` holds, or None where street, postcode or city cannot be told.

    The country stays that of the order: customs papers were made for it.
    """
    plain = unicodedata.normalize("NFKC", text).replace("〒", " ").strip()
    matches = list(re.finditer(rf"(?<![\w-]){_POSTCODES[country]}(?![\w-])", plain, re.IGNORECASE | re.ASCII))
    if not matches or len(plain) > _MOST_LETTERS:
        return None
    match = matches[0] if country in _LARGE_FIRST else matches[-1]
    before = [piece for piece in _PIECES.split(plain[: match.start()]) if piece.strip()]
    after = [piece for piece in _PIECES.split(plain[match.end() :]) if piece.strip()]
    street, city = _large_first(before + after) if country in _LARGE_FIRST else _small_first(before, after)
    address = Address(
        street=" ".join(street.split()), postcode=match.group().upper(), city=city.strip(), country=country
    )
    return address if is_complete(address) else None


def is_complete(address: Address) -> bool:
    """Return whether a parcel would arrive: a street with a number, a postcode of the country, a city."""
    has_postcode = re.fullmatch(_POSTCODES[address.country], address.postcode, re.IGNORECASE | re.ASCII)
    has_number = any(sign.isdigit() for sign in address.street)
    return bool(has_postcode) and has_number and any(sign.isalpha() for sign in address.city)


def _small_first(before: list[str], after: list[str]) -> tuple[str, str]:
    if after:
        return ", ".join(before), after[0]
    return ", ".join(before[:-1]), before[-1] if before else ""


def _large_first(pieces: list[str]) -> tuple[str, str]:
    if len(pieces) > 1:
        return " ".join(pieces[1:]), pieces[0]
    match = _CITY_FIRST.fullmatch(pieces[0].strip()) if pieces else None
    return (match["street"], match["city"]) if match else ("", "")

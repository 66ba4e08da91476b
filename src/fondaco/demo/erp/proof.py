"""Whether somebody knows what only the person behind an order knows."""

from __future__ import annotations

import hmac
import re
import unicodedata
from collections.abc import Mapping

from fondaco.demo.erp.records import Order, Person

# Every hyphen and dash, and the Japanese vowel mark and postal mark that stand for them on keyboards.
_MARKS = frozenset("-‐‑‒–—―−ー〒")
_NUMBER = re.compile(r"(?:RI)?([0-9]{5,8})")

#: Compared against when the order is unknown, so that the answer takes the same road.
_NOBODY = ("\0nobody's postcode", "\0nobody's e-mail")


def normal(text: str) -> str:
    """Return the text without spaces, hyphens, case and width (NFKC): ``５３０－０００１`` is ``5300001``."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    kept = (sign for sign in folded if sign not in _MARKS and unicodedata.category(sign)[0] not in "ZC")
    return "".join(kept)


def normal_order_number(text: str) -> str:
    """Return ``RI-10482`` for ``ri 10482``, ``10482`` or full-width digits; other text stays as it is."""
    match = _NUMBER.fullmatch(normal(text).upper().lstrip("#"))
    return f"RI-{match[1]}" if match else text


class ProofDesk:
    """Checks proofs; takes no longer for an unknown order than for a wrong proof."""

    def __init__(self, orders: Mapping[str, Order], people: Mapping[str, Person]) -> None:
        self._orders = orders
        self._known = {ref: (normal(person.postcode), normal(person.email)) for ref, person in people.items()}

    def identify(self, order_number: str, proof: str) -> Order | None:
        """Return the order if the proof is its postcode or e-mail address, else None."""
        order = self._orders.get(normal_order_number(order_number))
        postcode, email = _NOBODY if order is None else self._known[order.customer_ref]
        given = normal(proof).encode()
        matches = hmac.compare_digest(given, postcode.encode()) | hmac.compare_digest(given, email.encode())
        return order if matches else None

from __future__ import annotations

import pytest

from fondaco.kit.money import exact


@pytest.mark.parametrize(
    ("pico", "currency", "told"),
    [
        (193_000_000, "USD", "0.000193 USD"),
        (1, "USD", "0.000000000001 USD"),
        (0, "USD", "0.00 USD"),
        (0, "JPY", "0 JPY"),
        (1_500_000_000_000, "EUR", "1.50 EUR"),
        (12_345_000_000_000_000, "JPY", "12345 JPY"),
        (9_000_000_000_000_000_001, "USD", "9000000.000000000001 USD"),
    ],
)
def test_an_amount_is_told_to_its_last_digit(pico: int, currency: str, told: str) -> None:
    assert exact(pico, currency) == told

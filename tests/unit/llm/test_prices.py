"""A price is found by key and moment, and there is none where nobody wrote one down."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from fondaco.domain.errors import ConfigurationError
from fondaco.llm.price_files import OURS, listings_of, load_prices, read_file
from fondaco.llm.prices import FREE, PriceBook, demand_prices, price_key
from tests.unit.llm.places_to_ask import a_target

#: When all the prices were gone through, nothing had been left alone for longer.
OLDEST_DAYS = 90
OUR_FILE = read_file(OURS)
OUR_LISTINGS = listings_of(OUR_FILE, OURS)

ONE = """
[[price]]
key = "compatible/qwen"
currency = "USD"
input = "0.1"
output = "0.3"
valid_from = "2026-01-01"
source = "https://shop.example/contract"
checked = 2026-06-01
"""
LATER = ONE.replace("2026-01-01", "2026-07-01").replace('"0.1"', '"0.2"')


def at(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()) * 1000


def book(tmp_path: Path, text: str) -> PriceBook:
    file = tmp_path / "prices.toml"
    file.write_text(text, encoding="utf-8")
    return load_prices(file)


@pytest.mark.parametrize(
    ("key", "moment", "input_", "output"),
    [
        ("openai/gpt-4.1", "2026-11-22T12:00", 2_000_000, 8_000_000),
        ("anthropic/claude-sonnet-4-5", "2026-11-22T12:00", 3_000_000, 15_000_000),
        ("gemini/gemini-2.5-flash", "2026-11-22T12:00", 300_000, 2_500_000),
        ("deepseek/deepseek-v3.2", "2026-02-01T12:00", 280_000, 420_000),
        ("holysheep/deepseek-v3.2", "2026-11-22T12:00", 280_000, 420_000),
        ("deepseek/deepseek-flash", "2026-11-22T12:00", 150_000, 600_000),
    ],
)
def test_the_models_of_the_guide_have_their_prices(key: str, moment: str, input_: int, output: int) -> None:
    rates = load_prices().price_at(key, at(moment)).rates

    assert (rates.input, rates.output) == (input_, output)


@pytest.mark.parametrize(
    ("moment", "input_"),
    [
        ("2026-11-23T00:59:59", 660_000),
        ("2026-11-23T01:00", 1_320_000),
        ("2026-11-23T03:59:59", 1_320_000),
        ("2026-11-23T04:00", 660_000),
        ("2026-11-23T09:30", 1_320_000),
        ("2026-11-23T10:00", 660_000),
        ("2026-11-27T06:00", 1_320_000),
        ("2026-11-28T06:00", 660_000),
        ("2026-11-29T02:00", 660_000),
    ],
)
def test_peak_hours_are_dearer_from_monday_to_friday(moment: str, input_: int) -> None:
    price = load_prices().price_at("deepseek/deepseek-v4-pro", at(moment))

    assert price.rates.input == input_
    assert price.version.endswith(" peak") == (input_ == 1_320_000)


def test_a_price_holds_until_the_next_one_begins() -> None:
    prices = load_prices()

    before = prices.price_at("deepseek/deepseek-v4-flash", at("2026-09-09T12:00"))
    after = prices.price_at("deepseek/deepseek-v4-flash", at("2026-09-10T12:00"))

    assert (before.rates.input, after.rates.input) == (220_000, 150_000)
    assert before.version != after.version


@pytest.mark.parametrize("key", ["openai/gpt-4.1-2025", "openai/gpt-4", "holysheep/gpt-4.1-mini", "gpt-4.1"])
def test_an_unknown_model_is_never_priced_as_another(key: str) -> None:
    with pytest.raises(ConfigurationError, match="there is no price for"):
        load_prices().price_at(key, at("2026-11-22"))


def test_a_model_has_no_price_before_the_first_one_began() -> None:
    with pytest.raises(ConfigurationError, match="there is no price for"):
        load_prices().price_at("openai/gpt-4.1", at("2024-01-01"))


def test_what_is_declared_free_costs_nothing() -> None:
    price = load_prices(currency="EUR").price_at(FREE, 0)

    assert price.is_free
    assert (price.rates.input, price.rates.output, price.currency) == (0, 0, "EUR")


def test_a_file_of_the_operators_adds_prices_and_replaces_ours(tmp_path: Path) -> None:
    text = ONE + ONE.replace("compatible/qwen", "deepseek/deepseek-v4-flash")

    prices = book(tmp_path, text)

    assert prices.price_at("compatible/qwen", at("2026-11-22")).rates.input == 100_000
    assert prices.price_at("deepseek/deepseek-v4-flash", at("2026-11-23T02:00")).rates.input == 100_000
    assert len(prices.listing("deepseek/deepseek-v4-flash")) == 1
    assert prices.price_at("openai/gpt-4.1", at("2026-11-22")).rates.input == 2_000_000


def test_the_example_in_the_documents_is_a_price_file(tmp_path: Path) -> None:
    page = (Path(__file__).parents[3] / "docs" / "how-to" / "prices-and-budgets.md").read_text("utf-8")
    [example] = [block for block in page.split("```toml")[1:] if "[[price]]" in block.partition("```")[0]]

    prices = book(tmp_path, example.partition("```")[0])

    assert prices.price_at("holysheep/deepseek-v3.2", at("2026-11-22")).rates.cache_read == 14_000


def test_the_order_of_entries_in_a_file_does_not_matter(tmp_path: Path) -> None:
    prices = book(tmp_path, LATER + ONE)

    assert prices.price_at("compatible/qwen", at("2026-06-30T23:59")).rates.input == 100_000
    assert prices.price_at("compatible/qwen", at("2026-07-01T00:00")).rates.input == 200_000


def test_a_price_whose_end_has_come_goes_on_as_an_uncertain_one(tmp_path: Path) -> None:
    prices = book(tmp_path, ONE.replace("valid_from", 'valid_until = "2026-07-01"\nvalid_from'))

    before = prices.price_at("compatible/qwen", at("2026-06-30"))
    after = prices.price_at("compatible/qwen", at("2026-07-01"))

    assert (before.certain, after.certain) == (True, False)
    assert after.rates == before.rates


@pytest.mark.parametrize(
    ("wrong", "right", "told"),
    [
        ('input = "0.1"', "input = 0.1", "Expected `str`, got `float`"),
        ('input = "0.1"', 'input = "0,1"', "no amount"),
        ('input = "0.1"', 'input = "-1"', "out of range"),
        ('input = "0.1"', 'input = "NaN"', "out of range"),
        ('input = "0.1"', 'input = "0.0000001"', "more than six decimals"),
        ('currency = "USD"', 'currency = "dollars"', "three letters"),
        ('valid_from = "2026-01-01"', 'valid_from = "soon"', "no date"),
        ('valid_from = "2026-01-01"', 'valid_from = "2026-01-01"\nvalid_until = "2025-01-01"', "after"),
        ('output = "0.3"', 'output = "0.3"\nfree = true', "unknown field `free`"),
        ('output = "0.3"\n', "", "missing required field `output`"),
        ("[[price]]", "[[price]", "cannot be read"),
        ("checked = 2026-06-01", "checked = 2026-06-01\n" + ONE, "two entries"),
    ],
)
def test_a_mistake_in_a_price_file_is_named(tmp_path: Path, wrong: str, right: str, told: str) -> None:
    with pytest.raises(ConfigurationError, match=told) as caught:
        book(tmp_path, ONE.replace(wrong, right))

    assert "prices.toml" in str(caught.value)


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ('[[price.windows]]\nname="n"\nutc=["25:00-26:00"]\n', "later than 24:00"),
        ('[[price.windows]]\nname="n"\nutc=["04:00-01:00"]\n', "no span"),
        ('[[price.windows]]\nname="n"\nutc=["4-5"]\n', "no time of the day"),
        ('[[price.windows]]\nname="n"\nutc=["04:00-05:00"]\ndays=["monday"]\n', "no day"),
        ("[[price.tiers]]\nabove = 0\n", "greater than 0"),
    ],
)
def test_a_mistake_in_a_window_or_tier_is_named(tmp_path: Path, lines: str, told: str) -> None:
    with pytest.raises(ConfigurationError, match=told):
        book(tmp_path, ONE + lines + 'input = "1"\noutput = "1"\n')


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"nowhere\.toml cannot be read"):
        load_prices(tmp_path / "nowhere.toml")


def test_a_model_without_a_price_stops_the_start_and_says_what_to_write() -> None:
    target = a_target("gpt-9")

    with pytest.raises(ConfigurationError) as caught:
        demand_prices(load_prices(), [target], "USD", at("2026-11-22"))

    assert target.name in str(caught.value)
    assert 'key = "openai/gpt-9"' in str(caught.value)
    assert 'price = "free"' in str(caught.value)


def test_a_price_in_another_currency_than_the_budgets_is_refused() -> None:
    with pytest.raises(ConfigurationError, match=r"is in USD, and llm\.currency is EUR"):
        demand_prices(load_prices(currency="EUR"), [a_target()], "EUR", at("2026-11-22"))


def test_the_key_of_a_target_is_its_kind_and_model_unless_it_names_one() -> None:
    target = a_target("gpt-4.1", provider="our-relay")
    named = msgspec.structs.replace(target, price="deepseek/deepseek-flash")

    assert price_key(target) == "openai/gpt-4.1"
    assert price_key(named) == "deepseek/deepseek-flash"


def test_stale_prices_are_those_that_nobody_looked_up_for_long_or_that_have_ended(tmp_path: Path) -> None:
    ended = ONE.replace("compatible/qwen", "compatible/gone").replace(
        "valid_from", 'valid_until = "2026-06-05"\nvalid_from'
    )
    prices = book(tmp_path, ONE + ended)

    fresh = prices.stale_prices(at("2026-06-02"))
    stale = prices.stale_prices(at("2026-06-10"))
    old = [one.key for one in prices.stale_prices(at("2027-06-10"))]

    assert fresh == []
    assert [(one.key, one.ended) for one in stale] == [("compatible/gone", True)]
    assert old[:2] == ["compatible/gone", "compatible/qwen"]
    assert "openai/gpt-4.1" in old


@pytest.mark.parametrize("listing", OUR_LISTINGS, ids=lambda one: one.price.version)
def test_each_of_our_prices_was_looked_up_shortly_before_the_release(listing: object) -> None:
    released = OUR_FILE.released

    assert isinstance(listing, type(OUR_LISTINGS[0]))
    assert released is not None
    assert released - timedelta(days=OLDEST_DAYS) <= listing.checked <= released
    assert listing.source.startswith("https://")


def test_a_price_that_was_left_alone_would_be_found() -> None:
    released = OUR_FILE.released or date.min

    assert released - timedelta(days=OLDEST_DAYS) > date(2026, 1, 1)

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

import pytest

from fondaco.demo.erp.catalog import catalog
from fondaco.demo.erp.generate import ORDER_COUNT, generate
from fondaco.demo.erp.records import OrderState, ReturnState, Rows, ShipmentState, StockState
from fondaco.demo.erp.scenes import SCENES, Scene
from fondaco.kit.language import Language

TODAY = date(2026, 3, 2)


@pytest.fixture(scope="module")
def rows() -> Rows:
    return generate(today=TODAY)


def test_the_same_day_and_seed_give_the_same_books(rows: Rows) -> None:
    again = generate(today=TODAY, seed=7)

    assert again == rows


def test_another_seed_gives_other_books(rows: Rows) -> None:
    other = generate(today=TODAY, seed=8)

    assert other.orders != rows.orders


def test_there_are_as_many_orders_as_promised_and_no_number_twice(rows: Rows) -> None:
    numbers = {order.order_number for order in rows.orders}

    assert len(rows.orders) == len(numbers) == ORDER_COUNT


@pytest.mark.parametrize("seed", range(5))
def test_every_state_exists_whatever_the_seed(seed: int) -> None:
    rows = generate(today=TODAY, seed=seed)

    assert {order.state for order in rows.orders} == set(OrderState)
    assert {shipment.state for shipment in rows.shipments} == set(ShipmentState)
    assert {back.state for back in rows.returns} == set(ReturnState) - {ReturnState.NONE}
    assert {offer.state for offer in rows.offers} == set(StockState)


def test_people_of_nine_countries_order(rows: Rows) -> None:
    countries = {person.country for person in rows.people}

    assert countries == {"DE", "AT", "CH", "GB", "IE", "NL", "CN", "JP", "KR"}


def test_every_address_is_one_nobody_owns_and_belongs_to_one_person(rows: Rows) -> None:
    emails = [person.email for person in rows.people]

    assert len(set(emails)) == len(emails)
    assert {email.partition("@")[2] for email in emails} == {
        "example.com",
        "example.cn",
        "example.jp",
        "example.kr",
    }
    assert all(email.isascii() for email in emails)


def test_nothing_has_happened_after_today(rows: Rows) -> None:
    placed = [order.placed_on for order in rows.orders]
    moved = [shipment.last_event_on for shipment in rows.shipments]
    returned = [
        day for back in rows.returns for day in (back.announced_on, back.received_on, back.refunded_on)
    ]

    assert max([*placed, *moved, *(day for day in returned if day is not None)]) <= TODAY


def test_only_late_parcels_have_a_broken_promise(rows: Rows) -> None:
    broken = {s.state for s in rows.shipments if s.promised_on < TODAY and s.delivered_on is None}
    kept = {s.state for s in rows.shipments if s.promised_on >= TODAY}

    assert broken == {ShipmentState.DELAYED, ShipmentState.LOST}
    assert kept <= {
        ShipmentState.PREPARING,
        ShipmentState.IN_TRANSIT,
        ShipmentState.OUT_FOR_DELIVERY,
        ShipmentState.DELIVERED,
    }


def test_only_cancelled_orders_have_no_shipment(rows: Rows) -> None:
    shipped = {shipment.order_number for shipment in rows.shipments}

    missing = {order.state for order in rows.orders if order.order_number not in shipped}

    assert missing == {OrderState.CANCELLED}


def test_a_refund_is_the_whole_order_and_only_of_refunded_returns(rows: Rows) -> None:
    totals = {order.order_number: order.total_minor for order in rows.orders}

    refunds = {(back.state, back.refund_minor == totals[back.order_number]) for back in rows.returns}

    assert refunds == {
        (ReturnState.ANNOUNCED, False),
        (ReturnState.RECEIVED, False),
        (ReturnState.REFUNDED, True),
        (ReturnState.REFUSED, False),
    }


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.order_number)
@pytest.mark.parametrize(("today", "seed"), [(TODAY, 7), (date(2027, 12, 31), 99)])
def test_a_scene_tells_the_same_story_every_day(scene: Scene, today: date, seed: int) -> None:
    rows = generate(today=today, seed=seed)

    order = next(order for order in rows.orders if order.order_number == scene.order_number)
    person = next(person for person in rows.people if person.customer_ref == order.customer_ref)
    shipment = next(s for s in rows.shipments if s.order_number == scene.order_number)
    assert (order.state, shipment.state) == (scene.story.value.order, scene.story.value.shipment)
    assert (person.postcode, person.email) == (scene.postcode, scene.email)
    assert today - order.placed_on == timedelta(days=scene.placed_days_ago)


def test_the_best_known_order_is_promised_in_two_days(rows: Rows) -> None:
    shipment = next(s for s in rows.shipments if s.order_number == "RI-10482")

    assert shipment.state is ShipmentState.IN_TRANSIT
    assert shipment.promised_on == TODAY + timedelta(days=2)


def test_the_catalog_has_forty_products_named_in_five_languages() -> None:
    products = catalog()

    assert len(products) == len({product.sku for product in products}) == 40
    assert all(product.names.keys() == set(Language) for product in products)


def test_no_word_stands_for_two_products() -> None:
    words = Counter(
        word.casefold() for product in catalog() for word in {*product.names.values(), *product.aliases}
    )

    assert [word for word, count in words.items() if count > 1] == []

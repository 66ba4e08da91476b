"""The airline world on a tiny sky of our own."""

from __future__ import annotations

import json
from typing import Any

import pytest

from fondaco.lab.tau.world import changed_records
from tests.unit.lab.tau.worlds import PASSENGER, booking, leg, sky

F2 = {"flight_number": "F2", "date": "2024-05-20"}
F1 = {"flight_number": "F1", "date": "2024-05-20"}


def search(name: str, destination: str) -> list[Any]:
    found: list[Any] = json.loads(
        sky().call(name, {"origin": "AAA", "destination": destination, "date": "2024-05-20"})
    )
    return found


def test_only_flights_that_can_be_booked_are_found() -> None:
    direct = search("search_direct_flight", "BBB")

    assert [one["flight_number"] for one in direct] == ["F1", "F4"]
    assert direct[0]["prices"] == {"economy": 100}
    assert "dates" not in direct[0]
    assert search("search_direct_flight", "CCC") == []


def test_a_connection_leaves_after_the_arrival_if_need_be_on_the_next_day() -> None:
    pairs = search("search_onestop_flight", "CCC")

    assert [[one["flight_number"] for one in pair] for pair in pairs] == [["F1", "F2"], ["F4", "F5"]]
    assert [one["date"] for one in pairs[1]] == ["2024-05-20", "2024-05-21"]


def test_a_booking_takes_money_off_cards_and_uses_a_certificate_up() -> None:
    world = sky()

    told = json.loads(world.call("book_reservation", booking(("voucher", 60), ("gift", 90))))

    assert told["reservation_id"] == "HATHAT"
    assert told["flights"] == [leg("F1", 100)]
    person = world.tables["users"]["mira"]
    assert person["reservations"] == ["R1", "HATHAT"]
    assert person["payment_methods"].keys() == {"card", "gift"}
    assert person["payment_methods"]["gift"]["amount"] == 0


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (
            booking(("card", 100)),
            "payment amount does not add up, total price is 150, but paid 100",
        ),
        (booking(("gift", 150)), "not enough balance in payment method gift"),
        (booking(("nobody", 150)), "payment method nobody not found"),
        (booking(("card", 150), user_id="otto"), "user not found"),
        (booking(("card", 150), passengers=[PASSENGER] * 3), "not enough seats on flight F1"),
        (
            booking(("card", 150), flights=[{"flight_number": "F9", "date": "2024-05-20"}]),
            "flight F9 not found",
        ),
        (
            booking(("card", 150), flights=[{"flight_number": "F1", "date": "2024-05-22"}]),
            "flight F1 not found on date 2024-05-22",
        ),
        (
            booking(("card", 150), flights=[{"flight_number": "F6", "date": "2024-05-20"}]),
            "flight F6 not available on date 2024-05-20",
        ),
    ],
)
def test_a_booking_that_cannot_be_is_refused_and_changes_nothing(arguments: dict[str, Any], why: str) -> None:
    world = sky()

    told = world.call("book_reservation", arguments)

    assert told == f"Error: {why}"
    assert changed_records(sky().tables, world.tables) == {}


def test_a_booking_with_a_missing_argument_is_refused() -> None:
    told = sky().call("book_reservation", {"user_id": "mira"})

    assert told.startswith("Error: Object missing required field")


def test_kept_flights_keep_their_price_and_new_ones_cost_todays() -> None:
    world = sky()
    change = {"reservation_id": "R1", "cabin": "economy", "flights": [F1, F2], "payment_id": "gift"}

    told = json.loads(world.call("update_reservation_flights", change))

    assert [one["price"] for one in told["flights"]] == [70, 50]
    assert told["payment_history"][1] == {"payment_id": "gift", "amount": 50}
    assert world.tables["users"]["mira"]["payment_methods"]["gift"]["amount"] == 40


@pytest.mark.parametrize(
    ("payment_id", "why"),
    [
        ("nobody", "payment method not found"),
        ("voucher", "certificate cannot be used to update reservation"),
        ("gift", "gift card balance is not enough"),
    ],
)
def test_a_change_needs_a_way_to_pay(payment_id: str, why: str) -> None:
    world = sky()
    bags = {"reservation_id": "R1", "total_baggages": 2, "nonfree_baggages": 2, "payment_id": payment_id}

    told = world.call("update_reservation_baggages", bags)

    assert told == f"Error: {why}"
    assert changed_records(sky().tables, world.tables) == {}


def test_free_bags_cost_nothing_and_others_fifty() -> None:
    world = sky()
    bags = {"reservation_id": "R1", "total_baggages": 2, "nonfree_baggages": 0, "payment_id": "card"}

    free = json.loads(world.call("update_reservation_baggages", bags))
    paid = json.loads(world.call("update_reservation_baggages", bags | {"nonfree_baggages": 1}))

    assert len(free["payment_history"]) == 1
    assert paid["payment_history"][1] == {"payment_id": "card", "amount": 50}


def test_a_cancelled_reservation_notes_every_payment_as_given_back() -> None:
    told = json.loads(sky().call("cancel_reservation", {"reservation_id": "R1"}))

    assert told["status"] == "cancelled"
    assert [one["amount"] for one in told["payment_history"]] == [70, -70]


def test_passengers_may_be_others_but_not_more() -> None:
    world = sky()
    other = PASSENGER | {"first_name": "Otto"}

    changed = world.call("update_reservation_passengers", {"reservation_id": "R1", "passengers": [other]})
    more = world.call("update_reservation_passengers", {"reservation_id": "R1", "passengers": [other] * 2})

    assert json.loads(changed)["passengers"] == [other]
    assert more == "Error: number of passengers does not match"


def test_certificates_have_numbers_of_their_own_until_there_are_no_more() -> None:
    world = sky()

    told = [world.call("send_certificate", {"user_id": "mira", "amount": 50}) for _ in range(4)]

    assert told[0] == "Certificate certificate_3221322 added to user mira with amount 50."
    assert told[3] == "Error: Too many certificates"


def test_unknown_reservations_and_people_are_not_found() -> None:
    world = sky()

    assert world.call("get_reservation_details", {"reservation_id": "X"}) == "Error: reservation not found"
    assert world.call("get_user_details", {"user_id": "X"}) == "Error: user not found"

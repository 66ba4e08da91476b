"""Two tiny worlds of our own, in the published form."""

from __future__ import annotations

from typing import Any

from fondaco.lab.tau.airline import airline_tools
from fondaco.lab.tau.retail import retail_tools
from fondaco.lab.tau.world import Record, World

ADDRESS = {
    "address1": "1 Quay",
    "address2": "",
    "city": "Bremen",
    "state": "HB",
    "country": "Germany",
    "zip": "28195",
}


def lamp(item_id: str, price: float, *, available: bool = True) -> Record:
    return {"item_id": item_id, "options": {"size": item_id}, "available": available, "price": price}


def order(status: str, *, paid_by: str = "card_1", amount: float = 30.5) -> Record:
    return {
        "order_id": "#W1",
        "user_id": "mira",
        "address": dict(ADDRESS),
        "items": [
            {"name": "Lamp", "product_id": "P1", "item_id": "11", "price": 10.25, "options": {"size": "11"}},
            {"name": "Lamp", "product_id": "P1", "item_id": "12", "price": 20.25, "options": {"size": "12"}},
        ],
        "status": status,
        "payment_history": [{"transaction_type": "payment", "amount": amount, "payment_method_id": paid_by}],
    }


def shop(status: str = "pending", *, paid_by: str = "card_1") -> World:
    person = {
        "name": {"first_name": "Mira", "last_name": "Sand"},
        "address": dict(ADDRESS),
        "email": "mira@example.com",
        "payment_methods": {
            "card_1": {"source": "credit_card", "id": "card_1"},
            "card_2": {"source": "credit_card", "id": "card_2"},
            "gift_1": {"source": "gift_card", "balance": 5, "id": "gift_1"},
        },
        "orders": ["#W1"],
    }
    lamps = [lamp("11", 10.25), lamp("12", 20.25), lamp("13", 12.5), lamp("14", 9, available=False)]
    product = {"name": "Lamp", "product_id": "P1", "variants": {one["item_id"]: one for one in lamps}}
    tables = {
        "orders": {"#W1": order(status, paid_by=paid_by)},
        "products": {"P1": product},
        "users": {"mira": person},
    }
    return World(tables, retail_tools())


def day(status: str = "available", seats: int = 2, price: int = 100) -> Record:
    if status != "available":
        return {"status": status}
    return {"status": status, "available_seats": {"economy": seats}, "prices": {"economy": price}}


def flight(number: str, origin: str, destination: str, hours: tuple[str, str], **dates: Record) -> Record:
    return {
        "flight_number": number,
        "origin": origin,
        "destination": destination,
        "scheduled_departure_time_est": hours[0],
        "scheduled_arrival_time_est": hours[1],
        "dates": {name.replace("_", "-").removeprefix("d"): one for name, one in dates.items()},
    }


def sky() -> World:
    flights = [
        flight("F1", "AAA", "BBB", ("08:00:00", "10:00:00"), d2024_05_20=day(price=100)),
        flight("F2", "BBB", "CCC", ("11:00:00", "12:00:00"), d2024_05_20=day(price=50)),
        flight("F3", "BBB", "CCC", ("09:00:00", "12:00:00"), d2024_05_20=day(price=40)),
        flight("F4", "AAA", "BBB", ("22:00:00", "01:00:00+1"), d2024_05_20=day(price=80)),
        flight("F5", "BBB", "CCC", ("06:00:00", "07:00:00"), d2024_05_21=day(price=30)),
        flight("F6", "AAA", "CCC", ("06:00:00", "07:00:00"), d2024_05_20=day("landed")),
    ]
    person = {
        "name": {"first_name": "Mira", "last_name": "Sand"},
        "payment_methods": {
            "card": {"source": "credit_card", "id": "card"},
            "gift": {"source": "gift_card", "amount": 90, "id": "gift"},
            "voucher": {"source": "certificate", "amount": 60, "id": "voucher"},
        },
        "reservations": ["R1"],
    }
    reservation = {
        "reservation_id": "R1",
        "user_id": "mira",
        "origin": "AAA",
        "destination": "BBB",
        "cabin": "economy",
        "flights": [leg("F1", 70)],
        "passengers": [PASSENGER],
        "payment_history": [{"payment_id": "gift", "amount": 70}],
        "total_baggages": 0,
        "nonfree_baggages": 0,
    }
    tables = {
        "flights": {one["flight_number"]: one for one in flights},
        "reservations": {"R1": reservation},
        "users": {"mira": person},
    }
    return World(tables, airline_tools())


PASSENGER = {"first_name": "Mira", "last_name": "Sand", "dob": "1990-01-01"}


def leg(number: str, price: int) -> Record:
    return {
        "flight_number": number,
        "date": "2024-05-20",
        "price": price,
        "origin": "AAA",
        "destination": "BBB",
    }


def booking(*paid: tuple[str, int], **other: Any) -> dict[str, Any]:
    """Return the arguments of a booking of F1 for one, with one bag to pay: 150 in all."""
    return {
        "user_id": "mira",
        "origin": "AAA",
        "destination": "BBB",
        "flight_type": "one_way",
        "cabin": "economy",
        "flights": [{"flight_number": "F1", "date": "2024-05-20"}],
        "passengers": [PASSENGER],
        "payment_methods": [{"payment_id": method, "amount": amount} for method, amount in paid],
        "total_baggages": 1,
        "nonfree_baggages": 1,
        "insurance": "no",
    } | other

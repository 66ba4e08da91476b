"""What may be done to a reservation of the airline world, each thing as the published tool does it.

Seats are not counted down and refunds reach no gift card: the recorded databases show neither.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from fondaco.lab.tau.world import Record, Refused, Tables

_NEW_IDS = ("HATHAT", "HATHAU", "HATHAV")
_BOOKED_AT = "2024-05-15T15:00:00"  # the only moment of this world, as its policy says
_BAG, _INSURANCE = 50, 30  # dollars, a further bag and a passenger


class Booking(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The arguments of a booking."""

    user_id: str
    origin: str
    destination: str
    flight_type: str
    cabin: str
    flights: list[Record]
    passengers: list[Record]
    payment_methods: list[Record]
    total_baggages: int
    nonfree_baggages: int
    insurance: str


def person_of(tables: Tables, user_id: str) -> Record:
    """Return who flies.  Raises Refused."""
    person = tables["users"].get(user_id)
    if person is None:
        raise Refused("user not found")
    return person


def reservation_of(tables: Tables, reservation_id: str) -> Record:
    """Return the reservation.  Raises Refused."""
    reservation = tables["reservations"].get(reservation_id)
    if reservation is None:
        raise Refused("reservation not found")
    return reservation


def book(tables: Tables, **arguments: Any) -> Record:
    """Book seats, paid to the cent out of the named ways to pay."""
    booking = msgspec.convert(arguments, Booking)
    person = person_of(tables, booking.user_id)
    flights = [_seat(tables, wish, booking.cabin, len(booking.passengers)) for wish in booking.flights]
    _demand_payment(person, booking, sum(flight["price"] for flight in flights))
    key = next((one for one in _NEW_IDS if one not in tables["reservations"]), None)
    if key is None:
        raise Refused("Too many reservations")
    reservation = {
        "reservation_id": key,
        "user_id": booking.user_id,
        "origin": booking.origin,
        "destination": booking.destination,
        "flight_type": booking.flight_type,
        "cabin": booking.cabin,
        "flights": flights,
        "passengers": booking.passengers,
        "payment_history": booking.payment_methods,
        "created_at": _BOOKED_AT,
        "total_baggages": booking.total_baggages,
        "nonfree_baggages": booking.nonfree_baggages,
        "insurance": booking.insurance,
    }
    for paid in booking.payment_methods:
        _charge(person, paid["payment_id"], paid["amount"])
    tables["reservations"][key] = reservation
    person["reservations"].append(key)
    return reservation


def cancel(tables: Tables, reservation_id: str) -> Record:
    """Cancel a reservation and note all its payments as given back."""
    reservation = reservation_of(tables, reservation_id)
    history = reservation["payment_history"]
    history.extend([{"payment_id": paid["payment_id"], "amount": -paid["amount"]} for paid in history])
    reservation["status"] = "cancelled"
    return reservation


def update_baggage(
    tables: Tables, reservation_id: str, total_baggages: int, nonfree_baggages: int, payment_id: str
) -> Record:
    """Take more bags along; only those beyond the free ones cost something."""
    reservation = reservation_of(tables, reservation_id)
    price = _BAG * max(0, nonfree_baggages - reservation["nonfree_baggages"])
    _settle(tables, reservation, payment_id, price)
    reservation["total_baggages"] = total_baggages
    reservation["nonfree_baggages"] = nonfree_baggages
    return reservation


def update_flights(
    tables: Tables, reservation_id: str, cabin: str, flights: Sequence[Record], payment_id: str
) -> Record:
    """Fly otherwise: kept flights keep their price, new ones cost today's; the difference is settled.

    The reservation goes on to name its old cabin, as the recorded results do.
    """
    reservation = reservation_of(tables, reservation_id)
    many = len(reservation["passengers"])
    found = [_kept(reservation, wish, cabin) or _seat(tables, wish, cabin, many) for wish in flights]
    before = sum(flight["price"] for flight in reservation["flights"])
    price = (sum(flight["price"] for flight in found) - before) * many
    _settle(tables, reservation, payment_id, price)
    reservation["flights"] = found
    return reservation


def update_passengers(tables: Tables, reservation_id: str, passengers: Sequence[Record]) -> Record:
    """Let others fly; their number stays."""
    reservation = reservation_of(tables, reservation_id)
    if len(passengers) != len(reservation["passengers"]):
        raise Refused("number of passengers does not match")
    reservation["passengers"] = list(passengers)
    return reservation


def _kept(reservation: Record, wish: Record, cabin: str) -> Record | None:
    """Return the flight as it is booked already; None for another one or another cabin."""
    for booked in reservation["flights"]:
        same = all(booked[name] == wish[name] for name in ("flight_number", "date"))
        if same and cabin == reservation["cabin"]:
            return {
                name: booked[name] for name in ("flight_number", "date", "price", "origin", "destination")
            }
    return None


def _seat(tables: Tables, wish: Record, cabin: str, passengers: int) -> Record:
    """Return the flight as it is written into a reservation.  Raises Refused where it cannot be booked."""
    number, date = wish["flight_number"], wish["date"]
    flight = tables["flights"].get(number)
    if flight is None:
        raise Refused(f"flight {number} not found")
    day = flight["dates"].get(date)
    if day is None:
        raise Refused(f"flight {number} not found on date {date}")
    if day["status"] != "available":
        raise Refused(f"flight {number} not available on date {date}")
    if day["available_seats"][cabin] < passengers:
        raise Refused(f"not enough seats on flight {number}")
    where = {name: flight[name] for name in ("origin", "destination")}
    return {"flight_number": number, "date": date, "price": day["prices"][cabin], **where}


def _demand_payment(person: Record, booking: Booking, fare: float) -> None:
    """Raises Refused where a way to pay is unknown or too small, or all together are not the price."""
    for paid in booking.payment_methods:
        method = person["payment_methods"].get(paid["payment_id"])
        if method is None:
            raise Refused(f"payment method {paid['payment_id']} not found")
        if "amount" in method and method["amount"] < paid["amount"]:
            raise Refused(f"not enough balance in payment method {paid['payment_id']}")
    insured = _INSURANCE if booking.insurance == "yes" else 0
    total = (fare + insured) * len(booking.passengers) + _BAG * booking.nonfree_baggages
    paid_in_all = sum(paid["amount"] for paid in booking.payment_methods)
    if paid_in_all != total:
        raise Refused(f"payment amount does not add up, total price is {total}, but paid {paid_in_all}")


def _charge(person: Record, payment_id: str, amount: float) -> None:
    """Take an amount off a gift card; a certificate is used up whatever it is worth."""
    method = person["payment_methods"][payment_id]
    if method["source"] == "gift_card":
        method["amount"] -= amount
    elif method["source"] == "certificate":
        del person["payment_methods"][payment_id]


def _settle(tables: Tables, reservation: Record, payment_id: str, price: float) -> None:
    """Pay or give back the price of a change.  Raises Refused."""
    person = tables["users"][reservation["user_id"]]
    method = person["payment_methods"].get(payment_id)
    if method is None:
        raise Refused("payment method not found")
    if method["source"] == "certificate":
        raise Refused("certificate cannot be used to update reservation")
    if method["source"] == "gift_card" and method["amount"] < price:
        raise Refused("gift card balance is not enough")
    if price:
        _charge(person, payment_id, price)
        reservation["payment_history"].append({"payment_id": payment_id, "amount": price})

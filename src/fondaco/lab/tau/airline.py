"""The airline world: 14 tools over flights, reservations and the people who fly."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from fondaco.domain.tools import Effect
from fondaco.lab.tau.airline_bookings import (
    book,
    cancel,
    person_of,
    reservation_of,
    update_baggage,
    update_flights,
    update_passengers,
)
from fondaco.lab.tau.arithmetic import calculated
from fondaco.lab.tau.world import Record, Refused, Tables, WorldTool

AIRLINE_TABLES = ("flights", "reservations", "users")

#: As the published tool lists them; they stand in no table.
_AIRPORTS = {
    "SFO": "San Francisco",
    "JFK": "New York",
    "LAX": "Los Angeles",
    "ORD": "Chicago",
    "DFW": "Dallas",
    "DEN": "Denver",
    "SEA": "Seattle",
    "ATL": "Atlanta",
    "MIA": "Miami",
    "BOS": "Boston",
    "PHX": "Phoenix",
    "IAH": "Houston",
    "LAS": "Las Vegas",
    "MCO": "Orlando",
    "EWR": "Newark",
    "CLT": "Charlotte",
    "MSP": "Minneapolis",
    "DTW": "Detroit",
    "PHL": "Philadelphia",
    "LGA": "LaGuardia",
}
_CERTIFICATES = ("certificate_3221322", "certificate_3221323", "certificate_3221324")
_NEXT_DAY = "+1"  # behind a time of arrival


def airline_tools() -> tuple[WorldTool, ...]:
    """Return the published tools by their published names."""
    read, write = Effect.READ, Effect.WRITE
    return (
        WorldTool("book_reservation", write, book),
        WorldTool("calculate", read, _calculate),
        WorldTool("cancel_reservation", write, cancel),
        WorldTool("get_reservation_details", read, _reservation_details),
        WorldTool("get_user_details", read, _person_details),
        WorldTool("list_all_airports", read, _airports),
        WorldTool("search_direct_flight", read, _direct),
        WorldTool("search_onestop_flight", read, _with_one_stop),
        WorldTool("send_certificate", write, _send_certificate),
        WorldTool("think", read, _think),
        WorldTool("transfer_to_human_agents", read, _transfer, ends=True),
        WorldTool("update_reservation_baggages", write, update_baggage),
        WorldTool("update_reservation_flights", write, update_flights),
        WorldTool("update_reservation_passengers", write, update_passengers),
    )


def _calculate(_tables: Tables, expression: str) -> str:
    return calculated(expression)


def _think(_tables: Tables, thought: str) -> str:  # noqa: ARG001 - the published tool keeps it in the log
    return ""


def _transfer(_tables: Tables, summary: str) -> str:  # noqa: ARG001 - told to nobody in this world
    return "Transfer successful"


def _reservation_details(tables: Tables, reservation_id: str) -> Record:
    return reservation_of(tables, reservation_id)


def _person_details(tables: Tables, user_id: str) -> Record:
    return person_of(tables, user_id)


def _airports(_tables: Tables) -> Record:
    return dict(_AIRPORTS)


def _direct(tables: Tables, origin: str, destination: str, date: str) -> list[Record]:
    return [
        _offered(flight, date)
        for flight in tables["flights"].values()
        if (flight["origin"], flight["destination"]) == (origin, destination) and _bookable(flight, date)
    ]


def _with_one_stop(tables: Tables, origin: str, destination: str, date: str) -> list[list[Record]]:
    return list(_connections(tables, origin, destination, date))


def _connections(tables: Tables, origin: str, destination: str, date: str) -> Iterator[list[Record]]:
    flights = tables["flights"].values()
    onward = [flight for flight in flights if flight["destination"] == destination]
    for first in flights:
        if first["origin"] != origin:
            continue
        arrives = first["scheduled_arrival_time_est"]
        leaving = _day_after(date) if _NEXT_DAY in arrives else date
        for second in onward:
            meets = second["origin"] == first["destination"]
            if not meets or arrives > second["scheduled_departure_time_est"]:
                continue
            if _bookable(first, date) and _bookable(second, leaving):
                yield [_offered(first, date) | {"date": date}, _offered(second, leaving) | {"date": leaving}]


def _bookable(flight: Record, date: str) -> bool:
    day: Record = flight["dates"].get(date, {})
    return day.get("status") == "available"


def _offered(flight: Record, date: str) -> Record:
    """Return the flight of one day: what holds for every day, then what holds for this one."""
    daily: Record = flight["dates"][date]
    return {name: value for name, value in flight.items() if name != "dates"} | daily


def _day_after(date: str) -> str:
    return (dt.date.fromisoformat(date) + dt.timedelta(days=1)).isoformat()


def _send_certificate(tables: Tables, user_id: str, amount: float) -> str:
    methods = person_of(tables, user_id)["payment_methods"]
    free = next((one for one in _CERTIFICATES if one not in methods), None)
    if free is None:
        raise Refused("Too many certificates")
    methods[free] = {"source": "certificate", "amount": amount, "id": free}
    return f"Certificate {free} added to user {user_id} with amount {amount}."

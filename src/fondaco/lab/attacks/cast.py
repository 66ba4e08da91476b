"""Who plays in an attack: an order of the attacker's own, somebody else's order, and all that is secret."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from string import Template
from typing import Any

import msgspec

from fondaco.demo.erp.addresses import Address
from fondaco.demo.erp.generate import generate
from fondaco.demo.erp.records import Order, OrderState, Person, ReturnState, Rows
from fondaco.kit.chance import SeededChance
from fondaco.lab.attacks.cases import Attack, Need
from fondaco.lab.attacks.disguises import disguised

_RETURN_DAYS = 25  # an order this young can be sent back on any day of the run
_CHEAPEST, _DEAR = 3_000, 10_100  # minor units; from 10,000 on a teammate has to approve


class Role(msgspec.Struct, frozen=True, kw_only=True):
    """An order with the person behind it."""

    order: Order
    person: Person
    tracking_number: str = ""

    @property
    def secrets(self) -> tuple[str, ...]:
        """What only the person behind the order may read, each unmistakable wherever it is written."""
        person = self.person
        plain = (person.name, person.email, person.street, person.customer_ref, self.tracking_number)
        return tuple(one for one in plain if one)


class Cast(msgspec.Struct, frozen=True, kw_only=True):
    """The roles of one attack."""

    mine: Role
    mine2: Role  #: of the attacker as well
    victim: Role
    words: dict[str, str]  #: what the places in texts stand for

    def fill(self, text: str) -> str:
        """Return the text with every place filled in."""
        return Template(text).safe_substitute(self.words)

    def filled(self, value: Any) -> Any:
        """Return the value with every text in it filled in."""
        match value:
            case str():
                return self.fill(value)
            case Mapping():
                return {self.fill(str(key)): self.filled(one) for key, one in value.items()}
            case list() | tuple():
                return [self.filled(one) for one in value]
            case _:
                return value


class Casting:
    """Chooses roles so that no order is changed by two attacks; the same seed chooses the same."""

    def __init__(self, today: date, seed: int) -> None:
        self._rows = generate(today=today)
        self._people = {person.customer_ref: person for person in self._rows.people}
        self._tracking = {one.order_number: one.tracking_number or "" for one in self._rows.shipments}
        self._pools = {need: list(self._shuffled(need, seed)) for need in Need}
        self._victims = list(self._shuffled(Need.SHIPPED, seed + 1))
        self._drawn = 0

    @property
    def everybody(self) -> Iterator[Role]:
        """Every order of the shop."""
        return (self._role(order) for order in self._rows.orders)

    def cast(self, attack: Attack) -> Cast:
        """Return the roles of an attack; what it may change is not given to another one."""
        pool = self._pools[attack.need]
        mine = pool[0]
        self._pools[attack.need] = pool[1:] if attack.may or attack.must else [*pool[1:], mine]
        if attack.may or attack.must:
            self._forget(mine.person.customer_ref)
        self._drawn += 1
        others = [one for one in self._victims if one.person.customer_ref != mine.person.customer_ref]
        victim = others[self._drawn % len(others)]
        mine2 = self._second(attack.need, mine)
        return Cast(mine=mine, mine2=mine2, victim=victim, words=_words(mine, mine2, victim))

    def _forget(self, customer_ref: str) -> None:
        """Give no other order of this person to anybody: limits add up over a person."""
        for need, pool in self._pools.items():
            self._pools[need] = [one for one in pool if one.person.customer_ref != customer_ref]

    def _second(self, need: Need, mine: Role) -> Role:
        """Return another order of the same person, or of nobody in particular where there is none."""
        own = (order for order in self._rows.orders if order.customer_ref == mine.person.customer_ref)
        found = next((order for order in own if order.order_number != mine.order.order_number), None)
        return self._role(found) if found is not None else self._pools[need][-1]

    def _shuffled(self, need: Need, seed: int) -> list[Role]:
        chance = SeededChance(seed)
        fitting = [order for order in self._rows.orders if _fits(order, need, self._rows)]
        drawn = sorted(fitting, key=lambda order: (chance.fraction(), order.order_number))
        return [self._role(order) for order in drawn]

    def _role(self, order: Order) -> Role:
        return Role(
            order=order,
            person=self._people[order.customer_ref],
            tracking_number=self._tracking.get(order.order_number, ""),
        )


def _fits(order: Order, need: Need, rows: Rows) -> bool:
    returned = {one.order_number: one.state for one in rows.returns}.get(order.order_number)
    match need:
        case Need.OPEN:
            return order.state in (OrderState.PLACED, OrderState.PACKED)
        case Need.SHIPPED:
            return order.state is OrderState.SHIPPED
        case Need.DELIVERED:
            young = order.placed_on > rows.today - timedelta(days=_RETURN_DAYS)
            return order.state is OrderState.DELIVERED and returned is None and young
        case Need.RECEIVED:
            given_back = returned is ReturnState.RECEIVED or order.state is OrderState.CANCELLED
            return given_back and order.total_minor > _CHEAPEST
        case Need.DEAR:
            given_back = returned is ReturnState.RECEIVED or order.state is OrderState.CANCELLED
            return given_back and order.total_minor > _DEAR
        case Need.ANNOUNCED:
            return returned is ReturnState.ANNOUNCED


def _moved(person: Person) -> str:
    """Return another address in the same town, written as the merchant's system writes it."""
    street = re.sub(r"\d+", "77", person.street, count=1)
    place = msgspec.structs.replace(person, street=street)
    return Address(
        street=place.street, postcode=place.postcode, city=place.city, country=place.country
    ).written


def _words(mine: Role, mine2: Role, victim: Role) -> dict[str, str]:
    number, theirs = mine.order.order_number, victim.order.order_number
    return {
        "mine": number,
        "digits": number.removeprefix("RI-"),
        "proof": mine.person.email,
        "me": mine.person.name,
        "ref": mine.person.customer_ref,
        "new_address": _moved(mine.person),
        "mine2": mine2.order.order_number,
        "proof2": mine2.person.email,
        "victim": theirs,
        "victim_digits": theirs.removeprefix("RI-"),
        "victim_proof": victim.person.email,
        "victim_name": victim.person.name,
        "victim_street": victim.person.street,
        "victim_ref": victim.person.customer_ref,
        "victim_tracking": victim.tracking_number,
        **disguised("mine", number),
        **disguised("victim", theirs),
    }

"""Draws the shop's books for one day: the same day and seed give the same rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from hashlib import blake2s
from typing import TypeVar

import msgspec

from fondaco.demo.erp.catalog import Product, catalog
from fondaco.demo.erp.records import Line, Offer, Order, Person, Return, Rows, Shipment
from fondaco.demo.erp.regions import Name, Region, regions
from fondaco.demo.erp.scenes import FIXED_STOCK, SCENES, Scene
from fondaco.demo.erp.stories import Parcel, Story, return_of, shipment_of
from fondaco.kit.chance import Chance, SeededChance

ORDER_COUNT = 300
#: Numbers say nothing about an order's age, so that nobody reads the shop's turnover from them.
_NUMBERS = range(10001, 10501)
_PERSON_COUNT = 190
_STORY_WEIGHTS = tuple((story, story.value.weight) for story in Story)

T = TypeVar("T")


class _Case(msgspec.Struct, frozen=True, kw_only=True):
    """An order with everything that belongs to it."""

    person: Person
    order: Order
    shipment: Shipment | None
    returned: Return | None


class _Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What must be known before an order's story can be told."""

    number: str
    person: Person
    region: Region
    story: Story
    placed_on: date
    lines: tuple[Line, ...]


def generate(*, today: date, seed: int = 7) -> Rows:
    """Return three hundred orders and all that hangs on them, every state told relative to ``today``."""
    by_country = {region.country: region for region in regions()}
    chance = SeededChance(seed)
    plans = [_scene_plan(scene, by_country[scene.country], today) for scene in SCENES]
    plans += _drawn_plans(chance, today)
    cases = sorted((_tell(plan, today) for plan in plans), key=lambda case: case.order.order_number)
    people = {case.person.customer_ref: case.person for case in cases}
    return Rows(
        today=today,
        seed=seed,
        people=tuple(people.values()),
        orders=tuple(case.order for case in cases),
        shipments=tuple(case.shipment for case in cases if case.shipment is not None),
        returns=tuple(case.returned for case in cases if case.returned is not None),
        offers=tuple(_offer(product, chance, today) for product in catalog()),
    )


def customer_ref(email: str) -> str:
    """Return the merchant's own reference for the person behind an e-mail address."""
    return f"C-{blake2s(email.encode(), digest_size=6).hexdigest().upper()}"


def _scene_plan(scene: Scene, region: Region, today: date) -> _Plan:
    prices = {product.sku: product.price_minor for product in catalog()}
    person = Person(
        customer_ref=customer_ref(scene.email),
        name=scene.name,
        email=scene.email,
        street=scene.street,
        postcode=scene.postcode,
        city=scene.city,
        country=scene.country,
        language=region.language,
    )
    return _Plan(
        number=scene.order_number,
        person=person,
        region=region,
        story=scene.story,
        placed_on=today - timedelta(days=scene.placed_days_ago),
        lines=tuple(Line(sku=sku, quantity=count, price_minor=prices[sku]) for sku, count in scene.lines),
    )


def _drawn_plans(chance: Chance, today: date) -> Iterator[_Plan]:
    count = ORDER_COUNT - len(SCENES)
    people = _people(chance)
    # One of each story first, so that every state exists whatever the seed draws.
    stories = [*Story, *(_weighted(chance, _STORY_WEIGHTS) for _ in range(count - len(Story)))]
    for number, story in zip(_free_numbers(chance, count), stories, strict=True):
        person, region = _pick(chance, people)
        youngest, oldest = story.value.days
        days_ago = youngest + _below(chance, oldest - youngest + 1)
        yield _Plan(
            number=number,
            person=person,
            region=region,
            story=story,
            placed_on=today - timedelta(days=days_ago),
            lines=_lines(chance),
        )


def _tell(plan: _Plan, today: date) -> _Case:
    order = Order(
        order_number=plan.number,
        customer_ref=plan.person.customer_ref,
        state=plan.story.value.order,
        placed_on=plan.placed_on,
        lines=plan.lines,
    )
    parcel = Parcel(
        order_number=plan.number,
        placed_on=plan.placed_on,
        region=plan.region,
        city=plan.person.city,
        tracking_number=_tracking_number(plan),
    )
    return _Case(
        person=plan.person,
        order=order,
        shipment=shipment_of(plan.story, parcel, today),
        returned=return_of(plan.story, plan.number, plan.placed_on, order.total_minor),
    )


def _tracking_number(plan: _Plan) -> str:
    digest = blake2s(plan.number.encode(), digest_size=6).digest()
    return f"{plan.region.country}{int.from_bytes(digest) % 10**12:012d}"


def _people(chance: Chance) -> list[tuple[Person, Region]]:
    weights = tuple((region, region.weight) for region in regions())
    taken = {scene.email for scene in SCENES}
    people = []
    for _ in range(_PERSON_COUNT):
        region = _weighted(chance, weights)
        person = _person(chance, region, taken)
        taken.add(person.email)
        people.append((person, region))
    return people


def _person(chance: Chance, region: Region, taken: set[str]) -> Person:
    given, family = _pick(chance, region.given), _pick(chance, region.family)
    email = _free_email(given, family, region, taken)
    place = _pick(chance, region.places)
    return Person(
        customer_ref=customer_ref(email),
        name=_full_name(given, family, region),
        email=email,
        street=_pick(chance, region.streets).format(number=1 + _below(chance, 80)),
        postcode=place.postcode,
        city=place.city,
        country=region.country,
        language=region.language,
    )


def _full_name(given: Name, family: Name, region: Region) -> str:
    return family.written + given.written if region.family_first else f"{given.written} {family.written}"


def _free_email(given: Name, family: Name, region: Region, taken: set[str]) -> str:
    stem, count = f"{given.latin}.{family.latin}", 1
    email = f"{stem}@{region.mail_domain}"
    while email in taken:
        count += 1
        email = f"{stem}{count}@{region.mail_domain}"
    return email


def _free_numbers(chance: Chance, count: int) -> list[str]:
    fixed = {scene.order_number for scene in SCENES}
    free = [number for number in (f"RI-{digits}" for digits in _NUMBERS) if number not in fixed]
    return [free.pop(_below(chance, len(free))) for _ in range(count)]


def _lines(chance: Chance) -> tuple[Line, ...]:
    products = list(catalog())
    chosen = [products.pop(_below(chance, len(products))) for _ in range(1 + _below(chance, 3))]
    return tuple(
        Line(sku=product.sku, quantity=1 + _below(chance, 2), price_minor=product.price_minor)
        for product in chosen
    )


def _offer(product: Product, chance: Chance, today: date) -> Offer:
    quantity, restock_in_days = _drawn_stock(chance)
    if product.sku in FIXED_STOCK:
        fixed = FIXED_STOCK[product.sku]
        quantity, restock_in_days = fixed.quantity, fixed.restock_in_days
    restock_on = None if restock_in_days is None else today + timedelta(days=restock_in_days)
    return Offer(sku=product.sku, price_minor=product.price_minor, quantity=quantity, restock_on=restock_on)


def _drawn_stock(chance: Chance) -> tuple[int, int | None]:
    days = 3 + _below(chance, 25)
    quantity = 6 + _below(chance, 90)
    fate = chance.fraction()
    if fate < 0.12:
        return 0, days
    if fate < 0.25:
        return 1 + quantity % 5, days
    return quantity, None


def _below(chance: Chance, limit: int) -> int:
    return int(chance.fraction() * limit)


def _pick(chance: Chance, choices: Sequence[T]) -> T:
    return choices[_below(chance, len(choices))]


def _weighted(chance: Chance, weights: Sequence[tuple[T, int]]) -> T:
    mark = chance.fraction() * sum(weight for _, weight in weights)
    for choice, weight in weights:
        mark -= weight
        if mark < 0:
            return choice
    return weights[-1][0]

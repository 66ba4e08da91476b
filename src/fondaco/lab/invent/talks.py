"""What contacts write: conversations of many kinds in five languages, drawn by a seed."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from datetime import date
from importlib import resources
from typing import TypeVar

import msgspec

from fondaco.demo.erp.catalog import catalog
from fondaco.demo.erp.generate import generate
from fondaco.demo.erp.records import Order, OrderState, Person, Rows
from fondaco.kit.chance import Chance
from fondaco.kit.language import Language
from fondaco.lab.invent.plan import Plan

T = TypeVar("T")

_WRONG = "99998"  # nobody's postcode


class Talk(msgspec.Struct, frozen=True, kw_only=True):
    """What one contact will write, and what is true of them."""

    number: int
    kind: str
    language: Language
    messages: tuple[str, ...]
    order_number: str  #: their own
    customer_ref: str
    proofs: tuple[str, ...]  #: postcode and e-mail address, each of which proves the order

    def has_proven(self, said: Sequence[str]) -> bool:
        """Return whether these words name the contact's order and a proof of it."""
        words = " ".join(said)
        return self.order_number in words and any(proof in words for proof in self.proofs)


class _Draft(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A conversation of the file, in every language."""

    kind: str
    de: tuple[str, ...]
    en: tuple[str, ...]
    zh: tuple[str, ...]
    ja: tuple[str, ...]
    ko: tuple[str, ...]

    def messages(self, language: Language) -> tuple[str, ...]:
        """Return what is written in one language."""
        found: tuple[str, ...] = getattr(self, language.value)
        return found


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    talks: tuple[_Draft, ...]


def drafts() -> tuple[_Draft, ...]:
    """Return all conversations of the file."""
    text = resources.files(__package__).joinpath("talks.toml").read_text(encoding="utf-8")
    return msgspec.convert(tomllib.loads(text), _File).talks


def drawn(plan: Plan, today: date, chance: Chance) -> list[Talk]:
    """Return the conversations of a plan; those of one language stand together.

    The kinds take turns in each language, and every contact has an order of their own.
    """
    rows = generate(today=today)
    found: list[Talk] = []
    for place, language in enumerate(plan.languages):
        share = len(range(place, plan.conversations, len(plan.languages)))
        writers = shuffled(_orders(rows, language), chance)
        chosen = _in_turns(share, place, chance)
        found += [
            _talk(len(found) + number, draft, language, writers[number % len(writers)], chance)
            for number, draft in enumerate(chosen)
        ]
    return [msgspec.structs.replace(one, messages=one.messages[: plan.messages]) for one in found]


def _in_turns(count: int, place: int, chance: Chance) -> list[_Draft]:
    """Return drafts of all kinds by turns; each language begins with another kind."""
    by_kind: dict[str, list[_Draft]] = {}
    for draft in drafts():
        by_kind.setdefault(draft.kind, []).append(draft)
    ordered = [shuffled(group, chance) for group in by_kind.values()]
    ordered = ordered[place:] + ordered[:place]
    places = [(number % len(ordered), number // len(ordered)) for number in range(count)]
    return [ordered[kind][turn % len(ordered[kind])] for kind, turn in places]


def _orders(rows: Rows, language: Language) -> list[tuple[Order, Person]]:
    people = {person.customer_ref: person for person in rows.people}
    return [
        (order, people[order.customer_ref])
        for order in rows.orders
        if people[order.customer_ref].language is language and order.state is not OrderState.CANCELLED
    ]


def _talk(
    number: int, draft: _Draft, language: Language, writer: tuple[Order, Person], chance: Chance
) -> Talk:
    order, person = writer
    product = _pick(catalog(), chance).names[language]
    proof = _pick((person.postcode, person.email), chance)
    texts = draft.messages(language)
    # Who wants money stays to the end; others leave after any answer.
    count = len(texts) if draft.kind == "refund" else 1 + int(chance.fraction() * len(texts))
    filling = {"order": order.order_number, "proof": proof, "wrong": _WRONG, "product": product}
    filling["foreign"] = "RI-10482" if order.order_number != "RI-10482" else "RI-10077"
    return Talk(
        number=number,
        kind=draft.kind,
        language=language,
        messages=tuple(text.format(**filling) for text in texts[:count]),
        order_number=order.order_number,
        customer_ref=order.customer_ref,
        proofs=(person.postcode, person.email),
    )


def _pick(choices: Sequence[T], chance: Chance) -> T:
    return choices[int(chance.fraction() * len(choices))]


def shuffled(things: Sequence[T], chance: Chance) -> list[T]:
    """Return the same things in another order."""
    left = list(things)
    return [left.pop(int(chance.fraction() * len(left))) for _ in range(len(left))]

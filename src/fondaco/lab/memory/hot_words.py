"""What is said in conversations that are held open by the thousand: the demo shop's own words, by a seed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from fondaco.domain.tools import FieldKind, Parameter, ToolSpec
from fondaco.kit.chance import SeededChance
from fondaco.kit.language import Language
from fondaco.knowledge.importing import ArticleDraft, read_articles

#: On so many of the turns the order is looked up.
CALLED_SHARE = 0.2
T = TypeVar("T")

_LANGUAGES = tuple(Language)
_CARRIERS = ("DHL", "DPD", "Yamato", "SF Express", "CJ Logistics")
_ITEMS = ("Scarf, wool, 180 cm", "Cup, stoneware, 300 ml", "Lamp, brass", "Blanket, linen, 140 x 200 cm")
_SLOT = re.compile(r"\{[^}]*\}")
_ORDERS = 90_000


FIND_ORDER = ToolSpec(
    name="find_order",
    description="Finds an order and where it is.",
    parameters=(Parameter(name="order_number", pattern=r"RI-\d+"),),
    fields={"last_event_on": FieldKind.DATE, "total": FieldKind.MONEY},
)


class Spoken(msgspec.Struct, frozen=True, kw_only=True):
    """One turn: what is asked, what a tool tells of it, and what is answered."""

    asked: str
    number: str  #: of the order that is meant
    result: dict[str, Any] | None  #: of the tool, where it is called
    answered: str


@dataclass(frozen=True, slots=True)
class Orders:
    """Looks orders up."""

    spec: ToolSpec = FIND_ORDER

    async def run(self, arguments: dict[str, Any], idempotency_key: str) -> dict[str, Any]:
        """Return the order of this number, the same one every time."""
        del idempotency_key
        return order_of(str(arguments["order_number"]))


def order_of(number: str) -> dict[str, Any]:
    """Return what is known of an order."""
    chance = SeededChance(int(number.removeprefix("RI-")))
    bought = [(name, 1 + chance.bits(2), 900 + chance.bits(12)) for name in _ITEMS if chance.fraction() < 0.5]
    return {
        "order_number": number,
        "state": ("packed", "shipped", "delivered")[chance.bits(8) % 3],
        "carrier": _pick(_CARRIERS, chance),
        "tracking_number": f"{chance.bits(48):015}",
        "last_event_on": f"2026-11-{1 + chance.bits(8) % 28:02}",
        "items": [{"name": name, "pieces": pieces, "minor": minor} for name, pieces, minor in bought],
        "total": {
            "amount_minor": sum(pieces * minor for _, pieces, minor in bought),
            "currency": "EUR",
        },
    }


class Words:
    """The questions and answers of the demo shop in each language."""

    def __init__(self) -> None:
        with resources.as_file(resources.files("fondaco.demo").joinpath("content/articles")) as folder:
            drafts = read_articles([Path(folder)]).drafts
        self._drafts: Mapping[Language, Sequence[ArticleDraft]] = {
            language: [draft for draft in drafts if draft.language is language and draft.questions]
            for language in _LANGUAGES
        }

    def of(self, conversation: int, turns: int, seed: int) -> Iterator[Spoken]:
        """Yield what is said in so many turns; the same for the same seed."""
        chance = SeededChance(seed * 1_000_003 + conversation)
        drafts = self._drafts[language_of(conversation)]
        for _ in range(turns):
            draft, number = _pick(drafts, chance), f"RI-{10_000 + chance.bits(32) % _ORDERS}"
            called = chance.fraction() < CALLED_SHARE
            yield Spoken(
                asked=f"{_pick(draft.questions, chance)} {_pick(draft.questions, chance)} {number}",
                number=number,
                result=order_of(number) if called else None,
                answered=_SLOT.sub(number, draft.body),
            )


def language_of(conversation: int) -> Language:
    """Return in which language a conversation is held."""
    return _LANGUAGES[conversation % len(_LANGUAGES)]


def _pick(of: Sequence[T], chance: SeededChance) -> T:
    return of[chance.bits(32) % len(of)]

"""Replies over the demo shop with slots for values, as they lie in the package in five languages."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from fondaco.kit.language import Language
from fondaco.lab.guard.scenes import Scene

_SLOT = re.compile(r"\{(?:=(?P<literal>[^}]+)|(?P<thing>\w+)\.(?P<field>\w+)(?:\|(?P<form>\w+))?)\}")


@dataclass(frozen=True, slots=True)
class Slot:
    """A place for a value of a thing."""

    thing: str  #: such as ``a``, one of the two orders
    field: str
    form: str  #: how it is spelled; empty: as usual


@dataclass(frozen=True, slots=True)
class Literal:
    """A value that stands in an article, word for word as it stands in the reply."""

    text: str


Piece = str | Slot | Literal


@dataclass(frozen=True, slots=True)
class Template:
    """One reply without its values."""

    scene: Scene
    text: str
    negated: str  #: the same with a state denied; empty where it has none
    order: str  #: field by which the first order comes first; empty: none
    held: bool  #: not looked at while faults are mended

    @property
    def pieces(self) -> tuple[Piece, ...]:
        """The text, cut at its slots."""
        return pieces_of(self.text)


@dataclass(frozen=True, slots=True)
class Sentence:
    """A claim that no reply may hold."""

    text: str
    held: bool


@dataclass(frozen=True, slots=True)
class Book:
    """All that is written in one language."""

    language: Language
    asks: str  #: what the contact wrote, of orders
    asks_product: str
    note: str  #: a teammate's
    replies: tuple[Template, ...]
    claims: tuple[Sentence, ...]


@cache
def book_of(language: Language) -> Book:
    """Return what the package has in a language."""
    place = resources.files("fondaco.lab.guard").joinpath(f"planted/{language.value}.toml")
    raw = tomllib.loads(place.read_text("utf-8"))
    return Book(
        language=language,
        asks=raw["asks"],
        asks_product=raw["asks_product"],
        note=raw["note"],
        replies=tuple(_template(one) for one in raw["replies"]),
        claims=tuple(Sentence(one["text"], one.get("held", False)) for one in raw["claims"]),
    )


@cache
def pieces_of(text: str) -> tuple[Piece, ...]:
    """Return a text, cut at its slots."""
    found: list[Piece] = []
    end = 0
    for match in _SLOT.finditer(text):
        found.append(text[end : match.start()])
        literal = match["literal"]
        found.append(
            Literal(literal) if literal else Slot(match["thing"], match["field"], match["form"] or "")
        )
        end = match.end()
    return (*found, text[end:])


def _template(raw: dict[str, Any]) -> Template:
    text = raw["text"].strip("\n")
    old, new = raw.get("negate", ("", ""))
    return Template(
        scene=Scene(raw["scene"]),
        text=text,
        negated=text.replace(old, new, 1) if old else "",
        order=raw.get("order", ""),
        held=raw.get("held", False),
    )

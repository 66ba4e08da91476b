"""Reads the texts of the demo shop and the assistant's own sentences, as tests need them."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from string import Formatter
from typing import Any

import msgspec

import fondaco
from fondaco.kit.language import Language

PACKAGE = Path(fondaco.__file__).parent
CONTENT = PACKAGE / "demo" / "content"
LANGUAGES = tuple(Language)


class Variant(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A variant as the file writes it."""

    when: dict[str, str]
    answer: str


class Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An entry as the file writes it."""

    key: str
    topic: str
    title: str
    questions: tuple[str, ...]
    answer: str
    rules: tuple[str, ...] = ()
    variants: tuple[Variant, ...] = ()


@cache
def entries(language: Language) -> dict[str, Entry]:
    """Return the entries of one language by key."""
    lines = (CONTENT / "articles" / f"{language}.jsonl").read_text("utf-8").splitlines()
    return {entry.key: entry for entry in (msgspec.json.decode(line, type=Entry) for line in lines)}


@cache
def speech(language: Language) -> dict[str, Any]:
    """Return the assistant's own sentences and recognisers in one language."""
    return tomllib.loads((PACKAGE / "engine" / "phrases" / f"{language}.toml").read_text("utf-8"))


@cache
def shop() -> dict[str, Any]:
    """Return what the demo shop says of itself."""
    return tomllib.loads((CONTENT / "shop.toml").read_text("utf-8"))


def texts(entry: Entry) -> tuple[str, ...]:
    """Return every text that the entry may send."""
    return (entry.answer, *(variant.answer for variant in entry.variants))


def slots(text: str) -> set[str]:
    """Return the slots of a text without their braces."""
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def numbers(entry: Entry) -> set[str]:
    """Return the runs of digits that the entry's texts hold outside slots."""
    return {number for text in texts(entry) for number in re.findall(r"\d+", re.sub(r"\{[^}]*\}", "", text))}


def found(rules: Iterable[str], text: str) -> bool:
    """Return whether any rule is found in the text."""
    return any(re.search(rule, text, re.IGNORECASE) for rule in rules)


def questions(language: Language) -> list[str]:
    """Return all phrasings of one language."""
    return [question for entry in entries(language).values() for question in entry.questions]

"""Tells a model's words from stored ones: those of articles, of phrases and of what is said of actions."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib import resources
from typing import Any

from fondaco.kit.language import Language
from fondaco.lab.invent.facts import articles

_SLOT = re.compile(r"\\\{[^{}]*?\\\}|\{[^{}]*\}")


def is_stored(text: str) -> bool:
    """Return whether every paragraph of a text is a stored one with its slots filled."""
    return all(_matches(part.strip()) for part in text.split("\n") if part.strip())


def _matches(part: str) -> bool:
    return any(pattern.fullmatch(part) for pattern in _patterns())


@cache
def _patterns() -> tuple[re.Pattern[str], ...]:
    texts = {text for group in articles().values() for text in group}
    texts |= {text for language in Language for text in _phrases(language)}
    texts |= set(_leaves(tomllib.loads(_read("fondaco.demo", "content/actions.toml"))))
    lines = {line.strip() for text in texts for line in text.split("\n") if line.strip()}
    return tuple(re.compile(_SLOT.sub("\x00", re.escape(line)).replace("\x00", ".+?")) for line in lines)


def _phrases(language: Language) -> list[str]:
    told = tomllib.loads(_read("fondaco.engine", f"phrases/{language.value}.toml"))
    return list(_leaves(told["phrases"]))


def _read(package: str, name: str) -> str:
    return resources.files(package).joinpath(name).read_text(encoding="utf-8")


def _leaves(told: Any) -> list[str]:
    match told:
        case str():
            return [told]
        case dict():
            return [text for inner in told.values() for text in _leaves(inner)]
        case list():
            return [text for inner in told for text in _leaves(inner)]
        case _:
            return []

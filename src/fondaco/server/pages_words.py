"""What our pages say, in the five languages, and which of them a browser asks for."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from fondaco.engine.acting.wording import ActionTexts
from fondaco.kit.language import Language
from fondaco.server.pages_assets import WEB

_FALLBACK = Language.EN
_REASON = "because."  # the English ones are the engine's own sentences, word for word


@dataclass(frozen=True, slots=True)
class Reason:
    """Why the assistant chose as it did, and in which language that is written."""

    text: str
    language: Language


class Words:
    """The sentences of one language."""

    def __init__(
        self,
        language: Language,
        sentences: Mapping[str, str],
        reasons: Mapping[str, str],
        deeds: Mapping[str, ActionTexts],
    ) -> None:
        self.language = language
        self._sentences = sentences
        self._reasons = reasons
        self._deeds = deeds

    def __call__(self, key: str, **values: object) -> str:
        """Return a sentence with its values filled in.  Raises KeyError for one that nobody has written."""
        return self._sentences[key].format_map({name: str(value) for name, value in values.items()})

    def because(self, reason: str) -> Reason:
        """Return a reason of the assistant's in this language where it is known, else in its own English."""
        key = self._reasons.get(reason)
        if key is None:
            return Reason(reason, Language.EN)
        return Reason(self(key), self.language)

    def named(self, group: str, value: str) -> str:
        """Return the name of one of a group; what nobody has named yet is shown as it is."""
        return self._sentences.get(f"{group}.{value}", value)

    def deed(self, tool: str) -> str:
        """Return what the shop calls the thing that a tool does; else the tool's own name."""
        texts = self._deeds.get(tool)
        return (texts.title.get(self.language) if texts else None) or tool

    def label(self, tool: str, parameter: str) -> str:
        """Return what the shop calls a parameter of such a tool; else its own name."""
        texts = self._deeds.get(tool)
        return (texts.labels.get(parameter, {}).get(self.language) if texts else None) or parameter

    def keys(self) -> frozenset[str]:
        """Return the names of all sentences."""
        return frozenset(self._sentences)


def load_words(
    deeds: Mapping[str, ActionTexts] = MappingProxyType({}), folder: Path = WEB / "words"
) -> dict[Language, Words]:
    """Read one file a language; ``deeds`` are the shop's own names, by tool."""
    sentences = {language: flat(read_toml(folder, language)) for language in Language}
    reasons = {text: key for key, text in sentences[Language.EN].items() if key.startswith(_REASON)}
    return {language: Words(language, spoken, reasons, deeds) for language, spoken in sentences.items()}


def read_toml(folder: Path, language: Language) -> dict[str, Any]:
    """Return what stands in a language's file."""
    return tomllib.loads((folder / f"{language.value}.toml").read_text(encoding="utf-8"))


def flat(table: Mapping[str, Any], prefix: str = "") -> dict[str, str]:
    """Return ``{"view": {"all": "All"}}`` as ``{"view.all": "All"}``."""
    found: dict[str, str] = {}
    for key, value in table.items():
        name = f"{prefix}{key}"
        found |= flat(value, f"{name}.") if isinstance(value, Mapping) else {name: str(value)}
    return found


def language_of(headers: Mapping[bytes, bytes], chosen: str = "") -> Language:
    """Return the language that was chosen, else the browser's best (RFC 9110, 12.5.4), else English."""
    asked = _by_weight(headers.get(b"accept-language", b"").decode("latin-1"))
    spoken = {language.value: language for language in Language}
    return next((spoken[short] for short in (chosen, *asked) if short in spoken), _FALLBACK)


def _by_weight(header: str) -> list[str]:
    weighed = []
    for part in header.split(","):
        tag, _, parameter = part.strip().partition(";q=")
        try:
            weight = float(parameter) if parameter else 1.0
        except ValueError:
            weight = 0.0
        weighed.append((-weight, tag[:2].lower()))
    return [tag for _, tag in sorted(weighed, key=lambda one: one[0])]

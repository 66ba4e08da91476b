"""The five languages that fondaco speaks."""

from __future__ import annotations

from enum import StrEnum


class Language(StrEnum):
    """A language by its ISO 639-1 code."""

    DE = "de"  #: German
    EN = "en"  #: English
    ZH = "zh"  #: Chinese, simplified when we write it
    JA = "ja"  #: Japanese
    KO = "ko"  #: Korean

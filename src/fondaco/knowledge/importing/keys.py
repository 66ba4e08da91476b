"""Keys of articles: the same words give the same key, so that a second import updates."""

from __future__ import annotations

import hashlib
import re
import unicodedata

KEY_CHARACTERS = 120
_SEPARATORS = re.compile(r"[^\w/.-]+")


def key_of(*parts: str) -> str:
    """Return a key made of these parts, such as ``faq/returns#how-long-does-it-take``.

    Letters of every script are kept; a longer key is cut and ends in a hash of the whole.
    """
    key = "#".join(filter(None, map(_slug, parts))) or "article"
    if len(key) <= KEY_CHARACTERS:
        return key
    digest = hashlib.sha256(key.encode()).hexdigest()[:12]
    return f"{key[: KEY_CHARACTERS - 13]}-{digest}"


def _slug(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text).casefold()
    return _SEPARATORS.sub("-", plain).strip("-./")

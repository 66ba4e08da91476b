"""Turns what a page is to show into an answer: escaped, and forbidden to load anything from elsewhere."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from fondaco.engine.acting.wording import written
from fondaco.engine.writing import write_money
from fondaco.kit.money import exact
from fondaco.server.answer import Answer, Header
from fondaco.server.headers import page_policy
from fondaco.server.pages_assets import WEB, Assets

# Controls, and marks that show a text in another order or hide in it, are written out by their number.
_HIDDEN = re.compile(
    "[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\U000e0000-\U000e007f]"
)
_JOINERS = "\u200c\u200d"  # inside Persian words and emoji they belong to the writing
_SHORTEST_SECOND_MS = 1000


class Templates:
    """The pages' templates."""

    def __init__(self, assets: Assets) -> None:
        self._environment = Environment(
            loader=FileSystemLoader(WEB / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.globals["asset"] = assets.address
        self._environment.filters |= {
            "visible": visible,
            "utc": utc,
            "iso": iso,
            "duration": duration,
            "cost": exact,
            "money": write_money,
            "written": written,
            "grouped": grouped,
            "json": pretty,
        }

    def render(self, name: str, **values: Any) -> str:
        """Return a template's HTML."""
        return self._environment.get_template(name).render(**values)

    def page(
        self,
        name: str,
        *,
        status: int = 200,
        frame_ancestors: Iterable[str] = ("'none'",),
        headers: tuple[Header, ...] = (),
        **values: Any,
    ) -> Answer:
        """Return a whole page with its policy."""
        policy = (b"content-security-policy", page_policy(frame_ancestors).encode())
        return Answer(
            status=status,
            body=self.render(name, **values).encode(),
            media_type="text/html; charset=utf-8",
            headers=(policy, (b"vary", b"accept-language"), *headers),
        )


def visible(text: object) -> str:
    """Return text in which nothing hides: what turns text around stands there as ``⟨U+202E⟩``."""
    return _HIDDEN.sub(_shown, str(text))


def _shown(match: re.Match[str]) -> str:
    character = match.group()
    return character if character in _JOINERS else f"⟨U+{ord(character):04X}⟩"


def iso(at_ms: int) -> str:
    """Return a time as machines read it."""
    return datetime.fromtimestamp(at_ms / 1000, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def utc(at_ms: int) -> str:
    """Return a time as people read it where no script can tell it in their own zone."""
    return datetime.fromtimestamp(at_ms / 1000, UTC).strftime("%Y-%m-%d %H:%M UTC")


def duration(milliseconds: float) -> str:
    """Return how long something took."""
    if milliseconds >= _SHORTEST_SECOND_MS:
        return f"{milliseconds / 1000:.1f} s"
    return f"{milliseconds:.0f} ms" if milliseconds >= 10 else f"{milliseconds:.1f} ms"


def grouped(number: int) -> str:
    """Return a whole number in groups of three digits, parted by a space that does not break."""
    return f"{number:,}".replace(",", "\u202f")


def pretty(value: object) -> str:
    """Return a value as JSON that people can read."""
    return json.dumps(value, ensure_ascii=False, indent=2, default=str)

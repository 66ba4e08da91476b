"""What a contact sees in the widget: messages, and the answer that is being given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec


@dataclass(slots=True)
class Screen:
    """Follows the widget's stream of events, as the panel does."""

    messages: list[tuple[int, str, float]] = field(default_factory=list)  #: of the shop: number, text, time
    drafts: list[str] = field(default_factory=list)  #: everything that was ever shown of unfinished answers
    draft: str = ""  #: what is shown of one now
    _rest: bytes = b""

    def feed(self, piece: bytes, now_ms: float) -> bool:
        """Take bytes of the stream; return whether the screen has changed."""
        *frames, self._rest = (self._rest + piece).split(b"\n\n")
        return sum(self._take(frame, now_ms) for frame in frames) > 0

    def _take(self, frame: bytes, now_ms: float) -> bool:
        fields = dict(line.split(b": ", 1) for line in frame.split(b"\n") if b": " in line)
        kind = fields.get(b"event", b"").decode()
        told: Mapping[str, Any] = msgspec.json.decode(fields.get(b"data", b"{}"))
        match kind:
            case "draft":
                self.draft = told["text"]
                self.drafts.append(self.draft)
            case "draft_void":
                self.draft = ""
            case "message" if told["author"] != "contact":
                self.draft = ""  # a message takes the place of its draft
                self.messages.append((told["seq"], told["text"], now_ms))
            case _:
                return False
        return True

"""What a contact sees in the widget, word for word: messages, and every state of an unfinished answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec


class Seen(msgspec.Struct, frozen=True):
    """One text that was on the contact's screen."""

    text: str
    after: int  #: how many messages the contact had written by then
    is_draft: bool = False  #: it was a state of an unfinished answer
    offers: tuple[str, ...] = ()  #: what could be chosen under it


@dataclass(slots=True)
class Watching:
    """Follows the widget's stream of events and forgets nothing."""

    seen: list[Seen] = field(default_factory=list)
    written: int = 0  #: messages of the contact
    answered: int = 0  #: the number in the log of the shop's last message
    handed_over: bool = False  #: a person was asked to answer
    voided: int = 0  #: drafts that were taken back
    left_over: str = ""  #: what is shown of an unfinished answer now
    _rest: bytes = b""

    def feed(self, piece: bytes) -> None:
        """Take bytes of the stream."""
        *frames, self._rest = (self._rest + piece).split(b"\n\n")
        for frame in frames:
            self._take(frame)

    def _take(self, frame: bytes) -> None:
        fields = dict(line.split(b": ", 1) for line in frame.split(b"\n") if b": " in line)
        told: Mapping[str, Any] = msgspec.json.decode(fields.get(b"data", b"{}"))
        match fields.get(b"event", b"").decode():
            case "draft":
                self.left_over = told["text"]
                self.seen.append(Seen(told["text"], self.written, is_draft=True))
            case "draft_void":
                self.voided += 1
                self.left_over = ""
            case "handoff":
                self.handed_over = True
            case "message" if told["author"] != "contact":
                self.left_over = ""
                self.answered = told["seq"]
                offers = tuple(one["label"] for one in told.get("offers", ()))
                self.seen.append(Seen(told["text"], self.written, offers=offers))

"""What the processes of one installation tell each other in passing."""

from __future__ import annotations

import msgspec


class SharedNote(msgspec.Struct, frozen=True, kw_only=True):
    """The latest that any process said about one thing; whoever reads it knows what the bytes mean."""

    topic: str  #: such as ``breaker``
    key: str  #: what it is about
    data: bytes
    at_ms: int  #: when it was said, by the clock of whoever said it

"""Settings of the inbox."""

from __future__ import annotations

import msgspec


class InboxOptions(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How messages wait and how they are answered."""

    burst_ms: int = 600  #: three quick messages are one turn: how long to wait for the next
    max_characters: int = 4_000  #: a longer message is refused with a clear error
    turns_in_flight: int = 500  #: turns that one process works on at once; most of them wait for a model
    max_attempts: int = 5  #: a turn that broke down so often is handed to a person
    poll_seconds: float = 1.0  #: how often to look for work without having been woken
    heartbeat_seconds: float = 2.0  #: how often a worker says that it lives
    silence_seconds: float = 10.0  #: after so long without a sign of life others take its work over

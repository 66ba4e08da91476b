"""What a crash drill does: how often it kills what, under which load."""

from __future__ import annotations

from enum import StrEnum

import msgspec


class Database(StrEnum):
    """On which database the server runs that is killed."""

    SQLITE = "sqlite"  #: one process
    POSTGRES = "postgres"  #: two processes, of which one sometimes never comes back


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """One drill; the same seed draws the same moments, though no two runs of a machine are alike."""

    database: Database
    kills: int = 200
    conversations: int = 12
    seed: int = 7
    dsn: str = ""  #: an empty PostgreSQL database; empty: a server of its own is started for the drill
    kills_in_round: int = 25  #: in every second round one of two processes stays dead until the round ends
    takeover_share: float = 0.1  #: how many messages a teammate takes over while the assistant answers
    latest_kill_seconds: float = 1.2  #: after the server came up
    early_share: float = 0.15  #: how many kills hit the server while it starts
    patience_seconds: float = 90.0  #: how long everything may take to be answered after the last kill

    @property
    def processes(self) -> int:
        """How many server processes work on the database."""
        return 2 if self.database is Database.POSTGRES else 1

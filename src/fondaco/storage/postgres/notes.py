"""The port ``SharedNotes`` in PostgreSQL."""

from __future__ import annotations

from fondaco.domain.shared import SharedNote
from fondaco.storage.postgres.database import Database

#: $1 topic, $2 key, $3 data, $4 when it was said
PUT_NOTE = """
insert into shared_note (topic, key, data, at_ms) values ($1, $2, $3, $4)
on conflict (topic, key) do update set data = excluded.data, at_ms = excluded.at_ms
"""

#: $1 topic, $2 after
READ_NOTES = """
select topic, key, data, at_ms from shared_note
where topic = $1 and at_ms > $2 order by at_ms, key collate "C"
"""

FORGET_NOTES = "delete from shared_note where topic = $1 and at_ms < $2"


class PostgresNotes:
    """``SharedNotes``, between any number of processes."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def put_note(self, topic: str, key: str, data: bytes, at_ms: int) -> None:
        await self._database.rows(PUT_NOTE, topic, key, data, at_ms)

    async def notes(self, topic: str, after_ms: int) -> list[SharedNote]:
        found = await self._database.rows(READ_NOTES, topic, after_ms)
        return [SharedNote(**dict(row)) for row in found]

    async def forget_notes(self, topic: str, before_ms: int) -> None:
        await self._database.rows(FORGET_NOTES, topic, before_ms)

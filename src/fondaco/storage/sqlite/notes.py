"""The port ``SharedNotes`` on a SQLite file: one process writes, and finds its own words after a restart."""

from __future__ import annotations

import sqlite3
from collections.abc import Awaitable, Callable
from typing import Any

from fondaco.domain.shared import SharedNote
from fondaco.storage.sqlite.writer import Done, Writer

PUT_NOTE = """
insert into shared_note (topic, key, data, at_ms) values (?, ?, ?, ?)
on conflict (topic, key) do update set data = excluded.data, at_ms = excluded.at_ms
"""

READ_NOTES = """
select topic, key, data, at_ms from shared_note where topic = ? and at_ms > ? order by at_ms, key
"""

FORGET_NOTES = "delete from shared_note where topic = ? and at_ms < ?"


class SqliteNotes:
    """``SharedNotes``; few and small, so every reading looks at all of its topic."""

    def __init__(
        self,
        writer: Writer,
        aside: Callable[[Callable[[sqlite3.Connection], list[Any]]], Awaitable[list[Any]]],
    ) -> None:
        self._writer = writer
        self._aside = aside

    async def put_note(self, topic: str, key: str, data: bytes, at_ms: int) -> None:
        def put(db: sqlite3.Connection) -> Done[None]:
            db.execute(PUT_NOTE, (topic, key, data, at_ms))
            return Done(None)

        await self._writer.do(put)

    async def notes(self, topic: str, after_ms: int) -> list[SharedNote]:
        found = await self._aside(lambda db: db.execute(READ_NOTES, (topic, after_ms)).fetchall())
        return [SharedNote(topic=row[0], key=row[1], data=row[2], at_ms=row[3]) for row in found]

    async def forget_notes(self, topic: str, before_ms: int) -> None:
        def forget(db: sqlite3.Connection) -> Done[None]:
            db.execute(FORGET_NOTES, (topic, before_ms))
            return Done(None)

        await self._writer.do(forget)

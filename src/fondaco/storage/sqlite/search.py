"""Feeds the full-text index: what is written is noted down, and comes into the index with many others.

FTS5 writes a new segment of its index at every commit and merges segments later on, so a message that comes
alone costs several times what it costs among hundreds.
"""

from __future__ import annotations

import sqlite3
from functools import lru_cache

from fondaco.domain.changes import Change
from fondaco.kit.text import search_terms
from fondaco.storage import rows, rules
from fondaco.storage.sqlite import statements as sql
from fondaco.storage.sqlite.writer import Done

#: Messages that may wait for the index, about; a search reads them one by one.
BACKLOG = 512


def note(db: sqlite3.Connection, change: Change) -> None:
    """Write down which of the change's events the index has to get."""
    texts = [
        (change.after.id, record.seq)
        for record in change.records
        if rules.searched_text(record.event) is not None
    ]
    if texts:
        db.executemany(sql.ADD_BACKLOG, texts)


def feed(db: sqlite3.Connection) -> Done[bool]:
    """Bring the oldest that wait into the index; return whether others may be waiting still."""
    waiting = db.execute(sql.READ_BACKLOG, (BACKLOG,)).fetchall()
    if waiting:
        db.executemany(sql.ADD_SEARCHED, [_searched(*row) for _, *row in waiting])
        db.execute(sql.DELETE_BACKLOG, (waiting[-1][0],))
    return Done(len(waiting) == BACKLOG)


def _searched(conversation_id: str, seq: int, body: str) -> tuple[str, str, int]:
    text = rules.searched_text(rows.event_of(body)) or ""
    return _terms(text), conversation_id, seq


# The same answers go out again and again.
@lru_cache(maxsize=256)
def _terms(text: str) -> str:
    return " ".join(search_terms(text))

"""What processes tell each other is there for all of them, the latest word on each thing."""

from __future__ import annotations

import pytest

from fondaco.domain.ports import SharedNotes
from fondaco.domain.shared import SharedNote
from fondaco.storage.postgres import PostgresStore
from fondaco.storage.sqlite import SqliteStore
from fondaco.testing.shared_notes import MemorySharedNotes
from tests.contract.store_support import Ground


@pytest.fixture
def notes(ground: Ground) -> SharedNotes:
    store = ground.store
    return store.notes if isinstance(store, SqliteStore | PostgresStore) else MemorySharedNotes()


def said(key: str, data: bytes, at_ms: int) -> SharedNote:
    return SharedNote(topic="breaker", key=key, data=data, at_ms=at_ms)


async def test_notes_come_back_by_topic_and_the_oldest_first(notes: SharedNotes) -> None:
    await notes.put_note("breaker", "b", b"\x00two", 20)
    await notes.put_note("breaker", "a", b"one", 10)
    await notes.put_note("limiter", "a", b"other", 15)

    assert await notes.notes("breaker", 0) == [said("a", b"one", 10), said("b", b"\x00two", 20)]


async def test_the_latest_word_replaces_the_one_before(notes: SharedNotes) -> None:
    await notes.put_note("breaker", "a", b"one", 10)
    await notes.put_note("breaker", "a", b"", 11)

    assert await notes.notes("breaker", 0) == [said("a", b"", 11)]


async def test_only_what_was_said_after_a_moment_is_read(notes: SharedNotes) -> None:
    await notes.put_note("breaker", "a", b"one", 10)
    await notes.put_note("breaker", "b", b"two", 11)

    assert await notes.notes("breaker", 10) == [said("b", b"two", 11)]


async def test_what_was_said_before_a_moment_can_be_forgotten(notes: SharedNotes) -> None:
    await notes.put_note("breaker", "a", b"one", 10)
    await notes.put_note("breaker", "b", b"two", 11)
    await notes.put_note("limiter", "a", b"other", 10)

    await notes.forget_notes("breaker", 11)

    assert await notes.notes("breaker", 0) == [said("b", b"two", 11)]
    assert [note.key for note in await notes.notes("limiter", 0)] == ["a"]

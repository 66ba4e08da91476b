"""The fake of the shared notes keeps what the port promises."""

from __future__ import annotations

from fondaco.domain.ports import SharedNotes
from fondaco.testing.shared_notes import MemorySharedNotes


async def test_the_latest_word_about_a_thing_replaces_the_one_before() -> None:
    notes: SharedNotes = MemorySharedNotes()
    await notes.put_note("breaker", "openai", b"open", 10)

    await notes.put_note("breaker", "openai", b"closed", 20)

    assert [note.data for note in await notes.notes("breaker", 0)] == [b"closed"]


async def test_only_newer_notes_of_the_topic_come_the_oldest_first() -> None:
    notes: SharedNotes = MemorySharedNotes()
    await notes.put_note("breaker", "late", b"", 30)
    await notes.put_note("breaker", "early", b"", 20)
    await notes.put_note("breaker", "old", b"", 10)
    await notes.put_note("other", "elsewhere", b"", 40)

    found = await notes.notes("breaker", 10)

    assert [note.key for note in found] == ["early", "late"]

"""Shared notes without a database: for tests, and for a process that has nobody to share with."""

from __future__ import annotations

from fondaco.domain.shared import SharedNote


class MemorySharedNotes:
    """Keeps the ``SharedNotes`` port in this process."""

    def __init__(self) -> None:
        self._notes: dict[tuple[str, str], SharedNote] = {}

    async def put_note(self, topic: str, key: str, data: bytes, at_ms: int) -> None:
        self._notes[topic, key] = SharedNote(topic=topic, key=key, data=data, at_ms=at_ms)

    async def notes(self, topic: str, after_ms: int) -> list[SharedNote]:
        found = [note for note in self._notes.values() if note.topic == topic and note.at_ms > after_ms]
        return sorted(found, key=lambda note: note.at_ms)

    async def forget_notes(self, topic: str, before_ms: int) -> None:
        old = [place for place, note in self._notes.items() if place[0] == topic and note.at_ms < before_ms]
        for place in old:
            del self._notes[place]

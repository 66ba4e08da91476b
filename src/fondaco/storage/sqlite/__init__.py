"""SQLite: one process, one writer thread, commits in groups."""

from fondaco.storage.sqlite.store import SqliteStore

__all__ = ["SqliteStore"]

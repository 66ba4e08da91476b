"""The number of the schema that this fondaco writes; kept apart, so that checking it loads no SQLAlchemy."""

from __future__ import annotations

from fondaco.domain.errors import SchemaTooNew

#: SQLite keeps it in ``PRAGMA user_version``, PostgreSQL in the one row of ``fondaco_schema(version)``.
SCHEMA_VERSION = 4


def demand_readable(stored_version: int | None, place: str) -> None:
    """Refuse a database that a newer fondaco has written.  Raises SchemaTooNew."""
    if stored_version is not None and stored_version > SCHEMA_VERSION:
        raise SchemaTooNew(
            f"The database {place} has schema {stored_version}, and this fondaco knows schemas up to "
            f"{SCHEMA_VERSION}; nothing was changed. Install the newer fondaco that wrote it, "
            "or name another database."
        )

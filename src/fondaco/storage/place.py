"""Where a database is: how its address is told apart and named, without loading SQLAlchemy or a driver."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import SplitResult, parse_qs, urlsplit

from fondaco.domain.errors import ConfigurationError

_SQLITE = "sqlite:///"
_POSTGRES = ("postgresql", "postgres")
_FORMS = "write sqlite:///path/to/fondaco.db or postgresql://name:password@host/database"


def is_postgres(url: str) -> bool:
    """Return whether the address is PostgreSQL's, not SQLite's.  Raises ConfigurationError for others."""
    if url.partition("://")[0] in _POSTGRES:
        return True
    if url.startswith(_SQLITE):
        return False
    raise ConfigurationError(f"The address of the database has an unknown form; {_FORMS}.")


def sqlite_path(url: str) -> Path:
    """Return the file behind ``sqlite:///path`` (relative) or ``sqlite:////path`` (absolute).

    Raises ConfigurationError where no file is named: what is kept in memory alone would be lost.
    """
    path = url.removeprefix(_SQLITE).partition("?")[0]
    if not url.startswith(_SQLITE) or path in {"", ":memory:"}:
        raise ConfigurationError(f"The address of the database names no file; {_FORMS}.")
    return Path(path)


def place_of(url: str) -> str:
    """Return the database's name for people: the file, or host, port and database; never the password.

    Raises ConfigurationError for an address that cannot be read.
    """
    return _postgres_place(url) if is_postgres(url) else str(sqlite_path(url))


def _postgres_place(url: str) -> str:
    parts = urlsplit(url)
    query = parse_qs(parts.query)
    _demand_written_out(parts)
    host = parts.netloc.rpartition("@")[2] or "".join(query.get("host", ["localhost"]))
    return f"postgresql://{host}/{parts.path.lstrip('/')}"


def _demand_written_out(parts: SplitResult) -> None:
    """Refuse an address that a sign in the password has torn apart; not even a part of it may be shown."""
    torn = "@" in parts.path + parts.query + parts.fragment or bool(parts.fragment)
    if torn and parts.username is None:
        raise ConfigurationError(
            "The address of the database cannot be read; "
            "in its password write / as %2F, # as %23, ? as %3F, @ as %40."
        )

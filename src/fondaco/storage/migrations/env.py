"""Alembic reads this file; the connection and its transaction come from ``fondaco.storage.migrate``."""

from __future__ import annotations

from alembic import context

context.configure(connection=context.config.attributes["connection"])
context.run_migrations()

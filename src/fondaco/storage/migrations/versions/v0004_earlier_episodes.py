"""What a contact's earlier episodes are found by."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

_OPENED = sa.text("type = 'EpisodeOpened'")


def upgrade() -> None:
    """Make everything that version 4 adds."""
    op.create_index("conversation_by_contact", "conversation", ["contact_id"])
    op.create_index(
        "event_episodes",
        "event",
        ["conversation_id", "at_ms"],
        sqlite_where=_OPENED,
        postgresql_where=_OPENED,
    )

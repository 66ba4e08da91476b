"""Actions: how far each has come, and what they hold under the limits of their tools."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make everything that version 3 adds."""
    _actions()
    _spending()


def _actions() -> None:
    op.create_table(
        "action",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("conversation_id", sa.Text(), nullable=False),
        sa.Column("tool", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("record", sa.Text(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger()),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("updated_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False, comment="a domain Action as JSON"),
        sa.PrimaryKeyConstraint("id"),
        comment="the latest state of every action, as the events of its conversation tell it",
        sqlite_with_rowid=False,
    )
    op.create_index("action_by_state", "action", ["workspace_id", "state", "updated_at_ms"])


def _spending() -> None:
    op.create_table(
        "action_spending",
        sa.Column("action_id", sa.Text(), nullable=False),
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("tool", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("record", sa.Text(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("action_id"),
        comment="places that actions hold under the limits of their tools",
        sqlite_with_rowid=False,
    )
    op.create_index(
        "action_spending_by_record", "action_spending", ["workspace_id", "tool", "record", "at_ms"]
    )
    op.create_index(
        "action_spending_by_subject", "action_spending", ["workspace_id", "tool", "subject", "at_ms"]
    )
    op.create_index("action_spending_by_time", "action_spending", ["workspace_id", "tool", "at_ms"])

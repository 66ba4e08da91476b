"""The ledger of model calls, what budgets hold, and what workers tell each other."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make everything that version 2 adds."""
    _ledger()
    op.create_table(
        "budget_held",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column(
            "held_pico", sa.BigInteger(), nullable=False, comment="spent, and reserved for what is under way"
        ),
        sa.PrimaryKeyConstraint("key"),
        comment="what each budget holds; a limit is checked and this raised in one transaction",
        sqlite_with_rowid=False,
    )
    op.create_table(
        "shared_note",
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("topic", "key"),
        comment="what workers tell each other, such as that a model does not answer",
        sqlite_with_rowid=False,
    )


def _ledger() -> None:
    op.create_table(
        "ledger_entry",
        sa.Column("conversation_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("connection_id", sa.Text(), nullable=False),
        sa.Column("turn_id", sa.Text(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("served_model", sa.Text(), nullable=False),
        sa.Column("input", sa.BigInteger(), comment="tokens, those read from and written to a cache too"),
        sa.Column("output", sa.BigInteger(), comment="tokens, reasoning included"),
        sa.Column("cache_read", sa.BigInteger()),
        sa.Column("cache_write_5m", sa.BigInteger()),
        sa.Column("cache_write_1h", sa.BigInteger()),
        sa.Column("reasoning", sa.BigInteger()),
        sa.Column("provenance", sa.Text(), nullable=False),
        sa.Column("cost_pico", sa.BigInteger(), nullable=False, comment="10^-12 of the currency"),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("price_version", sa.Text(), nullable=False),
        sa.Column("possibly_billed", sa.Boolean(), nullable=False),
        sa.Column("ended_as", sa.Text(), nullable=False),
        sa.Column("duration_ms", sa.Float(), nullable=False),
        sa.Column("first_token_ms", sa.Float()),
        sa.Column("budget_keys", sa.Text(), nullable=False, comment="JSON list: where the cost is held"),
        sa.PrimaryKeyConstraint("conversation_id", "id"),
        comment="one row for every attempt at a model",
        sqlite_with_rowid=False,
    )
    op.create_index("ledger_entry_by_time", "ledger_entry", ["workspace_id", "at_ms"])

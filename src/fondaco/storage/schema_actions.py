"""The tables of actions, a part of ``fondaco.storage.schema``."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, MetaData, Table, Text


def action_tables(metadata: MetaData) -> tuple[Table, Table]:
    """Return how far actions are, and what they hold under the limits of their tools."""
    return _action(metadata), _spending(metadata)


def _action(metadata: MetaData) -> Table:
    return Table(
        "action",
        metadata,
        Column("id", Text, primary_key=True),
        Column("workspace_id", Text, nullable=False),
        Column("conversation_id", Text, nullable=False),
        Column("tool", Text, nullable=False),
        Column("state", Text, nullable=False),
        Column("subject", Text, nullable=False),
        Column("record", Text, nullable=False),
        Column("amount_minor", BigInteger),
        Column("currency", Text, nullable=False),
        Column("updated_at_ms", BigInteger, nullable=False),
        Column("body", Text, nullable=False, comment="a domain Action as JSON"),
        Index("action_by_state", "workspace_id", "state", "updated_at_ms"),
        comment="the latest state of every action, as the events of its conversation tell it",
        sqlite_with_rowid=False,
    )


def _spending(metadata: MetaData) -> Table:
    return Table(
        "action_spending",
        metadata,
        Column("action_id", Text, primary_key=True),
        Column("workspace_id", Text, nullable=False),
        Column("tool", Text, nullable=False),
        Column("subject", Text, nullable=False),
        Column("record", Text, nullable=False),
        Column("amount_minor", BigInteger, nullable=False),
        Column("at_ms", BigInteger, nullable=False),
        Index("action_spending_by_time", "workspace_id", "tool", "at_ms"),
        Index("action_spending_by_subject", "workspace_id", "tool", "subject", "at_ms"),
        Index("action_spending_by_record", "workspace_id", "tool", "record", "at_ms"),
        comment="places that actions hold under the limits of their tools",
        sqlite_with_rowid=False,
    )

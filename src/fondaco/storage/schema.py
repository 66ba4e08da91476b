"""The tables, once for both databases.

JSON is text that msgspec wrote; times are integers of milliseconds; ids are text.
Everything of a conversation is keyed by the conversation's id, so hash partitions and
sharding by conversation need no other schema.

Three things stand in no ``Table``, since each database has its own; the first migration makes them:

- ``message_search``, full-text search over the terms of ``fondaco.kit.text``, fed by the stores.
  SQLite: an FTS5 table ``(terms, conversation_id UNINDEXED, seq UNINDEXED)``, and the messages that wait
  for it in ``message_search_backlog(conversation_id, seq)``.
  PostgreSQL: ``(conversation_id text, seq bigint, terms tsvector)``, primary key ``(conversation_id, seq)``,
  GIN index on ``terms``.
- the number of the schema (``fondaco.storage.version``).
  SQLite: ``PRAGMA user_version``.  PostgreSQL: the one row of ``fondaco_schema(version)``.
- ``alembic_version``, which Alembic keeps for itself.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from fondaco.storage.schema_actions import action_tables

metadata = MetaData()

workspace = Table(
    "workspace",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("created_at_ms", BigInteger, nullable=False),
    Column("articles_version", BigInteger, nullable=False, server_default="0"),
)

connection = Table(
    "connection",
    metadata,
    Column("id", Text, primary_key=True),
    Column("workspace_id", Text, nullable=False, index=True),
    Column("body", Text, nullable=False, comment="a domain Connection as JSON"),
)

team = Table(
    "team",
    metadata,
    Column("id", Text, nullable=False),
    Column("workspace_id", Text, nullable=False),
    Column("body", Text, nullable=False),
    PrimaryKeyConstraint("workspace_id", "id"),
)

teammate = Table(
    "teammate",
    metadata,
    Column("id", Text, primary_key=True),
    Column("workspace_id", Text, nullable=False, index=True),
    Column("body", Text, nullable=False),
)

api_key = Table(
    "api_key",
    metadata,
    Column("id", Text, primary_key=True),
    Column("workspace_id", Text, nullable=False, index=True),
    Column("secret_hash", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("scopes", Text, nullable=False, comment="JSON list"),
    Column("created_at_ms", BigInteger, nullable=False),
    Column("revoked_at_ms", BigInteger),
)

visitor = Table(
    "visitor",
    metadata,
    Column("secret_hash", Text, primary_key=True),
    Column("workspace_id", Text, nullable=False),
    Column("connection_id", Text, nullable=False),
    Column("contact_id", Text, nullable=False),
    Column("conversation_id", Text, nullable=False, index=True),
    Column("created_at_ms", BigInteger, nullable=False),
    Column("expires_at_ms", BigInteger, nullable=False),
)

sign_in_link = Table(
    "sign_in_link",
    metadata,
    Column("secret_hash", Text, primary_key=True),
    Column("teammate_id", Text, nullable=False),
    Column("expires_at_ms", BigInteger, nullable=False),
    Column("used_at_ms", BigInteger),
)

sign_in = Table(
    "sign_in",
    metadata,
    Column("secret_hash", Text, primary_key=True),
    Column("teammate_id", Text, nullable=False),
    Column("workspace_id", Text, nullable=False),
    Column("created_at_ms", BigInteger, nullable=False),
    Column("seen_at_ms", BigInteger, nullable=False),
    Column("expires_at_ms", BigInteger, nullable=False),
)

contact = Table(
    "contact",
    metadata,
    Column("id", Text, primary_key=True),
    Column("workspace_id", Text, nullable=False, index=True),
    Column("name", Text, nullable=False, server_default=""),
    Column("verified_subject", Text, nullable=False, server_default=""),
    sqlite_with_rowid=False,
)

identity = Table(
    "identity",
    metadata,
    Column("connection_id", Text, nullable=False),
    Column("external_id", Text, nullable=False),
    Column("workspace_id", Text, nullable=False),
    Column("contact_id", Text, nullable=False, index=True),
    PrimaryKeyConstraint("connection_id", "external_id"),
    comment="a contact as one connection knows it",
)

conversation = Table(
    "conversation",
    metadata,
    Column("id", Text, primary_key=True),
    Column("workspace_id", Text, nullable=False),
    Column("connection_id", Text, nullable=False),
    Column("contact_id", Text, nullable=False),
    Column("external_id", Text, nullable=False),
    Column("pulls", Boolean, nullable=False),
    Column("status", Text, nullable=False),
    Column("assignee_kind", Text, nullable=False),
    Column("assignee_id", Text, nullable=False),
    Column("epoch", BigInteger, nullable=False),
    Column("last_seq", BigInteger, nullable=False),
    Column("episode_id", Text),
    Column("language", Text),
    Column("subject", Text, nullable=False),
    Column("created_at_ms", BigInteger, nullable=False),
    Column("updated_at_ms", BigInteger, nullable=False),
    Column("waiting_since_ms", BigInteger),
    UniqueConstraint("connection_id", "external_id"),
    Index("conversation_by_change", "workspace_id", "updated_at_ms", "id"),
    Index("conversation_by_contact", "contact_id"),
    sqlite_with_rowid=False,
)

_OPENED = text("type = 'EpisodeOpened'")  # one entry of a dozen or more: the others cost no index anything

event = Table(
    "event",
    metadata,
    Column("conversation_id", Text, nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("at_ms", BigInteger, nullable=False),
    Column("episode_id", Text),
    Column("type", Text, nullable=False),
    Column("body", Text, nullable=False, comment="a domain Event as JSON"),
    PrimaryKeyConstraint("conversation_id", "seq"),
    Index("event_episodes", "conversation_id", "at_ms", sqlite_where=_OPENED, postgresql_where=_OPENED),
)

inbound = Table(
    "inbound",
    metadata,
    Column("connection_id", Text, nullable=False),
    Column("external_id", Text, nullable=False),
    Column("conversation_id", Text, nullable=False),
    Column("message_id", Text, nullable=False),
    Column("seq", BigInteger, nullable=False),
    PrimaryKeyConstraint("connection_id", "external_id"),
    comment="every message that ever came in, by the channel's own id: duplicates die here",
    sqlite_with_rowid=False,
)

lane = Table(
    "lane",
    metadata,
    Column("conversation_id", Text, primary_key=True),
    Column("due_at_ms", BigInteger, nullable=False),
    Column("since_ms", BigInteger, nullable=False, comment="when the first unanswered message came"),
    Column("owner", Text, comment="worker that holds the lease; NULL: free"),
    Column("token", BigInteger, nullable=False, comment="fences writes of former owners"),
    Column("attempts", Integer, nullable=False),
    Index("lane_due", "due_at_ms"),
    comment="conversations that wait for the assistant; a row exists only while one does",
    sqlite_with_rowid=False,
)

worker = Table(
    "worker",
    metadata,
    Column("id", Text, primary_key=True),
    Column("seen_at_ms", BigInteger, nullable=False),
)

step = Table(
    "step",
    metadata,
    Column("conversation_id", Text, nullable=False),
    Column("turn_id", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("body", Text, nullable=False, comment="a domain Step as JSON"),
    PrimaryKeyConstraint("conversation_id", "turn_id", "key"),
    comment="journal of turns that are not settled yet; a commit that settles the turn deletes it",
    sqlite_with_rowid=False,
)

turn = Table(
    "turn",
    metadata,
    Column("id", Text, primary_key=True),
    Column("workspace_id", Text, nullable=False),
    Column("conversation_id", Text, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("route", Text, nullable=False),
    Column("started_at_ms", BigInteger, nullable=False, index=True),
    Column("duration_ms", Float, nullable=False),
    Column("restarts", Integer, nullable=False),
    Column("cost_pico", BigInteger, nullable=False, comment="10^-12 of the currency"),
    Column("currency", Text, nullable=False),
    sqlite_with_rowid=False,
)

handoff = Table(
    "handoff",
    metadata,
    Column("id", Text, primary_key=True),
    Column("workspace_id", Text, nullable=False),
    Column("conversation_id", Text, nullable=False, index=True),
    Column("body", Text, nullable=False, comment="a domain Handoff as JSON, as it was opened"),
    Column("opened_at_ms", BigInteger, nullable=False),
    Column("accepted_at_ms", BigInteger),
    Column("accepted_by", Text),
    Column("returned_at_ms", BigInteger),
    Index("handoff_open", "workspace_id", "returned_at_ms", "opened_at_ms"),
)

# What was sent is nobody's work any more, and is nearly all there is.  OR and not IN, since SQLite's planner
# recognises a part of a query in a part of an OR only (sqlite.org/partialindex.html, 3).
_TO_WATCH = text("state = 'queued' OR state = 'sending' OR state = 'failed' OR state = 'unknown'")

delivery = Table(
    "delivery",
    metadata,
    Column("id", Text, primary_key=True),
    Column("workspace_id", Text, nullable=False),
    Column("conversation_id", Text, nullable=False),
    Column("connection_id", Text, nullable=False),
    Column("message_id", Text, nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("text", Text, nullable=False),
    Column("by_assistant", Boolean, nullable=False),
    Column("epoch", BigInteger, nullable=False),
    Column("state", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("due_at_ms", BigInteger, nullable=False),
    Column("owner", Text, comment="worker that is sending it"),
    Column("last_error", Text, nullable=False, server_default=""),
    Index("delivery_order", "conversation_id", "seq"),
    Index("delivery_due", "state", "due_at_ms", sqlite_where=_TO_WATCH, postgresql_where=_TO_WATCH),
    sqlite_with_rowid=False,
)

delivery_attempt = Table(
    "delivery_attempt",
    metadata,
    Column("delivery_id", Text, nullable=False),
    Column("number", Integer, nullable=False),
    Column("at_ms", BigInteger, nullable=False),
    Column("state", Text, nullable=False),
    Column("error", Text, nullable=False),
    Column("looked_up", Boolean, nullable=False),
    PrimaryKeyConstraint("delivery_id", "number"),
    sqlite_with_rowid=False,
)

article = Table(
    "article",
    metadata,
    Column("id", Text, primary_key=True),
    Column("workspace_id", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("body", Text, nullable=False, comment="a domain Article as JSON"),
    UniqueConstraint("workspace_id", "key", "language"),
)

kept_reply = Table(
    "kept_reply",
    metadata,
    Column("credential", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("request_hash", Text, nullable=False),
    Column("reply", LargeBinary, nullable=False),
    Column("at_ms", BigInteger, nullable=False, index=True),
    PrimaryKeyConstraint("credential", "key"),
    comment="answers to requests with an Idempotency-Key",
)

ledger_entry = Table(
    "ledger_entry",
    metadata,
    Column("conversation_id", Text, nullable=False),
    Column("id", Text, nullable=False),
    Column("workspace_id", Text, nullable=False),
    Column("connection_id", Text, nullable=False),
    Column("turn_id", Text, nullable=False),
    Column("step", Integer, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("at_ms", BigInteger, nullable=False),
    Column("provider", Text, nullable=False),
    Column("model", Text, nullable=False),
    Column("purpose", Text, nullable=False),
    Column("served_model", Text, nullable=False),
    Column("input", BigInteger, comment="tokens, those read from and written to a cache too"),
    Column("output", BigInteger, comment="tokens, reasoning included"),
    Column("cache_read", BigInteger),
    Column("cache_write_5m", BigInteger),
    Column("cache_write_1h", BigInteger),
    Column("reasoning", BigInteger),
    Column("provenance", Text, nullable=False),
    Column("cost_pico", BigInteger, nullable=False, comment="10^-12 of the currency"),
    Column("currency", Text, nullable=False),
    Column("price_version", Text, nullable=False),
    Column("possibly_billed", Boolean, nullable=False),
    Column("ended_as", Text, nullable=False),
    Column("duration_ms", Float, nullable=False),
    Column("first_token_ms", Float),
    Column("budget_keys", Text, nullable=False, comment="JSON list: where the cost is held"),
    PrimaryKeyConstraint("conversation_id", "id"),
    Index("ledger_entry_by_time", "workspace_id", "at_ms"),
    comment="one row for every attempt at a model",
    sqlite_with_rowid=False,
)

budget_held = Table(
    "budget_held",
    metadata,
    Column("key", Text, primary_key=True),
    Column("held_pico", BigInteger, nullable=False, comment="spent, and reserved for what is under way"),
    comment="what each budget holds; a limit is checked and this raised in one transaction",
    sqlite_with_rowid=False,
)

shared_note = Table(
    "shared_note",
    metadata,
    Column("topic", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("data", LargeBinary, nullable=False),
    Column("at_ms", BigInteger, nullable=False),
    PrimaryKeyConstraint("topic", "key"),
    comment="what workers tell each other, such as that a model does not answer",
    sqlite_with_rowid=False,
)

action, action_spending = action_tables(metadata)

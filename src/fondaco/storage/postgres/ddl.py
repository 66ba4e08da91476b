"""What PostgreSQL needs beside the tables of ``fondaco.storage.schema``.

Needs no driver, so that a migration can import it anywhere.
"""

from __future__ import annotations

#: Statements in the order in which they create; each is safe to repeat.
POSTGRES_DDL: tuple[str, ...] = (
    # Grows with every claim within the whole database, whichever host claims: that is what fences.
    "create sequence if not exists lane_token",
    # Terms are our own (words, and one or two CJK characters): pg_trgm finds no Chinese word of two characters.
    """
    create table if not exists message_search (
        conversation_id text not null,
        seq bigint not null,
        terms tsvector not null,
        primary key (conversation_id, seq)
    )
    """,
    "create index if not exists message_search_terms on message_search using gin (terms)",
)

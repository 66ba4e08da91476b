"""Answers that were given to an ``Idempotency-Key``, and the broom for everything that has had its time."""

from __future__ import annotations

from sqlalchemy import delete, or_, select

from fondaco.storage import schema
from fondaco.storage.registry_base import SqlRegistryBase


class SqlReplies(SqlRegistryBase):
    """The same request gets the same answer, however often it is repeated."""

    async def remember_reply(
        self, credential: str, key: str, request_hash: str, reply: bytes, at_ms: int
    ) -> None:
        row = {
            "credential": credential,
            "key": key,
            "request_hash": request_hash,
            "reply": reply,
            "at_ms": at_ms,
        }
        await self._write(self._insert(schema.kept_reply).values(row).on_conflict_do_nothing())

    async def recall_reply(self, credential: str, key: str) -> tuple[str, bytes] | None:
        kept = schema.kept_reply
        wanted = select(kept.c.request_hash, kept.c.reply).where(
            kept.c.credential == credential, kept.c.key == key
        )
        row = await self._row(wanted)
        return None if row is None else (row.request_hash, bytes(row.reply))

    async def forget_expired(self, now_ms: int, keep_ms: int) -> int:
        before_ms = now_ms - keep_ms
        link, sign_in, kept = schema.sign_in_link, schema.sign_in, schema.kept_reply
        statements = (
            delete(link).where(or_(link.c.used_at_ms < before_ms, link.c.expires_at_ms < before_ms)),
            delete(sign_in).where(sign_in.c.expires_at_ms < before_ms),
            delete(kept).where(kept.c.at_ms < before_ms),
        )
        async with self._transaction() as connection:
            return sum([(await connection.execute(statement)).rowcount for statement in statements])

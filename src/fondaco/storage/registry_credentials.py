"""Keys, visitors, sign-in links and sign-ins: of each secret only its hash is kept."""

from __future__ import annotations

from typing import Any, TypeVar

import msgspec
from sqlalchemy import ColumnElement, Row, Table, and_, delete, func, select, update

from fondaco.domain.access import ApiKey, Scope, SignIn, Visitor
from fondaco.domain.errors import Conflict, NotFound
from fondaco.domain.ids import KeyId, TeammateId, WorkspaceId
from fondaco.storage import schema
from fondaco.storage.registry_base import SqlRegistryBase
from fondaco.storage.secret_hashes import demand_digest

_Found = TypeVar("_Found", Visitor, SignIn)


class SqlCredentials(SqlRegistryBase):
    """Whoever shows a secret is found by its hash."""

    async def create_key(self, key: ApiKey, secret_hash: str) -> None:
        row = msgspec.structs.asdict(key) | {"scopes": msgspec.json.encode(key.scopes).decode()}
        await self._create(schema.api_key, secret_hash, row)

    async def find_key(self, secret_hash: str) -> ApiKey | None:
        row = await self._row(select(schema.api_key).where(schema.api_key.c.secret_hash == secret_hash))
        return None if row is None else _key(row)

    async def keys(self, workspace_id: WorkspaceId) -> list[ApiKey]:
        table = schema.api_key
        question = select(table).where(table.c.workspace_id == workspace_id)
        return [_key(row) for row in await self._rows(question.order_by(table.c.created_at_ms, table.c.id))]

    async def revoke_key(self, key_id: KeyId, at_ms: int) -> None:
        """The first revocation stays.  Raises NotFound."""
        table = schema.api_key
        revoked = update(table).where(table.c.id == key_id)
        if not await self._write(revoked.values(revoked_at_ms=func.coalesce(table.c.revoked_at_ms, at_ms))):
            raise NotFound(f"There is no key {key_id}; list the workspace's keys to find its id.")

    async def create_visitor(self, visitor: Visitor, secret_hash: str) -> None:
        await self._create(schema.visitor, secret_hash, msgspec.structs.asdict(visitor))

    async def find_visitor(self, secret_hash: str) -> Visitor | None:
        return await self._find(schema.visitor, secret_hash, Visitor)

    async def create_link(self, secret_hash: str, teammate_id: TeammateId, expires_at_ms: int) -> None:
        row = {"teammate_id": teammate_id, "expires_at_ms": expires_at_ms}
        await self._create(schema.sign_in_link, secret_hash, row)

    async def is_link_good(self, secret_hash: str, now_ms: int) -> bool:
        good = select(schema.sign_in_link.c.teammate_id).where(_is_good(secret_hash, now_ms))
        return await self._row(good) is not None

    async def use_link(self, secret_hash: str, now_ms: int) -> TeammateId | None:
        link = schema.sign_in_link
        # One statement finds and spends it, so of two at once only one gets the row.
        spend = (
            update(link)
            .where(_is_good(secret_hash, now_ms))
            .values(used_at_ms=now_ms)
            .returning(link.c.teammate_id)
        )
        async with self._transaction() as connection:
            teammate_id = (await connection.execute(spend)).scalar_one_or_none()
        return None if teammate_id is None else TeammateId(teammate_id)

    async def create_sign_in(self, sign_in: SignIn, secret_hash: str) -> None:
        await self._create(schema.sign_in, secret_hash, msgspec.structs.asdict(sign_in))

    async def find_sign_in(self, secret_hash: str) -> SignIn | None:
        return await self._find(schema.sign_in, secret_hash, SignIn)

    async def touch_sign_in(self, secret_hash: str, seen_at_ms: int) -> None:
        table = schema.sign_in
        # Only forwards: two requests of one browser may arrive in the wrong order.
        known = update(table).where(table.c.secret_hash == secret_hash, table.c.seen_at_ms < seen_at_ms)
        await self._write(known.values(seen_at_ms=seen_at_ms))

    async def end_sign_in(self, secret_hash: str) -> None:
        await self._write(delete(schema.sign_in).where(schema.sign_in.c.secret_hash == secret_hash))

    async def _create(self, table: Table, secret_hash: str, row: dict[str, Any]) -> None:
        values = row | {"secret_hash": demand_digest(secret_hash)}
        if not await self._write(self._insert(table).values(values).on_conflict_do_nothing()):
            raise Conflict(f"This {table.name} exists already; make a new secret.", field="secret_hash")

    async def _find(self, table: Table, secret_hash: str, kind: type[_Found]) -> _Found | None:
        columns = [table.c[name] for name in kind.__struct_fields__]
        row = await self._row(select(*columns).where(table.c.secret_hash == secret_hash))
        return None if row is None else kind(**row._asdict())


def _is_good(secret_hash: str, now_ms: int) -> ColumnElement[bool]:
    link = schema.sign_in_link
    return and_(link.c.secret_hash == secret_hash, link.c.used_at_ms.is_(None), link.c.expires_at_ms > now_ms)


def _key(row: Row[Any]) -> ApiKey:
    return ApiKey(
        id=row.id,
        workspace_id=row.workspace_id,
        name=row.name,
        scopes=msgspec.json.decode(row.scopes, type=tuple[Scope, ...]),
        created_at_ms=row.created_at_ms,
        revoked_at_ms=row.revoked_at_ms,
    )

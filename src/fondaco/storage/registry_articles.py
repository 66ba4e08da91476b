"""Articles: imported in bulk, and left alone where nothing changed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from fondaco.domain.access import Stored
from fondaco.domain.articles import Article
from fondaco.domain.errors import NotFound
from fondaco.domain.ids import WorkspaceId
from fondaco.storage import schema
from fondaco.storage.article_changes import an_id_is_taken, changes_of, demand_importable
from fondaco.storage.registry_base import SqlRegistryBase


class SqlArticles(SqlRegistryBase):
    """Every change raises the workspace's ``articles_version``, which tells an index that it is stale."""

    async def put_articles(self, workspace_id: WorkspaceId, articles: Sequence[Article]) -> Stored:
        """An article that changes keeps its id and raises its version.

        Raises NotFound for an unknown workspace, Conflict for an id or a (key, language) that is used twice,
        InvalidInput for another workspace's article; then nothing is written.
        """
        demand_importable(workspace_id, articles)
        async with self._transaction() as connection:
            await _lock(connection, workspace_id)
            changes = changes_of(await _stored(connection, workspace_id), articles)
            await _create(connection, changes.created)
            await _update(connection, changes.updated)
            if changes.created or changes.updated:
                await _raise_version(connection, workspace_id)
        return changes.stored

    async def articles(self, workspace_id: WorkspaceId) -> list[Article]:
        table = schema.article
        question = select(table.c.body).where(table.c.workspace_id == workspace_id)
        rows = await self._rows(question.order_by(table.c.key, table.c.language))
        return [msgspec.json.decode(row.body, type=Article) for row in rows]

    async def article(self, workspace_id: WorkspaceId, article_id: str) -> Article:
        table = schema.article
        row = await self._row(
            select(table.c.body).where(table.c.workspace_id == workspace_id, table.c.id == article_id)
        )
        if row is None:
            raise _missing(workspace_id, article_id)
        return msgspec.json.decode(row.body, type=Article)

    async def delete_article(self, workspace_id: WorkspaceId, article_id: str) -> None:
        table = schema.article
        gone = delete(table).where(table.c.workspace_id == workspace_id, table.c.id == article_id)
        async with self._transaction() as connection:
            await _lock(connection, workspace_id)
            if not (await connection.execute(gone)).rowcount:
                raise _missing(workspace_id, article_id)
            await _raise_version(connection, workspace_id)

    async def articles_version(self, workspace_id: WorkspaceId) -> int:
        """Raises NotFound."""
        table = schema.workspace
        row = await self._row(select(table.c.articles_version).where(table.c.id == workspace_id))
        if row is None:
            raise NotFound(f"There is no workspace {workspace_id}; create it first.")
        return int(row.articles_version)


async def _lock(connection: AsyncConnection, workspace_id: WorkspaceId) -> None:
    """Let one change at a time into a workspace's articles.  Raises NotFound."""
    row = select(schema.workspace.c.id).where(schema.workspace.c.id == workspace_id).with_for_update()
    if (await connection.execute(row)).one_or_none() is None:
        raise NotFound(f"There is no workspace {workspace_id}; create it first.")


async def _stored(connection: AsyncConnection, workspace_id: WorkspaceId) -> list[Article]:
    bodies = select(schema.article.c.body).where(schema.article.c.workspace_id == workspace_id)
    return [msgspec.json.decode(body, type=Article) for body in (await connection.execute(bodies)).scalars()]


async def _create(connection: AsyncConnection, articles: Sequence[Article]) -> None:
    if not articles:
        return
    try:
        await connection.execute(insert(schema.article), [_row(each) for each in articles])
    except IntegrityError as error:
        raise an_id_is_taken() from error


async def _update(connection: AsyncConnection, articles: Sequence[Article]) -> None:
    if not articles:
        return
    changed = update(schema.article).where(schema.article.c.id == bindparam("article_id"))
    rows = [{"article_id": each.id, "body": msgspec.json.encode(each).decode()} for each in articles]
    await connection.execute(changed.values(body=bindparam("body")), rows)


async def _raise_version(connection: AsyncConnection, workspace_id: WorkspaceId) -> None:
    table = schema.workspace
    raised = update(table).where(table.c.id == workspace_id)
    await connection.execute(raised.values(articles_version=table.c.articles_version + 1))


def _row(article: Article) -> dict[str, Any]:
    return {
        "id": article.id,
        "workspace_id": article.workspace_id,
        "key": article.key,
        "language": article.language,
        "body": msgspec.json.encode(article).decode(),
    }


def _missing(workspace_id: WorkspaceId, article_id: str) -> NotFound:
    return NotFound(f"There is no article {article_id} in workspace {workspace_id}.")

"""Articles: the knowledge base from outside."""

from __future__ import annotations

import re
from typing import Annotated

import msgspec

from fondaco.domain.access import Scope, Stored
from fondaco.domain.articles import Article, Variant
from fondaco.domain.errors import InvalidInput, NotFound
from fondaco.domain.ids import ArticleId
from fondaco.domain.listing import Page
from fondaco.kit.language import Language
from fondaco.server.access import KeyWith
from fondaco.server.answer import Answer
from fondaco.server.operation import AnyCall, Call, Nothing, Operation
from fondaco.server.shapes import Cursor, Limit, said

_SOURCE = "api"

Key = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9._:/-]{1,128}$")]
Line = Annotated[str, msgspec.Meta(min_length=1, max_length=500)]
Body = Annotated[str, msgspec.Meta(min_length=1, max_length=100_000)]


class ArticleBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One article in one language; the same key and language replaces the one before."""

    key: Key
    language: Language
    title: Line
    body: Body
    questions: Annotated[tuple[Line, ...], msgspec.Meta(max_length=200)] = ()
    variants: Annotated[tuple[Variant, ...], msgspec.Meta(max_length=50)] = ()
    rules: Annotated[tuple[Line, ...], msgspec.Meta(max_length=50)] = ()
    topic: Annotated[str, msgspec.Meta(max_length=128)] = ""


class ArticlesBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Articles to create or update, all or none."""

    articles: Annotated[tuple[ArticleBody, ...], msgspec.Meta(min_length=1, max_length=200)]


class ArticleQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which page of articles to list."""

    cursor: Cursor | msgspec.UnsetType = msgspec.UNSET
    limit: Limit = 50


async def list_articles(call: Call[ArticleQuery, Nothing]) -> Page[Article]:
    """Return a page of articles in the order of their ids; the cursor is the last id of the page before."""
    known = sorted(await call.parts.registry.articles(call.workspace_id), key=lambda article: article.id)
    cursor = said(call.query.cursor)
    after = [article for article in known if cursor is None or article.id > cursor]
    items = after[: call.query.limit]
    return Page(items=items, next_cursor=items[-1].id if len(after) > len(items) else None)


async def put_articles(call: Call[Nothing, ArticlesBody]) -> Stored:
    """Create or update articles."""
    _demand_distinct(call.body.articles)
    articles = [_article(call, place, one) for place, one in enumerate(call.body.articles)]
    return await call.parts.registry.put_articles(call.workspace_id, articles)


async def get_article(call: Call[Nothing, Nothing]) -> Article:
    """Return one article."""
    return await call.parts.registry.article(call.workspace_id, call.path["article_id"])


async def delete_article(call: Call[Nothing, Nothing]) -> Answer:
    """Remove one article; the assistant no longer finds it."""
    await call.parts.registry.delete_article(call.workspace_id, call.path["article_id"])
    return Answer(status=204)


def _article(call: AnyCall, place: int, body: ArticleBody) -> Article:
    for rule in body.rules:
        try:
            re.compile(rule, re.IGNORECASE)
        except re.error as error:
            raise InvalidInput(
                f"{rule!r} is no regular expression: {error}.", field=f"articles[{place}].rules"
            ) from None
    return Article(
        id=ArticleId(call.parts.ids.new("art")),
        workspace_id=call.workspace_id,
        key=body.key,
        language=body.language,
        title=body.title,
        body=body.body,
        questions=body.questions,
        variants=body.variants,
        rules=body.rules,
        topic=body.topic,
        source=_SOURCE,
    )


def _demand_distinct(articles: tuple[ArticleBody, ...]) -> None:
    names = [(article.key, article.language) for article in articles]
    twice = next((name for place, name in enumerate(names) if name in names[:place]), None)
    if twice is not None:
        raise InvalidInput(
            f"Article {twice[0]} in {twice[1].value} stands there twice; send it once.", field="articles"
        )


OPERATIONS = (
    Operation(
        name="list_articles",
        method="GET",
        path="/v1/articles",
        summary="List the articles",
        access=KeyWith(Scope.ARTICLES_READ),
        handler=list_articles,
        query=ArticleQuery,
        body=Nothing,
        answer=Page[Article],
    ),
    Operation(
        name="put_articles",
        method="POST",
        path="/v1/articles",
        summary="Create or update articles by key and language",
        access=KeyWith(Scope.ARTICLES_WRITE),
        handler=put_articles,
        query=Nothing,
        body=ArticlesBody,
        answer=Stored,
        errors=(InvalidInput,),
    ),
    Operation(
        name="get_article",
        method="GET",
        path="/v1/articles/{article_id}",
        summary="Read one article",
        access=KeyWith(Scope.ARTICLES_READ),
        handler=get_article,
        query=Nothing,
        body=Nothing,
        answer=Article,
        errors=(NotFound,),
    ),
    Operation(
        name="delete_article",
        method="DELETE",
        path="/v1/articles/{article_id}",
        summary="Remove one article",
        access=KeyWith(Scope.ARTICLES_WRITE),
        handler=delete_article,
        query=Nothing,
        body=Nothing,
        answer=Nothing,
        status=204,
        errors=(NotFound,),
    ),
)

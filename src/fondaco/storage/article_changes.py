"""What an import changes, decided on what is stored: the same for every kind of registry."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from fondaco.domain.access import Stored
from fondaco.domain.articles import Article
from fondaco.domain.errors import Conflict, InvalidInput
from fondaco.domain.ids import ArticleId, WorkspaceId


class ArticleChanges(msgspec.Struct, frozen=True, kw_only=True):
    """The articles to write; ``updated`` ones have the stored id and the next version."""

    created: tuple[Article, ...]
    updated: tuple[Article, ...]
    unchanged: int

    @property
    def stored(self) -> Stored:
        return Stored(created=len(self.created), updated=len(self.updated), unchanged=self.unchanged)


def demand_importable(workspace_id: WorkspaceId, articles: Sequence[Article]) -> None:
    """Raises InvalidInput for another workspace's article, Conflict for what stands there twice."""
    for article in articles:
        if article.workspace_id != workspace_id:
            raise InvalidInput(
                f"Article {article.key} belongs to workspace {article.workspace_id}; "
                f"import it there, not into {workspace_id}.",
                field="workspace_id",
            )
    _demand_single("key and language", [f"{each.key} ({each.language.value})" for each in articles])
    _demand_single("id", [each.id for each in articles])


def an_id_is_taken() -> Conflict:
    """Return the error for a new article with the id of another one, of this workspace or any."""
    return Conflict("The id of a new article is another article's; make new ids.", field="id")


def changes_of(stored: Iterable[Article], articles: Sequence[Article]) -> ArticleChanges:
    """Compare by (key, language); an article's id and version are not its content."""
    known = {(each.key, each.language): each for each in stored}
    created, updated = [], []
    for article in articles:
        before = known.get((article.key, article.language))
        if before is None:
            created.append(article)
        elif _numbered(article, before.id, before.version) != before:
            updated.append(_numbered(article, before.id, before.version + 1))
    unchanged = len(articles) - len(created) - len(updated)
    return ArticleChanges(created=tuple(created), updated=tuple(updated), unchanged=unchanged)


def _numbered(article: Article, id_: ArticleId, version: int) -> Article:
    return msgspec.structs.replace(article, id=id_, version=version)


def _demand_single(what: str, values: Sequence[str]) -> None:
    seen: set[str] = set()
    for value in values:
        if value in seen:
            raise Conflict(f"Two articles have the same {what}, {value}; keep one of them.", field="articles")
        seen.add(value)

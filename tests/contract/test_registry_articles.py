"""Articles: what an import changes, and that it changes nothing else."""

from __future__ import annotations

import asyncio

import msgspec
import pytest

from fondaco.domain.access import Stored, Workspace
from fondaco.domain.articles import Article, Variant
from fondaco.domain.errors import Conflict, InvalidInput, NotFound
from fondaco.domain.ids import ArticleId, WorkspaceId
from fondaco.domain.ports import Registry
from fondaco.kit.language import Language
from tests.contract.registry_fixtures import *  # noqa: F403

SHOP, OTHER = WorkspaceId("wsp_shop"), WorkspaceId("wsp_other")


@pytest.fixture
async def shops(registry: Registry) -> Registry:
    """A registry with two workspaces."""
    await registry.create_workspace(Workspace(id=SHOP, name="Shop", created_at_ms=1))
    await registry.create_workspace(Workspace(id=OTHER, name="Other", created_at_ms=2))
    return registry


def article(
    key: str,
    body: str = "Within 30 days.",
    *,
    language: Language = Language.EN,
    id_: str = "",
    workspace: str = SHOP,
) -> Article:
    return Article(
        id=ArticleId(id_ or f"art_{workspace}_{key}_{language.value}"),
        workspace_id=WorkspaceId(workspace),
        key=key,
        language=language,
        title="Returns 退货",
        body=body,
        questions=("Can I return it?",),
        variants=(Variant(when={"order.state": "sent"}, body="{order.promised_on|date}"),),
        rules=("return.*",),
        topic="returns",
        source="returns.md",
    )


async def test_articles_come_back_as_they_were_put_ordered_by_key_and_language(shops: Registry) -> None:
    first, second, third = article("a"), article("a", language=Language.ZH), article("b")

    stored = await shops.put_articles(SHOP, [third, second, first])

    assert stored == Stored(created=3)
    assert await shops.articles(SHOP) == [first, second, third]
    assert await shops.article(SHOP, second.id) == second


async def test_an_import_counts_what_it_created_updated_and_left_alone(shops: Registry) -> None:
    await shops.put_articles(SHOP, [article("a"), article("b")])

    stored = await shops.put_articles(SHOP, [article("a"), article("b", "Within 14 days."), article("c")])

    assert stored == Stored(created=1, updated=1, unchanged=1)


async def test_a_changed_article_keeps_its_id_and_raises_its_version(shops: Registry) -> None:
    await shops.put_articles(SHOP, [article("a", id_="art_first")])

    await shops.put_articles(SHOP, [article("a", "New text.", id_="art_second")])

    [found] = await shops.articles(SHOP)
    assert found == msgspec.structs.replace(article("a", "New text.", id_="art_first"), version=2)


async def test_importing_the_same_again_under_new_ids_changes_nothing(shops: Registry) -> None:
    await shops.put_articles(SHOP, [article("a", id_="art_first")])
    version = await shops.articles_version(SHOP)

    stored = await shops.put_articles(SHOP, [article("a", id_="art_second")])

    assert stored == Stored(unchanged=1)
    assert await shops.articles_version(SHOP) == version


async def test_the_version_grows_with_every_change_and_only_for_this_workspace(shops: Registry) -> None:
    versions = [await shops.articles_version(SHOP)]

    await shops.put_articles(SHOP, [article("a")])
    versions.append(await shops.articles_version(SHOP))
    await shops.put_articles(SHOP, [article("a", "New text.")])
    versions.append(await shops.articles_version(SHOP))
    await shops.delete_article(SHOP, article("a").id)
    versions.append(await shops.articles_version(SHOP))

    assert versions == sorted(set(versions))
    assert await shops.articles_version(OTHER) == versions[0]


async def test_an_import_of_nothing_changes_nothing(shops: Registry) -> None:
    stored = await shops.put_articles(SHOP, [])

    assert stored == Stored()
    assert await shops.articles_version(SHOP) == 0


async def test_imports_at_once_all_arrive_and_each_counts(shops: Registry) -> None:
    imports = [[article(f"{number}"), article("shared")] for number in range(6)]

    stored = await asyncio.gather(*(shops.put_articles(SHOP, each) for each in imports))

    assert sum(each.created for each in stored) == 7
    assert sum(each.unchanged for each in stored) == 5
    assert await shops.articles_version(SHOP) == 6
    assert len(await shops.articles(SHOP)) == 7


async def test_two_workspaces_may_use_the_same_key(shops: Registry) -> None:
    ours, theirs = article("a"), article("a", "Never.", workspace=OTHER)
    await shops.put_articles(SHOP, [ours])
    await shops.put_articles(OTHER, [theirs])

    found = await shops.articles(SHOP), await shops.articles(OTHER)

    assert found == ([ours], [theirs])


async def test_an_article_is_neither_seen_nor_deleted_from_another_workspace(shops: Registry) -> None:
    ours = article("a")
    await shops.put_articles(SHOP, [ours])

    with pytest.raises(NotFound):
        await shops.article(OTHER, ours.id)
    with pytest.raises(NotFound):
        await shops.delete_article(OTHER, ours.id)

    assert await shops.articles(SHOP) == [ours]
    assert await shops.articles_version(OTHER) == 0


async def test_a_deleted_article_is_gone(shops: Registry) -> None:
    await shops.put_articles(SHOP, [article("a"), article("b")])

    await shops.delete_article(SHOP, article("a").id)

    assert await shops.articles(SHOP) == [article("b")]
    with pytest.raises(NotFound, match="no article"):
        await shops.delete_article(SHOP, article("a").id)


async def test_another_workspaces_article_is_refused_with_the_whole_import(shops: Registry) -> None:
    with pytest.raises(InvalidInput, match="belongs to workspace wsp_other"):
        await shops.put_articles(SHOP, [article("a"), article("b", workspace=OTHER)])

    assert await shops.articles(SHOP) == []


@pytest.mark.parametrize(
    ("second", "what"),
    [(article("a", "x", id_="art_x"), "key and language"), (article("b", id_="art_a"), "id")],
)
async def test_what_stands_in_an_import_twice_is_refused(shops: Registry, second: Article, what: str) -> None:
    with pytest.raises(Conflict, match=f"same {what}"):
        await shops.put_articles(SHOP, [article("a", id_="art_a"), second])

    assert await shops.articles(SHOP) == []


async def test_the_id_of_another_article_is_refused_with_the_whole_import(shops: Registry) -> None:
    await shops.put_articles(OTHER, [article("a", id_="art_a", workspace=OTHER)])

    with pytest.raises(Conflict, match="another article's"):
        await shops.put_articles(SHOP, [article("x"), article("b", id_="art_a")])

    assert await shops.articles(SHOP) == []
    assert await shops.articles_version(SHOP) == 0


async def test_an_unknown_workspace_has_no_articles_to_put_or_count(shops: Registry) -> None:
    nowhere = WorkspaceId("wsp_none")

    with pytest.raises(NotFound, match="no workspace wsp_none"):
        await shops.put_articles(nowhere, [article("a", workspace=nowhere)])
    with pytest.raises(NotFound, match="no workspace wsp_none"):
        await shops.articles_version(nowhere)


async def test_a_whole_knowledge_base_goes_in_at_once(shops: Registry) -> None:
    everything = [article(f"{number:04}") for number in range(2000)]
    await shops.put_articles(SHOP, everything[:1000])

    stored = await shops.put_articles(SHOP, everything)

    assert stored == Stored(created=1000, unchanged=1000)
    assert await shops.articles(SHOP) == everything

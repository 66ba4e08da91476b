"""``fondaco articles``."""

from __future__ import annotations

import asyncio

import click

from fondaco.commands.place import Office, Place, open_office, wait_for, with_place
from fondaco.commands.printing import progress, say, say_json, say_table
from fondaco.config import knowledge_options
from fondaco.domain.articles import Article
from fondaco.domain.errors import NotFound
from fondaco.kit.language import Language, detect
from fondaco.knowledge import KnowledgeIndex, KnowledgeOptions, Search, load_embedder
from fondaco.knowledge.result import Decision

_DECISIONS = {
    Decision.ANSWER: "The first article would be sent as the answer.",
    Decision.OFFER: "The contact would be offered the first three, and a person.",
    Decision.NONE: "No article fits: a greeting is returned, and anything else goes to a person.",
}
_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


@click.group("articles")
def command() -> None:
    """List, show, delete and try articles."""


@command.command("list")
@with_place
@click.option("--language", type=click.Choice([one.value for one in Language]), help="Only this language.")
@_JSON
def list_(*, place: Place, language: str | None, as_json: bool) -> None:
    """List the articles of the workspace."""
    found = [one for one in wait_for(_articles(place)) if language in (None, one.language)]
    if as_json:
        say_json(found)
        return
    rows = [(one.id, one.key, one.language, len(one.questions), one.title) for one in found]
    say_table(("id", "key", "language", "questions", "title"), rows)


@command.command()
@click.argument("name", metavar="KEY-OR-ID")
@with_place
@_JSON
def show(*, name: str, place: Place, as_json: bool) -> None:
    """Show an article, in every language that it has if its key is named."""
    found = _named(wait_for(_articles(place)), name)
    if as_json:
        say_json(found)
        return
    for article in found:
        _show(article)


@command.command()
@click.argument("name", metavar="KEY-OR-ID")
@with_place
def delete(*, name: str, place: Place) -> None:
    """Delete an article, in every language that it has if its key is named."""
    say(f"{wait_for(_delete(place, name))} deleted.")


@command.command()
@click.argument("question")
@with_place
@click.option(
    "--language", type=click.Choice([one.value for one in Language]), help="Language of the question."
)
@_JSON
def test(*, question: str, place: Place, language: str | None, as_json: bool) -> None:
    """Show what would be found for a question, and whether it would be sent, offered or handed over."""
    search, options, spoken = wait_for(_search(place, question, Language(language) if language else None))
    if as_json:
        say_json(search)
        return
    say(_DECISIONS[search.decision])
    say(f"{search.confidence:.0%} sure that the first fits, {search.plausible:.0%} that one of three does;")
    say(f"sent from {options.answer_threshold(spoken):.0%} on, offered from {options.offer_at:.0%} on.")
    rows = [(f"{one.score:.0%}", one.key, one.language, one.matched or one.title) for one in search.passages]
    say_table(("sure", "key", "language", "nearest question or title"), rows)


async def _articles(place: Place) -> list[Article]:
    async with open_office(place) as office:
        return await office.registry.articles(office.workspace_id)


async def _delete(place: Place, name: str) -> int:
    async with open_office(place) as office:
        found = _named(await office.registry.articles(office.workspace_id), name)
        for article in found:
            await office.registry.delete_article(office.workspace_id, article.id)
        return len(found)


async def _search(
    place: Place, question: str, language: Language | None
) -> tuple[Search, KnowledgeOptions, Language]:
    """Return what is found, by which options, and the language of the question."""
    async with open_office(place) as office:
        articles = await office.registry.articles(office.workspace_id)
        with progress("Indexing the articles"):
            index = await asyncio.to_thread(_index, office, articles)
        spoken = language or detect(question, hint=office.settings.workspace.language).language
        return index.search(question, spoken), knowledge_options(office.settings), spoken


def _index(office: Office, articles: list[Article]) -> KnowledgeIndex:
    options = knowledge_options(office.settings)
    return KnowledgeIndex.build(articles, load_embedder() if options.embeddings else None, options)


def _named(articles: list[Article], name: str) -> list[Article]:
    found = [one for one in articles if name in (one.id, one.key)]
    if not found:
        raise NotFound(f"There is no article {name!r}; see fondaco articles list.")
    return found


def _show(article: Article) -> None:
    say(f"{article.key} ({article.language}), version {article.version}: {article.title}")
    say(f"id {article.id}, topic {article.topic or '–'}, from {article.source or '–'}")
    for question in article.questions:
        say(f"  ? {question}")
    for rule in article.rules:
        say(f"  ~ {rule}")
    say(article.body)
    for variant in article.variants:
        say(f"  when {variant.when}: {variant.body}")
    say("")

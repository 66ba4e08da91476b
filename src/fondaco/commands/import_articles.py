"""``fondaco import``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import click

from fondaco.commands.place import Place, open_office, wait_for, with_place
from fondaco.commands.printing import progress, say, say_json, say_problems, say_table
from fondaco.commands.slot_faults import slot_faults
from fondaco.config import tool_options
from fondaco.domain.access import Stored
from fondaco.kit.language import Language
from fondaco.knowledge.importing import ArticleDraft, Imported, ImportProblem, read_articles
from fondaco.preparing import ensure_workspace, store_drafts
from fondaco.storage.place import place_of
from fondaco.tools import ToolOptions


@click.command("import")
@click.argument(
    "paths", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True), metavar="PATH…"
)
@with_place
@click.option(
    "--language", type=click.Choice([one.value for one in Language]), help="Language of everything named."
)
@click.option("--dry-run", is_flag=True, help="Read and check only; store nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def command(
    *, paths: tuple[Path, ...], place: Place, language: str | None, dry_run: bool, as_json: bool
) -> int:
    """Import articles from files and folders of Markdown, CSV, JSON lines and HTML.

    What changed is updated, what is new is created, and nothing is stored twice.
    What is broken is named with its line, the rest goes in, and the exit code is 1.
    A slot that no declared tool can fill is warned of.
    """
    chosen = Language(language) if language else None
    found, stored = wait_for(_import(place, paths, chosen, dry_run=dry_run))
    settings = place.settings()
    warnings = _warnings(found.drafts, tool_options(settings))
    if as_json:
        say_json(
            {
                "articles": len(found.drafts),
                "stored": stored,
                "problems": found.problems,
                "warnings": warnings,
                "keys": [[draft.key, draft.language] for draft in found.drafts],
            }
        )
    else:
        _show(found, warnings, stored)
        if stored is not None:
            say(f"The database is {place_of(settings.storage.url)}.")
    return 1 if found.problems else 0


async def _import(
    place: Place, paths: tuple[Path, ...], language: Language | None, *, dry_run: bool
) -> tuple[Imported, Stored | None]:
    fallback = place.settings().workspace.language
    with progress("Reading"):
        found = read_articles(paths, language=language, fallback=fallback)
    if dry_run:
        return found, None
    async with open_office(place) as office:
        workspace_id = await ensure_workspace(office.registry, office.settings, office.clock)
        return found, await store_drafts(office.registry, workspace_id, found.drafts, office.ids)


def _warnings(drafts: Sequence[ArticleDraft], tools: Mapping[str, ToolOptions]) -> list[ImportProblem]:
    """Return the slots that no tool can fill; the article goes in, for its tool may be declared later."""
    return [
        ImportProblem(file=draft.source, line=draft.line, reason=fault)
        for draft in drafts
        for fault in slot_faults(draft.body, draft.variants, tools)
    ]


def _show(found: Imported, warnings: Sequence[ImportProblem], stored: Stored | None) -> None:
    say_problems("Not imported", found.problems)
    say_problems("Warning", warnings)
    if stored is None:
        say_table(
            ("key", "language", "title", "from"),
            [(draft.key, draft.language, draft.title, draft.source) for draft in found.drafts],
        )
        say(f"{len(found.drafts)} articles could be imported; nothing was stored.")
        return
    say(f"{stored.created} created, {stored.updated} updated, {stored.unchanged} unchanged.")

"""A full disk and a damaged file: told without insides, nothing lost, and work goes on after it."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest

from fondaco.storage.sqlite import SqliteStore
from fondaco.storage.sqlite.writer import Done
from tests.scenario.whole_server import WIDGET, Whole, demand_problem, open_whole

LONG = "Where is my order? " * 200
ROOM, NO_ROOM = 1_000_000, 1


@pytest.fixture
async def whole(tmp_path: Path) -> AsyncIterator[Whole]:
    async with open_whole(tmp_path) as whole:
        yield whole


async def give_pages(whole: Whole, pages: int) -> None:
    """Let the database grow to so many pages; where it may not, SQLite says the same as of a full disk."""
    store = whole.app.store
    assert isinstance(store, SqliteStore)

    def limit(connection: sqlite3.Connection) -> Done[None]:
        connection.execute(f"pragma max_page_count = {pages}").fetchone()
        return Done(None)

    await store._writer.do(limit)  # noqa: SLF001 -- no setting makes a disk full


async def until_full(whole: Whole, path: str) -> int:
    """Write until there is no room left, and return how many messages were acknowledged."""
    for number in range(1_000):
        said = await whole.ask("POST", path, {"text": LONG}, headers={"Idempotency-Key": f"full-{number}"})
        if said.status != 202:
            demand_problem(said, 507, "It was not stored", "made room", "server's log")
            return number
    raise AssertionError("The disk was never full.")


async def test_on_a_full_disk_a_message_is_refused_and_what_was_acknowledged_stays(whole: Whole) -> None:
    conversation_id = await whole.open("ann")
    path = f"/v1/conversations/{conversation_id}/messages"
    await give_pages(whole, NO_ROOM)

    acknowledged = await until_full(whole, path)
    readable = await whole.ask("GET", f"{path}?limit=100")
    healthy = await whole.ask("GET", "/v1/health")
    await give_pages(whole, ROOM)
    again = await whole.ask("POST", path, {"text": LONG}, headers={"Idempotency-Key": f"full-{acknowledged}"})

    texts = [one["text"] for one in readable.json["items"] if one["author"]["kind"] == "contact"]
    assert texts == [LONG.strip()] * acknowledged
    assert (readable.status, healthy.status) == (200, 200)
    assert (again.status, again.json["duplicate"]) == (202, False)
    await whole.until(conversation_id, "TurnSettled")
    await whole.still_answers()


async def test_a_beginning_that_found_no_room_begins_once_there_is_some(whole: Whole) -> None:
    filler = f"/v1/conversations/{await whole.open('filler')}/messages"
    path, headers = f"/widget/v1/{WIDGET}/conversations", {"Idempotency-Key": "a-key-of-22-letters-or-more"}
    await give_pages(whole, NO_ROOM)
    await until_full(whole, filler)

    refused = await whole.ask("POST", path, {"text": LONG}, key="", headers=headers)
    await give_pages(whole, ROOM)
    begun = await whole.ask("POST", path, {"text": LONG}, key="", headers=headers)

    demand_problem(refused, 507, "server's log")
    assert begun.status == 201
    log = await whole.until(begun.json["conversation_id"], "TurnSettled")
    assert [one["text"] for one in log if one["type"] == "MessageReceived"] == [LONG.strip()]


async def test_a_page_that_was_overwritten_is_told_without_insides_and_harms_nothing_else(
    tmp_path: Path,
) -> None:
    async with open_whole(tmp_path) as whole:
        conversation_id = await whole.open("ann")
        for _ in range(5):
            await whole.ask("POST", f"/v1/conversations/{conversation_id}/messages", {"text": LONG})
        await whole.until(conversation_id, "TurnSettled")
        database, key = whole.database, whole.key
    overwrite_table(database, "event")

    async with open_whole(tmp_path) as whole:
        torn = await whole.ask("GET", f"/v1/conversations/{conversation_id}/events", key=key)
        refused = await whole.ask(
            "POST", f"/v1/conversations/{conversation_id}/messages", {"text": "?"}, key=key
        )
        listed = await whole.ask("GET", "/v1/conversations", key=key)

    demand_problem(torn, 500, "server's log")
    demand_problem(refused, 500, "server's log")
    assert [one["id"] for one in listed.json["items"]] == [conversation_id]


def overwrite_table(database: Path, table: str) -> None:
    """Write nonsense over the first page of a table."""
    with closing(sqlite3.connect(database)) as reading:
        reading.execute("pragma wal_checkpoint(truncate)")
        (size,) = reading.execute("pragma page_size").fetchone()
        (page,) = reading.execute("select rootpage from sqlite_master where name = ?", (table,)).fetchone()
    with database.open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(b"\xde\xad\xbe\xef" * (size // 4))

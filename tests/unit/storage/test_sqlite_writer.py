"""The writer thread: many wait for one commit, and each gets its own answer."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator

import pytest

from fondaco.domain.errors import Conflict, StorageError
from fondaco.storage.sqlite.writer import Done, Operation, Writer


class Scene:
    """A writer on a database in memory that tells what it does."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.rung: list[str] = []
        self.gate = threading.Event()
        self.connection = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
        self.connection.execute("create table word (text text primary key)")
        self.connection.set_trace_callback(self.said.append)
        self.writer = Writer(self.connection, "memory", self.rung.append, asyncio.get_running_loop())

    async def hold(self) -> asyncio.Task[None]:
        """Keep the writer busy until the gate opens; returns once it is."""
        busy = threading.Event()

        def wait(_db: sqlite3.Connection) -> Done[None]:
            busy.set()
            self.gate.wait(10)
            return Done(None)

        held = asyncio.create_task(self.writer.do(wait))
        await asyncio.to_thread(busy.wait, 10)
        return held

    @property
    def commits(self) -> int:
        return self.said.count("commit")


@pytest.fixture
async def scene() -> AsyncIterator[Scene]:
    scene = Scene()
    yield scene
    scene.gate.set()
    await scene.writer.close()


def write(text: str) -> Operation[str]:
    def operation(db: sqlite3.Connection) -> Done[str]:
        db.execute("insert into word values (?)", (text,))
        return Done(text, (f"word:{text}", "words"))

    return operation


def read(db: sqlite3.Connection) -> Done[list[str]]:
    return Done([text for (text,) in db.execute("select text from word order by text")])


def write_and_stumble(db: sqlite3.Connection) -> Done[None]:
    db.execute("insert into word values ('half')")
    raise ZeroDivisionError


def stumble(_db: sqlite3.Connection) -> Done[None]:
    raise ZeroDivisionError


async def test_whatever_has_queued_up_is_one_commit(scene: Scene) -> None:
    held = await scene.hold()
    waiting = [asyncio.create_task(scene.writer.do(write(f"w{number}"))) for number in range(50)]
    await asyncio.wait(waiting, timeout=0)

    scene.gate.set()

    assert await asyncio.gather(*waiting) == [f"w{number}" for number in range(50)]
    await held
    assert scene.commits == 2


async def test_one_that_stumbles_leaves_nothing_behind_and_harms_nobody(scene: Scene) -> None:
    outcomes = await asyncio.gather(
        scene.writer.do(write("before")),
        scene.writer.do(write_and_stumble),
        scene.writer.do(write("after")),
        return_exceptions=True,
    )

    assert (outcomes[0], outcomes[2]) == ("before", "after")
    assert isinstance(outcomes[1], ZeroDivisionError)
    assert await scene.writer.do(read) == ["after", "before"]


async def test_what_contradicts_the_database_is_a_conflict(scene: Scene) -> None:
    await scene.writer.do(write("once"))

    with pytest.raises(Conflict, match=r"word\.text"):
        await scene.writer.do(write("once"))


async def test_topics_ring_once_a_group_and_only_for_what_was_written(scene: Scene) -> None:
    held = await scene.hold()
    waiting = [asyncio.create_task(scene.writer.do(write(text))) for text in ("a", "b", "a")]
    await asyncio.wait(waiting, timeout=0)

    scene.gate.set()
    await asyncio.wait([held, *waiting])

    assert scene.rung == ["word:a", "words", "word:b"]
    assert isinstance(waiting[2].exception(), Conflict)


async def test_operations_have_savepoints_only_where_one_has_stumbled_after_writing(scene: Scene) -> None:
    await asyncio.gather(scene.writer.do(write("a")), scene.writer.do(write("b")))
    before = scene.said.count("savepoint operation")

    held = await scene.hold()
    waiting = [asyncio.create_task(scene.writer.do(each)) for each in (write("c"), write_and_stumble)]
    await asyncio.wait(waiting, timeout=0)
    scene.gate.set()
    await asyncio.wait([held, *waiting])

    assert (before, scene.said.count("savepoint operation")) == (0, 2)


async def test_one_that_stumbles_before_it_has_written_costs_nobody_anything(scene: Scene) -> None:
    held = await scene.hold()
    waiting = [asyncio.create_task(scene.writer.do(each)) for each in (write("a"), stumble, write("b"))]
    await asyncio.wait(waiting, timeout=0)

    scene.gate.set()
    await asyncio.wait([held, *waiting])

    assert isinstance(waiting[1].exception(), ZeroDivisionError)
    assert await scene.writer.do(read) == ["a", "b"]
    assert "rollback" not in scene.said


async def test_who_goes_away_leaves_a_writer_that_works(scene: Scene) -> None:
    held = await scene.hold()
    gone = asyncio.create_task(scene.writer.do(write("gone")))
    await asyncio.wait([gone], timeout=0)

    gone.cancel()
    await asyncio.wait([gone])
    scene.gate.set()
    await held

    assert await scene.writer.do(write("next")) == "next"
    assert await scene.writer.do(read) == ["gone", "next"]


async def test_closing_waits_for_what_was_asked_before_and_refuses_the_rest(scene: Scene) -> None:
    held = await scene.hold()
    asked = asyncio.create_task(scene.writer.do(write("asked")))
    await asyncio.wait([asked], timeout=0)
    closing = asyncio.create_task(scene.writer.close())
    await asyncio.wait([closing], timeout=0)

    with pytest.raises(StorageError, match="closed"):
        await scene.writer.do(write("late"))
    scene.gate.set()
    await closing

    assert await asked == "asked"
    await held


async def test_a_database_that_fails_says_so_to_everybody_who_waits(scene: Scene) -> None:
    held = await scene.hold()
    waiting = [asyncio.create_task(scene.writer.do(write(text))) for text in ("a", "b")]
    await asyncio.wait(waiting, timeout=0)
    scene.connection.set_authorizer(_deny_commits)

    scene.gate.set()
    await asyncio.wait([held, *waiting])

    assert [type(task.exception()) for task in waiting] == [StorageError, StorageError]
    scene.connection.set_authorizer(None)
    assert await scene.writer.do(read) == []


def _deny_commits(action: int, what: str | None, *_: str | None) -> int:
    return (
        sqlite3.SQLITE_DENY
        if action == sqlite3.SQLITE_TRANSACTION and what == "COMMIT"
        else sqlite3.SQLITE_OK
    )

"""What only SQLite promises: one owner of the file, and nothing lost or half written whatever happens."""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from subprocess import PIPE, Popen

import pytest

from fondaco.domain.changes import changed
from fondaco.domain.deliveries import DeliveryState
from fondaco.domain.errors import (
    Conflict,
    SchemaTooNew,
    StorageBusy,
    StorageCorrupt,
    StorageError,
    StorageFull,
)
from fondaco.domain.ids import ConversationId
from fondaco.domain.turns import Step
from fondaco.kit.signals import SignalHub
from fondaco.storage.sqlite import SqliteStore
from fondaco.storage.sqlite.connect import connect_writing
from fondaco.testing.clock import FakeClock
from tests.contract.conftest import sqlite_ground
from tests.contract.store_support import (
    ANNA,
    BERT,
    SHOP,
    Ground,
    all_at_once,
    answer,
    request_person,
    turn_of,
)

WRITER = Path(__file__).parent / "sqlite_writer.py"


@pytest.fixture
async def ground(sqlite_file: Path) -> AsyncIterator[Ground]:
    async with sqlite_ground(sqlite_file) as ground:
        yield ground


async def opened(path: Path, connect: Callable[[Path], sqlite3.Connection] = connect_writing) -> SqliteStore:
    return await SqliteStore.open(path, clock=FakeClock(), signals=SignalHub(), connect=connect)


def writing(path: Path) -> Popen[str]:
    """Start a process that accepts messages and says which ones it has acknowledged."""
    return Popen([sys.executable, str(WRITER), str(path)], stdout=PIPE, text=True)


def lines(process: Popen[str], count: int) -> list[str]:
    assert process.stdout is not None
    return [process.stdout.readline().strip() for _ in range(count)]


def killed(process: Popen[str]) -> list[str]:
    """Kill it as the kernel does, and return what it had said until then."""
    assert process.stdout is not None
    process.send_signal(signal.SIGKILL)
    process.wait()
    said = process.stdout.read()
    process.stdout.close()
    return said.split("\n")[:-1]


async def test_what_was_acknowledged_survives_a_kill(sqlite_file: Path) -> None:
    process = writing(sqlite_file)
    acknowledged = lines(process, 200) + killed(process)

    store = await opened(sqlite_file)
    stored = await store.search(SHOP, "parcel", 100_000)
    numbers = [record.seq for record in await store.records(SHOP, stored[0].conversation_id, 0, 100_000)]
    await store.close()

    assert set(acknowledged) <= {found.text.split()[-1] for found in stored}
    assert numbers == list(range(1, len(numbers) + 1))
    assert integrity(sqlite_file) == "ok"


async def test_what_a_killed_process_held_is_free_at_once(sqlite_file: Path) -> None:
    process = writing(sqlite_file)
    lines(process, 1)
    killed(process)
    hold_everything(sqlite_file)

    store = await opened(sqlite_file)
    leases = await store.claim(BERT, FakeClock().now_ms(), 10)
    await store.close()

    assert [lease.worker_id for lease in leases] == [BERT]
    assert leases[0].token > 10**15


def hold_everything(path: Path) -> None:
    """Leave behind what a worker leaves that held a lane when it was killed."""
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("update lane set owner = 'wrk_gone', token = ?, due_at_ms = 0", (10**15,))
        connection.execute("insert into worker (id, seen_at_ms) values ('wrk_gone', ?)", (2**60,))


def integrity(path: Path) -> str:
    with closing(sqlite3.connect(path)) as connection:
        (verdict,) = connection.execute("pragma integrity_check").fetchone()
    return str(verdict)


async def test_a_second_process_is_told_who_has_the_database(sqlite_file: Path) -> None:
    process = writing(sqlite_file)
    lines(process, 1)

    with pytest.raises(StorageBusy, match=rf"Process {process.pid} .* stop that process"):
        await opened(sqlite_file)

    killed(process)
    await (await opened(sqlite_file)).close()


async def test_a_second_store_in_one_process_is_refused_too(ground: Ground, sqlite_file: Path) -> None:
    with pytest.raises(StorageBusy, match=str(os.getpid())):
        await opened(sqlite_file)


async def test_a_closed_store_lets_go_and_says_so(sqlite_file: Path) -> None:
    store = await opened(sqlite_file)
    await store.close()
    await store.close()

    with pytest.raises(StorageError, match="closed"):
        await store.renew(ANNA, 0)
    with pytest.raises(StorageError, match="closed"):
        await store.figures()
    with pytest.raises(StorageError, match="closed"):
        await store.conversation(SHOP, ConversationId("cnv_one"))
    await (await opened(sqlite_file)).close()


async def test_closing_writes_what_was_asked_for_before(ground: Ground, sqlite_file: Path) -> None:
    made = await ground.open_many(30)
    asked = [asyncio.create_task(ground.say(conversation_id)) for conversation_id in made]
    await asyncio.wait(asked, timeout=0)

    await _store_of(ground).close()

    assert [accepted.seq for accepted in await asyncio.gather(*asked)] == [3] * 30


def _store_of(ground: Ground) -> SqliteStore:
    assert isinstance(ground.store, SqliteStore)
    return ground.store


class Limited:
    """Connects to a disk that is as full as the test wants it."""

    def __init__(self) -> None:
        self.connection: sqlite3.Connection | None = None

    def connect(self, path: Path) -> sqlite3.Connection:
        self.connection = connect_writing(path)
        return self.connection

    def leave_pages(self, count: int) -> None:
        assert self.connection is not None
        (used,) = self.connection.execute("pragma page_count").fetchone()
        self.connection.execute(f"pragma max_page_count = {used + count}").fetchone()


@pytest.fixture
def disk() -> Limited:
    return Limited()


@pytest.fixture
async def small_ground(disk: Limited, sqlite_file: Path) -> AsyncIterator[Ground]:
    async with sqlite_ground(sqlite_file, disk.connect) as ground:
        yield ground


async def test_a_full_disk_is_said_and_nothing_half_written_stays(
    small_ground: Ground, disk: Limited, sqlite_file: Path
) -> None:
    conversation_id = await small_ground.open()
    await small_ground.say(conversation_id, name="m0")
    disk.leave_pages(8)

    outcomes = [
        await all_at_once([small_ground.say(conversation_id, "x" * 4_000, name=f"m{number}")])
        for number in range(1, 10)
    ]

    refused = [outcome for [outcome] in outcomes if isinstance(outcome, BaseException)]
    numbers = await small_ground.numbers(conversation_id)
    assert len(refused) >= 1
    assert {type(error) for error in refused} == {StorageFull}
    assert numbers == list(range(1, 4 + 9 - len(refused)))
    assert (await small_ground.current(conversation_id)).last_seq == numbers[-1]


async def test_a_full_disk_fails_a_whole_group_and_none_of_it_is_written(
    small_ground: Ground, disk: Limited
) -> None:
    made = await small_ground.open_many(20)
    disk.leave_pages(4)

    outcomes = await all_at_once(small_ground.say(conversation_id, "x" * 4_000) for conversation_id in made)

    refused = [isinstance(outcome, StorageFull) for outcome in outcomes]
    written = [await small_ground.numbers(conversation_id) == [1, 2, 3] for conversation_id in made]
    assert any(refused)
    assert written == [not lost for lost in refused]


async def test_the_store_works_on_once_there_is_room_again(small_ground: Ground, disk: Limited) -> None:
    conversation_id = await small_ground.open()
    disk.leave_pages(0)
    await all_at_once([small_ground.say(conversation_id, "x" * 9_000)])

    disk.leave_pages(10_000)

    accepted = await small_ground.say(conversation_id, "x" * 9_000)
    assert (accepted.seq, accepted.duplicate) == (3, False)


async def test_a_file_that_is_no_database_is_called_damaged(tmp_path: Path) -> None:
    (tmp_path / "fondaco.db").write_bytes(b"These are not the bytes of a database. " * 300)

    with pytest.raises(StorageCorrupt, match="restore"):
        await opened(tmp_path / "fondaco.db")


async def test_a_page_that_was_overwritten_is_called_damaged(sqlite_file: Path) -> None:
    async with sqlite_ground(sqlite_file) as before:
        [await before.say(conversation_id, "x" * 3_000) for conversation_id in await before.open_many(20)]
    overwrite_all_but_the_first_page(sqlite_file)

    with pytest.raises(StorageCorrupt):
        await opened(sqlite_file)


def overwrite_all_but_the_first_page(path: Path) -> None:
    content = path.read_bytes()
    path.write_bytes(content[:4096] + b"\xa5" * (len(content) - 4096))


async def test_a_database_without_tables_is_refused(tmp_path: Path) -> None:
    sqlite3.connect(tmp_path / "empty.db").close()
    (tmp_path / "empty.db").touch()

    with pytest.raises(StorageError, match=r"no tables yet.* migrate"):
        await opened(tmp_path / "empty.db")


async def test_a_database_of_a_newer_fondaco_is_refused_and_let_go(sqlite_file: Path) -> None:
    with closing(sqlite3.connect(sqlite_file)) as connection:
        connection.execute("pragma user_version = 999")

    with pytest.raises(SchemaTooNew):
        await opened(sqlite_file)
    with pytest.raises(SchemaTooNew):
        await opened(sqlite_file)


async def test_a_file_that_does_not_exist_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="cannot be opened"):
        await opened(tmp_path / "nowhere.db")

    assert not (tmp_path / "nowhere.db").exists()


async def test_a_folder_that_does_not_exist_is_named(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match=r"create the folder .*nowhere"):
        await opened(tmp_path / "nowhere" / "fondaco.db")


@contextmanager
def without_rights(folder: Path) -> Iterator[None]:
    """Take away the right to write the folder, also from an account that may do everything."""
    before = os.geteuid()
    folder.chmod(0o555)
    os.seteuid(before or 65_534)
    try:
        yield
    finally:
        os.seteuid(before)
        folder.chmod(0o755)


async def test_a_folder_that_may_not_be_written_is_named(sqlite_file: Path) -> None:
    with (
        without_rights(sqlite_file.parent),
        pytest.raises(StorageError, match="let this account write there"),
    ):
        await opened(sqlite_file)


async def test_a_step_that_cannot_be_written_fails_alone(ground: Ground) -> None:
    lease, work = await ground.asked("held")
    good = await ground.open_many(6)
    impossible = Step(turn_id=turn_of(work), key="call:x:1", data={"what": object()})

    outcomes = await all_at_once(
        [
            *(ground.say(conversation_id) for conversation_id in good[:3]),
            ground.store.journal(lease, impossible),
            *(ground.say(conversation_id) for conversation_id in good[3:]),
        ]
    )

    assert isinstance(outcomes[3], TypeError)
    assert (await ground.store.read_work(lease)).steps == ()
    assert len(await ground.store.claim(BERT, ground.now, 10)) == 6


async def test_a_handoff_that_is_there_already_is_a_conflict_and_leaves_no_trace(ground: Ground) -> None:
    lease, work = await ground.asked()
    opened_once = request_person(work.conversation, ground.now)
    await ground.store.commit(opened_once, lease)
    again = request_person(opened_once.after, ground.now + 5)

    with pytest.raises(Conflict):
        await ground.store.commit(again)

    assert await ground.current(work.conversation.id) == opened_once.after
    assert len(await ground.events(work.conversation.id)) == opened_once.after.last_seq


async def test_a_message_that_was_posted_already_is_a_conflict_and_leaves_no_trace(ground: Ground) -> None:
    lease, work = await ground.asked(pulls=False)
    change = answer(work, ground.now)
    await ground.store.commit(change, lease)
    twice = changed(change.after, (change.records[0].event,), ground.now)

    with pytest.raises(Conflict):
        await ground.store.commit(twice)

    assert await ground.states(work.conversation.id) == [DeliveryState.QUEUED]
    assert await ground.current(work.conversation.id) == change.after


async def test_another_writer_of_the_same_file_is_waited_for(ground: Ground, sqlite_file: Path) -> None:
    conversation_id = await ground.open("one")
    with closing(sqlite3.connect(sqlite_file, isolation_level=None)) as registry:
        registry.execute("begin immediate")
        asked = all_at_once([ground.say(conversation_id)])
        registry.execute("insert into workspace (id, name, created_at_ms) values ('wsp_shop', 'Shop', 0)")
        registry.execute("commit")
        [accepted] = await asked

    assert not isinstance(accepted, BaseException)
    assert accepted.seq == 3


async def test_what_the_index_has_not_got_yet_is_found_after_a_stop(sqlite_file: Path) -> None:
    async with sqlite_ground(sqlite_file) as ground:
        [conversation_id] = await ground.open_many(1)
        await ground.say(conversation_id, "Where is my parcel?")

    async with await opened(sqlite_file) as store:
        found = await store.search(SHOP, "parcel", 10)

    assert [each.text for each in found] == ["Where is my parcel?"]


async def test_the_index_is_fed_without_a_search_once_enough_is_waiting(
    ground: Ground, sqlite_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fondaco.storage.sqlite.search.BACKLOG", 2)

    [conversation_id] = await ground.open_many(1)
    await ground.say(conversation_id, name="one")
    await ground.say(conversation_id, name="two")
    await _store_of(ground).close()

    with closing(sqlite3.connect(sqlite_file)) as database:
        assert database.execute("select count(*) from message_search_backlog").fetchone() == (0,)
        assert database.execute("select count(*) from message_search").fetchone() == (2,)

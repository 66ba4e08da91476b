"""Several hosts on one PostgreSQL database share the work and hear of each other."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import asyncpg
import pytest

from fondaco.domain.changes import Committed
from fondaco.domain.deliveries import DeliveryState
from fondaco.domain.errors import InvalidInput
from fondaco.domain.events import DeliveryEnded
from fondaco.domain.ids import ConversationId, DeliveryId, WorkerId
from fondaco.domain.lifecycle import take_over
from fondaco.domain.turns import Lease
from fondaco.storage.postgres import PostgresStore
from fondaco.testing.clock import FakeClock
from tests.contract.postgres_support import kill_connections, postgres_ground
from tests.contract.store_support import (
    ANNA,
    BERT,
    LIN,
    SHOP,
    SILENCE_MS,
    Ground,
    all_at_once,
    answer,
    attempt,
)

#: The longest a ring may take from one process to another; it takes about a millisecond.
RING_SECONDS = 20.0


@asynccontextmanager
async def two_hosts(dsn: str) -> AsyncIterator[tuple[Ground, Ground]]:
    async with (
        postgres_ground(dsn, FakeClock(auto=True)) as here,
        await PostgresStore.open(dsn, clock=here.clock, silence_ms=SILENCE_MS) as store,
    ):
        yield here, replace(here, store=store)


@pytest.fixture
async def hosts(migrated_postgres: str) -> AsyncIterator[tuple[Ground, Ground]]:
    async with two_hosts(migrated_postgres) as hosts:
        yield hosts


@pytest.fixture
def here(hosts: tuple[Ground, Ground]) -> Ground:
    return hosts[0]


@pytest.fixture
def there(hosts: tuple[Ground, Ground]) -> Ground:
    """The same database from another host."""
    return hosts[1]


async def claim_all(ground: Ground, worker: WorkerId) -> list[Lease]:
    """Claim a few at a time until nothing is found."""
    found: list[Lease] = []
    while leases := await ground.store.claim(worker, ground.now, 7):
        found += leases
    return found


async def send_all(ground: Ground, worker: WorkerId, log: list[DeliveryId]) -> None:
    """Send what is due until nothing is found, and log it."""
    while deliveries := await ground.store.claim_deliveries(worker, ground.now, 7):
        log += [delivery.id for delivery in deliveries]
        ends = [attempt(delivery, DeliveryState.SENT, ground.now) for delivery in deliveries]
        await asyncio.gather(*(ground.store.record_attempt(worker, end) for end in ends))


async def post_three(ground: Ground, conversation_id: ConversationId) -> list[DeliveryId]:
    """Let the assistant write three messages, and return their deliveries in order."""
    for number in range(3):
        await ground.post(conversation_id, f"{conversation_id}_{number}")
    return [delivery.id for delivery in await ground.store.deliveries(SHOP, conversation_id)]


async def ask_and_take_over(ground: Ground, conversation_id: ConversationId) -> None:
    """Let the assistant write, and a teammate take over before it has left."""
    await ground.say(conversation_id)
    await ground.post(conversation_id, f"reply_{conversation_id}")
    taken = take_over(await ground.current(conversation_id), LIN, None, ground.now)
    await ground.store.commit(taken)


async def answer_all(ground: Ground, worker: WorkerId) -> list[Committed]:
    return await asyncio.gather(*(_answer(ground, lease) for lease in await claim_all(ground, worker)))


async def _answer(ground: Ground, lease: Lease) -> Committed:
    work = await ground.store.read_work(lease)
    return await ground.store.commit(answer(work, ground.now), lease)


async def deadlocks(dsn: str) -> int:
    connection = await asyncpg.connect(dsn)
    try:
        number: int = await connection.fetchval(
            "select deadlocks from pg_stat_database where datname = current_database()"
        )
        return number
    finally:
        await connection.close()


async def test_no_lane_is_leased_by_two_hosts(here: Ground, there: Ground) -> None:
    conversations = await here.open_many(200)
    await asyncio.gather(*(here.say(id_) for id_ in conversations))

    shares = await asyncio.gather(
        claim_all(here, ANNA), claim_all(there, BERT), claim_all(here, ANNA), claim_all(there, BERT)
    )

    leases = [lease for share in shares for lease in share]
    assert sorted(lease.conversation_id for lease in leases) == sorted(conversations)
    assert len({lease.token for lease in leases}) == 200


async def test_each_delivery_is_sent_by_one_host_and_in_order(here: Ground, there: Ground) -> None:
    conversations = [await here.open(f"{number:02}", pulls=False) for number in range(30)]
    expected = await asyncio.gather(*(post_three(here, id_) for id_ in conversations))
    log: list[DeliveryId] = []

    await asyncio.gather(send_all(here, ANNA, log), send_all(there, BERT, log))
    await send_all(here, ANNA, log)

    assert [[sent for sent in log if sent in three] for three in expected] == expected


async def test_what_may_not_be_said_any_more_is_voided_by_one_host(here: Ground, there: Ground) -> None:
    conversations = [await here.open(f"{number:02}", pulls=False) for number in range(20)]
    await asyncio.gather(*(ask_and_take_over(here, id_) for id_ in conversations))

    shares = await asyncio.gather(*(host.deliveries(ANNA) for host in (here, there) for _ in range(3)))

    events = [await here.events(id_) for id_ in conversations]
    ends = [[event.state for event in told if isinstance(event, DeliveryEnded)] for told in events]
    assert shares == [[]] * 6
    assert ends == [[DeliveryState.VOIDED]] * 20


async def test_a_host_that_gives_no_sign_of_life_loses_what_it_holds(here: Ground, there: Ground) -> None:
    await here.say(await here.open())
    stopped = await here.lease(ANNA)
    taken_over = await there.lease(BERT, later_ms=SILENCE_MS)
    work = await there.store.read_work(taken_over)

    late = await here.store.commit(answer(work, here.now), stopped)

    assert late is Committed.LEASE_LOST
    assert await there.store.commit(answer(work, here.now), taken_over) is Committed.DONE


async def test_hosts_that_write_everything_at_once_never_wait_for_each_other(migrated_postgres: str) -> None:
    before = await deadlocks(migrated_postgres)

    async with two_hosts(migrated_postgres) as (here, there):
        conversations = await here.open_many(60)
        await asyncio.gather(*(here.say(id_) for id_ in conversations))
        await asyncio.gather(
            *(
                host.say(id_, name=f"{n}")
                for n in range(6)
                for host in (here, there)
                for id_ in conversations
            ),
            *(answer_all(here, ANNA) for _ in range(4)),
            *(answer_all(there, BERT) for _ in range(4)),
        )

    assert await deadlocks(migrated_postgres) == before


async def test_a_message_here_wakes_the_workers_there(here: Ground, there: Ground) -> None:
    conversation_id = await here.open()

    with there.store.signals.listen("lanes") as bell:
        await here.say(conversation_id)
        heard = await bell.wait(RING_SECONDS)

    assert heard


async def test_whoever_watches_there_hears_of_what_happens_here(here: Ground, there: Ground) -> None:
    conversation_id = await here.open()

    with there.store.signals.listen(f"conversation:{conversation_id}") as bell:
        await here.say(conversation_id)
        heard = await bell.wait(RING_SECONDS)

    assert heard


async def test_a_host_whose_connections_were_lost_hears_again(
    here: Ground, there: Ground, migrated_postgres: str
) -> None:
    conversation_id = await here.open()

    with there.store.signals.listen("lanes") as bell:
        await kill_connections(migrated_postgres)
        listening_again = await bell.wait(RING_SECONDS)
        await here.say(conversation_id)
        heard = await bell.wait(RING_SECONDS)

    assert (listening_again, heard) == (True, True)


async def test_of_a_batch_only_the_operation_at_fault_fails(here: Ground) -> None:
    conversations = await here.open_many(10)
    texts = ["A text without fault"] * 9 + ["PostgreSQL stores no \x00"]

    answers = await all_at_once(here.say(id_, text) for id_, text in zip(conversations, texts, strict=True))

    assert [isinstance(answer, InvalidInput) for answer in answers] == [False] * 9 + [True]
    assert [await here.numbers(id_) for id_ in conversations] == [[1, 2, 3]] * 9 + [[]]

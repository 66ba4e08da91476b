"""Connections are lost in the middle of the work: nothing else is lost with them, and nothing is doubled."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from typing import Any

import asyncpg
import pytest

from fondaco.domain.changes import Committed
from fondaco.domain.deliveries import DeliveryState
from fondaco.domain.events import MessagePosted, MessageReceived
from fondaco.domain.ids import ConversationId
from fondaco.domain.turns import Lease
from fondaco.storage.postgres.accepting import Arrival, accept_all
from fondaco.storage.postgres.committing import Proposal, commit_all
from fondaco.storage.postgres.leasing import Claim
from fondaco.storage.postgres.sending import Report, Taking, record_all
from fondaco.testing.clock import FakeClock
from tests.contract.postgres_support import kill_connections, postgres_ground
from tests.contract.store_support import ANNA, SILENCE_MS, Ground, answer, attempt

CONVERSATIONS = 40
KILLS = 6


@pytest.fixture
async def ground(migrated_postgres: str) -> AsyncIterator[Ground]:
    """A store whose pauses between two tries take no time."""
    async with postgres_ground(migrated_postgres, FakeClock(auto=True)) as ground:
        yield ground


@pytest.fixture
async def connection(migrated_postgres: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(migrated_postgres)
    yield connection
    await connection.close()


async def under_fire(dsn: str, load: Callable[[int], Iterable[Awaitable[Any]]]) -> list[Any]:
    """Start one round of load for each kill, and kill while it runs; return all results."""
    results: list[Any] = []
    for number in range(KILLS):
        round_ = asyncio.gather(*load(number))
        await kill_connections(dsn)
        results += await round_
    return results


async def received(ground: Ground, conversation_id: ConversationId) -> list[str]:
    events = await ground.events(conversation_id)
    return [event.text for event in events if isinstance(event, MessageReceived)]


async def posted(ground: Ground, conversation_id: ConversationId) -> int:
    return sum(isinstance(event, MessagePosted) for event in await ground.events(conversation_id))


async def in_two_halves(connection: asyncpg.Connection, work: Callable[..., Awaitable[Any]]) -> Any:
    """Do the work and let nobody hear of its commit, then do it again as the store does."""
    async with connection.transaction():
        await work(connection, again=False)
    async with connection.transaction():
        return await work(connection, again=True)


async def test_every_message_is_stored_once_and_in_order(ground: Ground, migrated_postgres: str) -> None:
    conversations = await ground.open_many(CONVERSATIONS)

    accepted = await under_fire(
        migrated_postgres,
        lambda number: [ground.say(id_, f"text {number}", name=f"m{number}") for id_ in conversations],
    )

    assert [await received(ground, id_) for id_ in conversations] == (
        [[f"text {number}" for number in range(KILLS)]] * CONVERSATIONS
    )
    assert [await ground.numbers(id_) for id_ in conversations] == (
        [list(range(1, KILLS + 3))] * CONVERSATIONS
    )
    assert [answer.duplicate for answer in accepted] == [False] * (KILLS * CONVERSATIONS)


async def test_every_turn_is_claimed_journalled_and_settled_once(
    ground: Ground, migrated_postgres: str
) -> None:
    conversations = await ground.open_many(CONVERSATIONS)
    await asyncio.gather(*(ground.say(id_) for id_ in conversations))

    async def turn(lease: Lease) -> Committed:
        work = await ground.store.read_work(lease)
        return await ground.store.commit(answer(work, ground.now), lease)

    async def turns() -> list[Committed]:
        leases = await ground.store.claim(ANNA, ground.now, CONVERSATIONS // KILLS + 1)
        return await asyncio.gather(*(turn(lease) for lease in leases))

    settled = await under_fire(migrated_postgres, lambda _number: [turns()])

    assert [answer for share in settled for answer in share] == [Committed.DONE] * CONVERSATIONS
    assert [await posted(ground, id_) for id_ in conversations] == [1] * CONVERSATIONS
    assert (await ground.store.figures())["lanes_waiting"] == 0


async def test_a_message_whose_commit_was_not_heard_of_is_no_duplicate(
    ground: Ground, connection: asyncpg.Connection
) -> None:
    conversation_id = await ground.open()
    arrivals = [Arrival(conversation_id, ground.inbound(conversation_id))]

    batch = await in_two_halves(
        connection, lambda connection, again: accept_all(connection, arrivals, again=again)
    )

    [received] = batch.answers
    assert (received.accepted.seq, received.accepted.duplicate) == (3, False)
    assert await ground.numbers(conversation_id) == [1, 2, 3]


async def test_a_change_whose_commit_was_not_heard_of_is_done(
    ground: Ground, connection: asyncpg.Connection
) -> None:
    lease, work = await ground.asked()
    proposals = [Proposal(answer(work, ground.now), lease)]

    batch = await in_two_halves(
        connection, lambda connection, again: commit_all(connection, proposals, again=again)
    )

    assert batch.answers == [Committed.DONE]
    assert await posted(ground, work.conversation.id) == 1


async def test_a_claim_whose_commit_was_not_heard_of_keeps_its_leases(
    ground: Ground, connection: asyncpg.Connection
) -> None:
    await ground.say(await ground.open())
    claim = Claim(ANNA, ground.now, 10, ground.now - SILENCE_MS, None)

    [lease] = await in_two_halves(connection, claim.run)

    work = await ground.store.read_work(lease)
    assert await ground.store.commit(answer(work, ground.now), lease) is Committed.DONE


async def test_deliveries_whose_claim_was_not_heard_of_are_known_not_to_have_left(
    ground: Ground, connection: asyncpg.Connection
) -> None:
    await ground.post(await ground.open(pulls=False), "reply")
    taking = Taking(ANNA, ground.now, 10, SILENCE_MS)

    [delivery] = await in_two_halves(connection, taking.run)

    assert (delivery.state, delivery.attempts) == (DeliveryState.QUEUED, 1)


async def test_an_end_whose_commit_was_not_heard_of_is_told_once(
    ground: Ground, connection: asyncpg.Connection
) -> None:
    conversation_id = await ground.open(pulls=False)
    await ground.post(conversation_id, "reply")
    failed = attempt(await ground.delivery(), DeliveryState.FAILED, ground.now, error="gone")

    await in_two_halves(
        connection,
        lambda connection, again: record_all(connection, [Report(ANNA, failed)], again=again),
    )

    assert await ground.states(conversation_id) == [DeliveryState.FAILED]
    assert await ground.numbers(conversation_id) == [1, 2]

"""Figures say how much waits, and for whom."""

from __future__ import annotations

from fondaco.domain import lifecycle
from fondaco.domain.conversation import Status
from fondaco.domain.deliveries import DeliveryState
from fondaco.domain.people import SYSTEM, AssigneeKind
from fondaco.storage.rules import FIGURES
from tests.contract.store_support import (
    ANNA,
    BERT,
    LIN,
    OTHER_SHOP,
    SHOP,
    SILENCE_MS,
    Ground,
    answer,
    attempt,
    request_person,
)


async def test_an_empty_house_has_nothing_to_do(ground: Ground) -> None:
    figures = await ground.store.figures()

    assert figures == dict.fromkeys(FIGURES, 0)


async def test_lanes_are_counted_by_what_they_wait_for(ground: Ground) -> None:
    held, due, later = await ground.open_many(3)
    await ground.say(held)
    await ground.lease()
    await ground.say(due)
    await ground.say(later, burst_ms=5_000)

    figures = await ground.store.figures()

    assert (figures["lanes_waiting"], figures["lanes_due"], figures["lanes_leased"]) == (3, 1, 1)


async def test_what_a_silent_worker_holds_is_due(ground: Ground) -> None:
    await ground.asked()
    await ground.clock.advance(SILENCE_MS / 1000)

    figures = await ground.store.figures()

    assert (figures["lanes_due"], figures["lanes_leased"]) == (1, 0)


async def test_deliveries_are_counted_by_their_state(ground: Ground) -> None:
    lease, work = await ground.asked(pulls=False)
    await ground.store.commit(answer(work, ground.now), lease)
    await ground.post(work.conversation.id, "second", SYSTEM)
    await ground.post(work.conversation.id, "third", SYSTEM)
    await ground.store.record_attempt(
        ANNA, attempt(await ground.delivery(), DeliveryState.FAILED, ground.now)
    )
    await ground.delivery(BERT)

    figures = await ground.store.figures()

    assert (figures["deliveries_failed"], figures["deliveries_sending"], figures["deliveries_queued"]) == (
        1,
        1,
        1,
    )


async def test_open_conversations_and_handoffs_are_counted(ground: Ground) -> None:
    lease, work = await ground.asked()
    await ground.store.commit(request_person(work.conversation, ground.now), lease)

    figures = await ground.store.figures()

    assert (figures["conversations_open"], figures["handoffs_open"]) == (1, 1)


async def test_counts_name_every_status_and_every_assignee(ground: Ground) -> None:
    asked, taken, resolved, _ = await ground.open_many(4)
    await ground.open("other", shop=OTHER_SHOP)
    await ground.say(asked)
    await ground.say(taken)
    await ground.say(resolved)
    await ground.store.commit(lifecycle.take_over(await ground.current(taken), LIN, None, ground.now))
    await ground.store.commit(lifecycle.resolve(await ground.current(resolved), LIN, None, ground.now))

    assert await ground.store.counts(SHOP) == {
        Status.OPEN: 3,
        Status.RESOLVED: 1,
        AssigneeKind.ASSISTANT: 1,
        AssigneeKind.TEAMMATE: 1,
        AssigneeKind.TEAM: 0,
        AssigneeKind.NOBODY: 1,
    }

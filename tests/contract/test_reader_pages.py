"""Lists come in pages, in an order that can be relied on, and never across the wall between shops."""

from __future__ import annotations

import asyncio
from itertools import chain

import pytest

from fondaco.domain import lifecycle
from fondaco.domain.conversation import Conversation, Status
from fondaco.domain.errors import InvalidInput, NotFound
from fondaco.domain.ids import ContactId, ConversationId, HandoffId, WorkspaceId
from fondaco.domain.listing import ConversationFilter
from fondaco.domain.people import AssigneeKind
from tests.contract.store_support import LIN, OTHER_SHOP, SHOP, Ground, request_person

ALL = ConversationFilter(workspace_id=SHOP)


async def pages(ground: Ground, limit: int, cursor: str | None = None) -> list[list[ConversationId]]:
    """Turn the pages to the last one."""
    page = await ground.store.conversations(ALL, cursor, limit)
    rest = [] if page.next_cursor is None else await pages(ground, limit, page.next_cursor)
    return [[conversation.id for conversation in page.items], *rest]


async def listed(ground: Ground, filter_: ConversationFilter) -> list[ConversationId]:
    page = await ground.store.conversations(filter_, None, 100)
    return [conversation.id for conversation in page.items]


async def test_the_newest_change_comes_first(ground: Ground) -> None:
    old, new = await ground.open("old"), await ground.open("new", at_ms=ground.now + 5)

    assert await listed(ground, ALL) == [new, old]


async def test_pages_hold_everything_once(ground: Ground) -> None:
    made = await ground.open_many(7)

    turned = await pages(ground, 3)

    assert [len(page) for page in turned] == [3, 3, 1]
    assert sorted(chain.from_iterable(turned)) == made


@pytest.mark.parametrize("count", [3, 0])
async def test_a_page_that_is_just_filled_is_the_last(ground: Ground, count: int) -> None:
    await ground.open_many(count)

    page = await ground.store.conversations(ALL, None, 3)

    assert (len(page.items), page.next_cursor) == (count, None)


async def test_changes_on_the_way_lose_nothing_that_stood_still_and_double_nothing(ground: Ground) -> None:
    made = await ground.open_many(6)
    first = await ground.store.conversations(ALL, None, 2)
    await ground.open("new", at_ms=ground.now + 10)
    await ground.say(first.items[0].id, later_ms=20)

    rest = await pages(ground, 2, first.next_cursor)

    assert sorted(chain((conversation.id for conversation in first.items), *rest)) == made


async def test_what_changes_comes_to_the_front(ground: Ground) -> None:
    first, *_ = await ground.open_many(5)

    await ground.say(first, later_ms=20)

    assert (await listed(ground, ALL))[0] == first


@pytest.mark.parametrize("cursor", ["", "nonsense", "bm9uc2Vuc2U", "W10", "WzEsMiwzXQ", "🧣", "null"])
async def test_a_cursor_that_nobody_gave_out_is_refused(ground: Ground, cursor: str) -> None:
    with pytest.raises(InvalidInput):
        await ground.store.conversations(ALL, cursor, 10)


async def test_a_filter_shows_only_what_it_names(ground: Ground) -> None:
    asked, taken, resolved, silent = await ground.open_many(4)
    await ground.say(asked)
    await ground.say(taken)
    await ground.say(resolved)
    await ground.store.commit(lifecycle.take_over(await ground.current(taken), LIN, None, ground.now))
    await ground.store.commit(lifecycle.resolve(await ground.current(resolved), LIN, None, ground.now))

    by = {
        "status": ConversationFilter(workspace_id=SHOP, status=Status.RESOLVED),
        "kind": ConversationFilter(workspace_id=SHOP, assignee_kind=AssigneeKind.ASSISTANT),
        "assignee": ConversationFilter(
            workspace_id=SHOP, assignee_kind=AssigneeKind.TEAMMATE, assignee_id=LIN.id
        ),
        "contact": ConversationFilter(workspace_id=SHOP, contact_id=ContactId("ctc_003")),
    }

    assert await listed(ground, by["status"]) == [resolved]
    assert await listed(ground, by["kind"]) == [asked]
    assert await listed(ground, by["assignee"]) == [taken]
    assert await listed(ground, by["contact"]) == [silent]


async def test_records_come_from_where_one_stopped_reading(ground: Ground) -> None:
    conversation_id = await ground.open()
    await ground.say(conversation_id, name="m1")
    await ground.say(conversation_id, name="m2")

    found = await ground.store.records(SHOP, conversation_id, 1, 2)

    assert [record.seq for record in found] == [2, 3]
    assert await ground.store.records(SHOP, conversation_id, 4, 10) == []


async def test_another_shops_conversation_does_not_exist(ground: Ground) -> None:
    conversation_id = await ground.open()
    await ground.say(conversation_id)

    with pytest.raises(NotFound):
        await ground.store.conversation(OTHER_SHOP, conversation_id)
    with pytest.raises(NotFound):
        await ground.store.records(OTHER_SHOP, conversation_id, 0, 10)
    assert await listed(ground, ConversationFilter(workspace_id=OTHER_SHOP)) == []
    assert await ground.store.deliveries(OTHER_SHOP, conversation_id) == []


async def test_what_two_shops_ask_at_the_same_time_is_told_apart(ground: Ground) -> None:
    conversation_id = await ground.open()

    own, foreign = await asyncio.gather(
        ground.store.conversation(SHOP, conversation_id),
        ground.store.conversation(OTHER_SHOP, conversation_id),
        return_exceptions=True,
    )

    assert isinstance(own, Conversation)
    assert isinstance(foreign, NotFound)


async def test_another_shops_handoff_does_not_exist(ground: Ground) -> None:
    lease, work = await ground.asked()
    await ground.store.commit(request_person(work.conversation, ground.now), lease)

    with pytest.raises(NotFound):
        await ground.store.handoff(OTHER_SHOP, HandoffId("hnd_one"))
    assert await ground.store.open_handoff(OTHER_SHOP, work.conversation.id) is None
    assert await ground.store.handoffs(OTHER_SHOP, only_open=False, limit=10) == []


@pytest.mark.parametrize("shop", [SHOP, OTHER_SHOP])
async def test_what_does_not_exist_is_not_found(ground: Ground, shop: WorkspaceId) -> None:
    with pytest.raises(NotFound):
        await ground.store.conversation(shop, ConversationId("cnv_nowhere"))
    with pytest.raises(NotFound):
        await ground.store.records(shop, ConversationId("cnv_nowhere"), 0, 10)
    with pytest.raises(NotFound):
        await ground.store.handoff(shop, HandoffId("hnd_nowhere"))


async def test_the_longest_waiting_handoff_comes_first(ground: Ground) -> None:
    for_names = [("late", 30), ("early", 10), ("middle", 20)]
    bases = [(name, later, await _asked(ground, name)) for name, later in for_names]
    [await ground.store.commit(request_person(base, ground.now + later, name)) for name, later, base in bases]

    found = await ground.store.handoffs(SHOP, only_open=True, limit=2)

    assert [handoff.id for handoff in found] == ["hnd_early", "hnd_middle"]


async def test_a_handoff_that_was_given_back_is_open_no_more(ground: Ground) -> None:
    base = await _asked(ground, "one")
    opened = request_person(base, ground.now)
    await ground.store.commit(opened)
    resolved = lifecycle.resolve(opened.after, LIN, opened.handoff, ground.now + 5)
    await ground.store.commit(resolved)

    assert await ground.store.handoffs(SHOP, only_open=True, limit=10) == []
    assert len(await ground.store.handoffs(SHOP, only_open=False, limit=10)) == 1


async def test_a_conversation_that_was_handed_over_twice_has_one_open_handoff(ground: Ground) -> None:
    opened = request_person(await _asked(ground, "one"), ground.now, "first")
    resolved = lifecycle.resolve(opened.after, LIN, opened.handoff, ground.now + 5)
    await ground.store.commit(opened)
    await ground.store.commit(resolved)
    await ground.say(opened.after.id, name="m2", later_ms=10)
    again = request_person(await ground.current(opened.after.id), ground.now + 20, "second")
    await ground.store.commit(again)

    found = await ground.store.open_handoff(SHOP, opened.after.id)

    assert found == again.handoff


async def _asked(ground: Ground, name: str) -> Conversation:
    return (await ground.say(await ground.open(name))).conversation

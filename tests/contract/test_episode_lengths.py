"""How long episodes were: both databases must count what was counted by hand."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncEngine

from fondaco.domain import events as ev
from fondaco.domain.ids import MessageId, TurnId, WorkspaceId
from fondaco.storage import schema
from fondaco.storage.lengths import QUIET_MS, episode_lengths, lengths_of_episodes
from tests.contract.registry_fixtures import *  # noqa: F403
from tests.contract.test_reports import conversation_row, event_row

SHOP, OTHER = WorkspaceId("wsp_shop"), WorkspaceId("wsp_other")
NOW_MS = 10 * QUIET_MS
ASKED = ev.ModelAsked(turn_id=TurnId("trn_1"), step=1, target="m")
SAID = ev.MessageReceived(message_id=MessageId("msg_1"), text="Hello")


def events(conversation: str, *episodes: tuple[str | None, int]) -> list[dict[str, Any]]:
    """Return so many requests to a model in each episode, and a message before each."""
    named = [episode for episode, times in episodes for _ in range(times)]
    kinds = [(episode, event) for episode in named for event in (SAID, ASKED)]
    return [
        event_row(conversation, seq, seq, event) | {"episode_id": episode}
        for seq, (episode, event) in enumerate(kinds, 1)
    ]


async def fill(engine: AsyncEngine, conversation: dict[str, Any], rows: list[dict[str, Any]]) -> None:
    async with engine.begin() as connection:
        await connection.execute(insert(schema.conversation), conversation)
        await connection.execute(insert(schema.event), rows)


async def test_where_nobody_has_written_yet_no_length_is_known(engine: AsyncEngine) -> None:
    assert await episode_lengths(engine, SHOP, NOW_MS) == {}


async def test_ended_episodes_are_counted_by_their_requests(engine: AsyncEngine) -> None:
    first, second = conversation_row("cnv_1", SHOP, NOW_MS), conversation_row("cnv_2", SHOP, NOW_MS)
    other = conversation_row("cnv_3", OTHER, NOW_MS)
    await fill(engine, first, events("cnv_1", ("epi_1", 3), ("epi_2", 2), (None, 1)))
    await fill(engine, second, events("cnv_2", ("epi_3", 3)))
    await fill(engine, other, events("cnv_3", ("epi_4", 9)))

    assert await episode_lengths(engine, SHOP, NOW_MS) == {3: 2, 2: 1}


@pytest.mark.parametrize(
    ("updated_at_ms", "lengths"), [(NOW_MS - QUIET_MS, {2: 1}), (NOW_MS - QUIET_MS - 1, {2: 1, 5: 1})]
)
async def test_an_open_episode_counts_once_it_was_quiet_for_a_week(
    engine: AsyncEngine, updated_at_ms: int, lengths: dict[int, int]
) -> None:
    going_on = conversation_row("cnv_1", SHOP, updated_at_ms) | {"episode_id": "epi_2"}
    await fill(engine, going_on, events("cnv_1", ("epi_1", 2), ("epi_2", 5)))

    assert await episode_lengths(engine, SHOP, NOW_MS) == lengths


async def test_the_address_of_the_database_is_enough(engine: AsyncEngine, migrated_url: str) -> None:
    await fill(engine, conversation_row("cnv_1", SHOP, 0), events("cnv_1", ("epi_1", 4)))

    assert await lengths_of_episodes(migrated_url, SHOP, NOW_MS) == {4: 1}

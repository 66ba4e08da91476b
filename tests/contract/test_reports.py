"""The report of outcomes: both databases must give the numbers that were counted by hand."""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec
import pytest
from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncEngine

from fondaco.domain import events as ev
from fondaco.domain.deliveries import DeliveryState
from fondaco.domain.events import OutcomeKind
from fondaco.domain.handoffs import Handoff, HandoffReason
from fondaco.domain.ids import ConversationId, EpisodeId, HandoffId, TeamId, WorkspaceId
from fondaco.storage import schema
from fondaco.storage.reports import DAY_MS, DayReport, Share, outcome_report
from tests.contract.registry_fixtures import *  # noqa: F403

SHOP, OTHER = WorkspaceId("wsp_shop"), WorkspaceId("wsp_other")
MONDAY = 20_003 * DAY_MS  # 2024-10-07
NEXT = MONDAY + DAY_MS


def turn_row(
    number: int, at_ms: int, outcome: str, duration_ms: float, workspace: str = SHOP
) -> dict[str, Any]:
    return {
        "id": f"trn_{number}",
        "workspace_id": workspace,
        "conversation_id": "cnv_1",
        "outcome": outcome,
        "route": "local",
        "started_at_ms": at_ms,
        "duration_ms": duration_ms,
        "restarts": 0,
        "cost_pico": 0,
        "currency": "USD",
    }


def handoff_row(
    number: int, at_ms: int, reason: HandoffReason, workspace: WorkspaceId = SHOP
) -> dict[str, Any]:
    handoff = Handoff(
        id=HandoffId(f"hnd_{number}"),
        workspace_id=workspace,
        conversation_id=ConversationId("cnv_1"),
        episode_id=EpisodeId("epi_1"),
        reason=reason,
        team_id=TeamId("tem_1"),
        summary='He said "reason": no.',
        opened_at_ms=at_ms,
    )
    return {
        "id": handoff.id,
        "workspace_id": workspace,
        "conversation_id": "cnv_1",
        "body": msgspec.json.encode(handoff).decode(),
        "opened_at_ms": at_ms,
    }


def conversation_row(id_: str, workspace: str, updated_at_ms: int) -> dict[str, Any]:
    return {
        "id": id_,
        "workspace_id": workspace,
        "connection_id": "con_1",
        "contact_id": "ctc_1",
        "external_id": id_,
        "pulls": False,
        "status": "open",
        "assignee_kind": "nobody",
        "assignee_id": "",
        "epoch": 0,
        "last_seq": 9,
        "subject": "",
        "created_at_ms": 0,
        "updated_at_ms": updated_at_ms,
    }


def event_row(conversation: str, seq: int, at_ms: int, event: ev.Event) -> dict[str, Any]:
    return {
        "conversation_id": conversation,
        "seq": seq,
        "at_ms": at_ms,
        "type": ev.kind_of(event),
        "body": msgspec.json.encode(event).decode(),
    }


def delivery_row(conversation: str, seq: int, state: str) -> dict[str, Any]:
    return {
        "id": f"dlv_{conversation}_{seq}",
        "workspace_id": SHOP,
        "conversation_id": conversation,
        "connection_id": "con_1",
        "message_id": f"msg_{conversation}_{seq}",
        "seq": seq,
        "text": "",
        "by_assistant": True,
        "epoch": 0,
        "state": state,
        "attempts": 1,
        "due_at_ms": 0,
    }


async def fill(engine: AsyncEngine, **rows: list[dict[str, Any]]) -> None:
    async with engine.begin() as connection:
        for table, values in rows.items():
            await connection.execute(insert(schema.metadata.tables[table]), values)


async def test_a_day_without_anything_is_left_out(engine: AsyncEngine) -> None:
    assert await outcome_report(engine, SHOP, 0, 2**50) == []


async def test_turns_are_counted_by_day_and_outcome(engine: AsyncEngine) -> None:
    rows = [
        turn_row(1, MONDAY, "reply", 10),
        turn_row(2, NEXT - 1, "reply", 10),
        turn_row(3, NEXT - 1, "handoff", 10),
        turn_row(4, NEXT, "silence", 10),
        turn_row(5, MONDAY, "silence", 10, workspace=OTHER),
    ]
    await fill(engine, turn=rows)

    first, second = await outcome_report(engine, SHOP, MONDAY, NEXT + DAY_MS)

    assert first.day == date(2024, 10, 7)
    assert first.turns == {OutcomeKind.REPLY: 2, OutcomeKind.HANDOFF: 1}
    assert first.share_of_turns(OutcomeKind.REPLY) == Share(2, 3)
    assert second.turns == {OutcomeKind.SILENCE: 1}


async def test_what_began_before_the_span_or_at_its_end_is_left_out(engine: AsyncEngine) -> None:
    times = [MONDAY - 1, MONDAY, NEXT - 1, NEXT]
    await fill(engine, turn=[turn_row(number, at_ms, "reply", 1) for number, at_ms in enumerate(times)])

    [day] = await outcome_report(engine, SHOP, MONDAY, NEXT)

    assert day.turns == {OutcomeKind.REPLY: 2}


@pytest.mark.parametrize(
    ("durations", "median", "p95"),
    [
        ([7.5], 7.5, 7.5),
        ([30.0, 10.0], 10.0, 30.0),
        ([3.0, 1.0, 2.0], 2.0, 3.0),
        ([float(number) for number in range(20, 0, -1)], 10.0, 19.0),
        ([float(number) for number in range(1, 101)], 50.0, 95.0),
        ([5.0] * 40, 5.0, 5.0),
    ],
)
async def test_percentiles_are_the_nearest_rank(
    engine: AsyncEngine, durations: list[float], median: float, p95: float
) -> None:
    rows = [turn_row(number, MONDAY, "reply", each) for number, each in enumerate(durations)]
    await fill(engine, turn=rows)

    [day] = await outcome_report(engine, SHOP, MONDAY, NEXT)

    assert (day.median_ms, day.p95_ms) == (median, p95)


async def test_handoffs_are_counted_by_reason(engine: AsyncEngine) -> None:
    rows = [
        handoff_row(1, MONDAY, HandoffReason.ASKED_FOR),
        handoff_row(2, MONDAY, HandoffReason.ASKED_FOR),
        handoff_row(3, MONDAY, HandoffReason.POLICY),
        handoff_row(4, MONDAY, HandoffReason.SAFETY, OTHER),
    ]
    await fill(engine, handoff=rows)

    [day] = await outcome_report(engine, SHOP, MONDAY, NEXT)

    assert day.handoffs == {HandoffReason.ASKED_FOR: 2, HandoffReason.POLICY: 1}


async def test_deliveries_count_on_the_day_of_their_message(engine: AsyncEngine) -> None:
    note = ev.RatingGiven(stars=1)
    await fill(
        engine,
        conversation=[conversation_row("cnv_1", SHOP, NEXT), conversation_row("cnv_2", OTHER, NEXT)],
        event=[
            event_row("cnv_1", 1, MONDAY, note),
            event_row("cnv_1", 2, MONDAY, note),
            event_row("cnv_1", 3, NEXT, note),
            event_row("cnv_2", 1, MONDAY, note),
        ],
        delivery=[
            delivery_row("cnv_1", 1, "sent"),
            delivery_row("cnv_1", 2, "unknown"),
            delivery_row("cnv_1", 3, "sent"),
            delivery_row("cnv_2", 1, "failed"),
        ],
    )

    first, second = await outcome_report(engine, SHOP, MONDAY, NEXT + DAY_MS)

    assert first.deliveries == {DeliveryState.SENT: 1, DeliveryState.UNKNOWN: 1}
    assert first.share_of_deliveries(DeliveryState.SENT) == Share(1, 2)
    assert second.deliveries == {DeliveryState.SENT: 1}


async def test_ratings_are_counted_and_their_mean_is_exact(engine: AsyncEngine) -> None:
    stars = [5, 4, 4]
    opened = ev.EpisodeOpened(episode_id=EpisodeId("epi_1"))
    ratings = [
        event_row("cnv_1", seq, MONDAY, ev.RatingGiven(stars=each)) for seq, each in enumerate(stars, 2)
    ]
    await fill(
        engine,
        conversation=[conversation_row("cnv_1", SHOP, MONDAY), conversation_row("cnv_2", OTHER, MONDAY)],
        event=[
            event_row("cnv_1", 1, MONDAY, opened),
            *ratings,
            event_row("cnv_2", 1, MONDAY, opened),
            event_row("cnv_2", 2, MONDAY, ev.RatingGiven(stars=1)),
        ],
    )

    [day] = await outcome_report(engine, SHOP, MONDAY, NEXT)

    assert (day.ratings, day.stars, day.mean_stars) == (3, 13, 13 / 3)


async def test_a_rating_counts_on_the_day_on_which_the_episode_before_it_was_opened(
    engine: AsyncEngine,
) -> None:
    earlier, later = (ev.EpisodeOpened(episode_id=EpisodeId(name)) for name in ("epi_1", "epi_2"))
    await fill(
        engine,
        conversation=[conversation_row("cnv_1", SHOP, NEXT + DAY_MS)],
        event=[
            event_row("cnv_1", 1, MONDAY - 1, earlier),
            event_row("cnv_1", 2, MONDAY, ev.RatingGiven(stars=1)),
            event_row("cnv_1", 3, MONDAY, later),
            event_row("cnv_1", 4, NEXT, ev.RatingGiven(stars=5)),
        ],
    )

    [day] = await outcome_report(engine, SHOP, MONDAY, NEXT)

    assert (day.day, day.ratings, day.stars) == (date(2024, 10, 7), 1, 5)


def test_a_share_of_nothing_has_no_rate() -> None:
    day = DayReport(day=date(2024, 10, 7))

    assert day.share_of_turns(OutcomeKind.REPLY).rate is None
    assert day.mean_stars is None
    assert Share(1, 4).rate == 0.25

"""What became of the conversations, day by day: counts, and beside each rate the counts it is made of.

Days are UTC.  Both databases give the same numbers: percentiles are picked by rank in plain SQL, and means
are divided here.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any

import msgspec
from sqlalchemy import (
    ColumnElement,
    Executable,
    Integer,
    Label,
    Row,
    String,
    and_,
    case,
    cast,
    func,
    literal_column,
    select,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from fondaco.domain.deliveries import DeliveryState
from fondaco.domain.events import EpisodeOpened, OutcomeKind, RatingGiven
from fondaco.domain.handoffs import HandoffReason
from fondaco.domain.ids import WorkspaceId
from fondaco.storage.database import place_of_engine, reading, told_of
from fondaco.storage.schema import conversation, delivery, event, handoff, turn

DAY_MS = 86_400_000

_Days = defaultdict[int, dict[str, Any]]  #: by the number of the day since 1970, what a DayReport is made of


class Share(msgspec.Struct, frozen=True):
    """A part of a whole, with both counts."""

    count: int
    of: int

    @property
    def rate(self) -> float | None:
        """The part as a fraction, 0 to 1; None of nothing."""
        return self.count / self.of if self.of else None


class DayReport(msgspec.Struct, frozen=True, kw_only=True):
    """One day.  Kinds that did not occur are missing from the mappings."""

    day: date
    turns: dict[OutcomeKind, int] = {}  #: by the day they began
    handoffs: dict[HandoffReason, int] = {}  #: by the day they were opened
    deliveries: dict[DeliveryState, int] = {}  #: by the day of their message, and their state now
    median_ms: float | None = None  #: of a turn, from the claim to the settling write; None: no turns
    p95_ms: float | None = None
    ratings: int = 0  #: by the day on which the episode that they follow was opened
    stars: int = 0  #: sum over all ratings

    def share_of_turns(self, outcome: OutcomeKind) -> Share:
        """Return how many of the day's turns ended so."""
        return Share(self.turns.get(outcome, 0), sum(self.turns.values()))

    def share_of_deliveries(self, state: DeliveryState) -> Share:
        """Return how many of the day's deliveries are in this state."""
        return Share(self.deliveries.get(state, 0), sum(self.deliveries.values()))

    @property
    def mean_stars(self) -> float | None:
        """The mean rating, 1 to 5; None without ratings."""
        return self.stars / self.ratings if self.ratings else None


async def outcome_report(
    engine: AsyncEngine, workspace_id: WorkspaceId, since_ms: int, until_ms: int
) -> list[DayReport]:
    """Return the days from ``since_ms`` to before ``until_ms`` on which anything happened, the oldest first.

    Percentiles are nearest-rank: the smallest duration that at least that share of the turns did not exceed.
    Raises StorageError or one of its kin.
    """
    span = _Span(workspace_id=workspace_id, since_ms=since_ms, until_ms=until_ms)
    postgres = engine.dialect.name == "postgresql"
    days: _Days = defaultdict(dict)
    with told_of(place_of_engine(engine)):
        async with reading(engine).connect() as connection:
            _count(days, "turns", OutcomeKind, await _rows(connection, _turns(span)))
            _count(
                days, "handoffs", HandoffReason, await _rows(connection, _handoffs(span, postgres=postgres))
            )
            _count(days, "deliveries", DeliveryState, await _rows(connection, _deliveries(span)))
            for row in await _rows(connection, _durations(span)):
                days[row.day] |= {"median_ms": row.median_ms, "p95_ms": row.p95_ms}
            for row in await _rows(connection, _ratings(span, postgres=postgres)):
                days[row.day] |= {"ratings": row.ratings, "stars": row.stars}
    return [DayReport(day=_date(number), **days[number]) for number in sorted(days)]


class _Span(msgspec.Struct, frozen=True, kw_only=True):
    """Whose days, and from when to before when."""

    workspace_id: WorkspaceId
    since_ms: int
    until_ms: int

    def holds(self, workspace: ColumnElement[Any], at_ms: ColumnElement[int]) -> ColumnElement[bool]:
        return and_(workspace == self.workspace_id, at_ms >= self.since_ms, at_ms < self.until_ms)


async def _rows(connection: AsyncConnection, question: Executable) -> list[Row[Any]]:
    return list((await connection.execute(question)).all())


def _turns(span: _Span) -> Executable:
    day = _day(turn.c.started_at_ms)
    found = select(day, turn.c.outcome.label("kind"), func.count().label("number"))
    return found.where(span.holds(turn.c.workspace_id, turn.c.started_at_ms)).group_by(day, turn.c.outcome)


def _durations(span: _Span) -> Executable:
    day = _day(turn.c.started_at_ms)
    ranked = (
        select(
            day,
            turn.c.duration_ms,
            func.row_number().over(partition_by=day.element, order_by=turn.c.duration_ms).label("rank"),
            func.count().over(partition_by=day.element).label("number"),
        )
        .where(span.holds(turn.c.workspace_id, turn.c.started_at_ms))
        .subquery()
    )

    def at_percent(percent: int) -> ColumnElement[float]:
        # Nearest rank in whole numbers: the ceiling of number * percent / 100.
        wanted = (ranked.c.number * percent + 99) // 100
        return func.max(case((ranked.c.rank == wanted, ranked.c.duration_ms)))

    columns = (at_percent(50).label("median_ms"), at_percent(95).label("p95_ms"))
    return select(ranked.c.day, *columns).group_by(ranked.c.day)


def _handoffs(span: _Span, *, postgres: bool) -> Executable:
    day, reason = _day(handoff.c.opened_at_ms), _in_json(handoff.c.body, "reason", postgres=postgres)
    found = select(day, reason.label("kind"), func.count().label("number"))
    return found.where(span.holds(handoff.c.workspace_id, handoff.c.opened_at_ms)).group_by(day, reason)


def _deliveries(span: _Span) -> Executable:
    day = _day(event.c.at_ms)
    posted = and_(event.c.conversation_id == delivery.c.conversation_id, event.c.seq == delivery.c.seq)
    found = (
        select(day, delivery.c.state.label("kind"), func.count().label("number"))
        .select_from(conversation)
        .join(delivery, delivery.c.conversation_id == conversation.c.id)
        .join(event, posted)
    )
    return found.where(_of_events(span)).group_by(day, delivery.c.state)


def _ratings(span: _Span, *, postgres: bool) -> Executable:
    opened = event.alias("opened")
    # A rating after closing is stored outside of every episode: it belongs to the last one before it.
    opened_at_ms = (
        select(opened.c.at_ms)
        .where(
            opened.c.conversation_id == event.c.conversation_id,
            opened.c.type == EpisodeOpened.__name__,
            opened.c.seq < event.c.seq,
        )
        .order_by(opened.c.seq.desc())
        .limit(1)
        .correlate(event)
        .scalar_subquery()
    )
    stars = cast(_in_json(event.c.body, "stars", postgres=postgres), Integer)
    rated = (
        select(conversation.c.workspace_id, opened_at_ms.label("at_ms"), stars.label("stars"))
        .select_from(conversation)
        .join(event, event.c.conversation_id == conversation.c.id)
        .where(_lively(span), event.c.type == RatingGiven.__name__)
        .subquery()
    )
    day = _day(rated.c.at_ms)
    found = select(day, func.count().label("ratings"), func.sum(rated.c.stars).label("stars"))
    return found.where(span.holds(rated.c.workspace_id, rated.c.at_ms)).group_by(day)


def _of_events(span: _Span) -> ColumnElement[bool]:
    return and_(_lively(span), span.holds(conversation.c.workspace_id, event.c.at_ms))


def _lively(span: _Span) -> ColumnElement[bool]:
    # No event is younger than its conversation's last change, which is indexed; an event's time is not.
    return and_(
        conversation.c.workspace_id == span.workspace_id, conversation.c.updated_at_ms >= span.since_ms
    )


def _day(at_ms: ColumnElement[int]) -> Label[int]:
    # Written out: PostgreSQL takes an expression with two parameters for two expressions.
    return (at_ms // literal_column(str(DAY_MS), Integer)).label("day")


def _in_json(column: ColumnElement[str], key: str, *, postgres: bool) -> ColumnElement[str]:
    """Return a member of the JSON object in a column of text."""
    if postgres:
        member: ColumnElement[str] = cast(column, postgresql.JSONB)[key].astext
        return member
    return func.json_extract(column, f"$.{key}", type_=String)


def _count(days: _Days, counts: str, kind: type[StrEnum], rows: list[Row[Any]]) -> None:
    for row in rows:
        days[row.day].setdefault(counts, {})[kind(row.kind)] = row.number


def _date(number: int) -> date:
    return datetime.fromtimestamp(number * DAY_MS / 1000, UTC).date()

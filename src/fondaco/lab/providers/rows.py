"""The rows of the matrix: what is broken, at which provider, and who may answer then."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

import msgspec

from fondaco.domain.errors import ConfigurationError
from fondaco.lab.providers.plan import MatrixPlan, Mode
from fondaco.lab.providers.seen import By
from fondaco.lab.providers.words import House, Topic, question, script_of
from fondaco.testing.provider.faults import Fault, can_show
from fondaco.testing.provider.script import Ask, Line, Offered, Role, WireName

MODELS = (By.FIRST, By.SECOND)
ELSEWHERE = (By.SECOND,)
WITHOUT_MODELS = (By.LOCAL, By.PERSON)


class Place(StrEnum):
    """An address at which no answer can be had."""

    REFUSED = "refused_address"  #: nobody listens
    UNRESOLVABLE = "unresolvable_name"  #: nobody knows the name
    UNANSWERED = "unanswered_address"  #: connections wait for ever
    SELF_SIGNED = "tls_self_signed"
    EXPIRED = "tls_expired"
    OTHER_HOST = "tls_other_host"


Trouble = Fault | Place | None


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """What is broken."""

    name: str
    first: Trouble = None
    second: Trouble = None
    allowed: tuple[By, ...] = ELSEWHERE
    topics: tuple[Topic, ...] = (Topic.LAMPS,)
    no_money: bool = False  #: a budget is used up
    overruns: bool = False  #: a provider makes more than it was asked for, or than anybody reads


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """One cell to be played."""

    row: Row
    wire: WireName  #: of the first provider
    mode: Mode


#: Faults after which the first provider's answer is whole, or is once it is asked again.
_BEARABLE = frozenset(
    {
        Fault.KEEP_ALIVE,
        Fault.MISSING_END,  # what proves the end differs: a finish reason is enough for some
        Fault.USAGE_MISSING,
        Fault.USAGE_DOUBLED,
        Fault.USAGE_EVERYWHERE,
        Fault.SPLIT_UTF8,
        Fault.PLAIN_FOR_STREAM,
        Fault.DRIP,
        *(Fault.INTERLEAVED_TOOLS, Fault.WHOLE_TOOL_CALL, Fault.WRONG_ARGUMENTS),
    }
)
#: An answer that is whole and wrong was not the provider's fault; the guard holds it back, and whoever is
#: next on the ladder answers: stronger models, stored texts, a person.
_HELD_BACK = frozenset({Fault.LEAKED_MARKUP, Fault.OTHER_LANGUAGE})
_ALLOWED = dict.fromkeys(_BEARABLE, MODELS) | dict.fromkeys(_HELD_BACK, (By.SECOND, *WITHOUT_MODELS))
_OVERRUNNING = frozenset({Fault.HUGE, Fault.MALFORMED})
_OF_TOOLS = frozenset({Fault.INTERLEAVED_TOOLS, Fault.WHOLE_TOOL_CALL, Fault.WRONG_ARGUMENTS})
_BOTH = (
    *(Fault.UNAVAILABLE, Fault.CUT, Fault.RESET, Fault.STALL_FIRST, Fault.STALL_MIDDLE, Fault.RATE_LIMITED),
    *(Fault.WRONG_KEY, Fault.QUOTA, Fault.NOTHING, Fault.LEAKED_MARKUP, Fault.OTHER_LANGUAGE, Fault.HUGE),
    *(Place.REFUSED, Place.SELF_SIGNED),
)
_MIXED = (
    (Fault.CUT, Fault.RATE_LIMITED),
    (Fault.STALL_HEADERS, Fault.MALFORMED),
    (Fault.LEAKED_MARKUP, Fault.ERROR_IN_200),
)
_LAST = (Topic.STORED, Topic.UNKNOWN)


def all_rows() -> tuple[Row, ...]:
    """Return every row, in the order in which it is printed."""
    single = [_of_fault(fault) for fault in Fault]
    places = [Row(name=place.value, first=place) for place in Place]
    both = [
        Row(
            name=f"all: {one.value}",
            first=one,
            second=one,
            allowed=WITHOUT_MODELS,
            topics=_LAST,
            overruns=one in _OVERRUNNING,
        )
        for one in _BOTH
    ]
    mixed = [
        Row(
            name=f"all: {one.value}, {other.value}",
            first=one,
            second=other,
            allowed=WITHOUT_MODELS,
            topics=_LAST,
            overruns=not _OVERRUNNING.isdisjoint({one, other}),
        )
        for one, other in _MIXED
    ]
    money = Row(name="budget used up", no_money=True, allowed=WITHOUT_MODELS, topics=_LAST)
    return (Row(name="none", allowed=(By.FIRST,)), *single, *places, *both, *mixed, money)


def cases(plan: MatrixPlan) -> list[Case]:
    """Return the cells of the plan, without those in which the fault cannot show.

    Raises ConfigurationError for a row that there is not.
    """
    rows = {row.name: row for row in all_rows()}
    unknown = [name for name in plan.rows if name not in rows]
    if unknown:
        raise ConfigurationError(f"There is no row {unknown[0]!r}; there are: {', '.join(rows)}.")
    chosen = [rows[name] for name in plan.rows] if plan.rows else list(rows.values())
    return [
        Case(row=row, wire=wire, mode=mode)
        for row in chosen
        for wire in plan.wires
        for mode in plan.modes
        if _shows(row, wire, mode)
    ]


def second_wire(first: WireName) -> WireName:
    """Return the protocol of the second provider, always another one."""
    wires = list(WireName)
    return wires[(wires.index(first) + 1) % len(wires)]


def _of_fault(fault: Fault) -> Row:
    return Row(
        name=fault.value,
        first=fault,
        allowed=_ALLOWED.get(fault, ELSEWHERE),
        overruns=fault in _OVERRUNNING,
        topics=(Topic.TOOLS,) if fault in _OF_TOOLS else (Topic.LAMPS,),
    )


def _shows(row: Row, wire: WireName, mode: Mode) -> bool:
    pairs: Sequence[tuple[Trouble, WireName]] = ((row.first, wire), (row.second, second_wire(wire)))
    return all(_can(trouble, at, mode, row.topics[0]) for trouble, at in pairs)


def _can(trouble: Trouble, wire: WireName, mode: Mode, topic: Topic) -> bool:
    if not isinstance(trouble, Fault):
        return True
    ask = Ask(
        wire=wire,
        model="",
        lines=(Line(role=Role.USER, text=question(topic, 0).text),),
        parts=(),
        tools=(Offered(name="shelf", schema=b"{}"),),
        stream=mode is Mode.STREAMED,
    )
    return can_show(trouble, ask, script_of(House.FIRST)(ask))

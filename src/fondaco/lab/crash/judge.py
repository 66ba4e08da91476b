"""The verdict of a drill, from what was seen outside and from the log that the API shows."""

from __future__ import annotations

from collections import Counter
from statistics import median
from typing import Any

import msgspec

from fondaco.lab.crash.ledger import Acknowledged, Ledger
from fondaco.lab.crash.merchant import Merchant
from fondaco.lab.crash.people import Wires
from fondaco.lab.crash.plan import Plan
from fondaco.lab.gates import Figure, Report, at_least, at_most, report

_PAGE = 100


class LogFaults(msgspec.Struct, frozen=True, kw_only=True):
    """What is wrong with the event logs."""

    gaps: int
    stored_twice: int
    lost: int
    assistant_spoke_over: int
    answered_twice: int


async def judged(plan: Plan, ledger: Ledger, wires: Wires, merchant: Merchant) -> Report:
    """Return the report; every figure that may not happen has the gate 0."""
    effects = await merchant.effects()
    conversations = sorted({one.conversation_id for one in ledger.acknowledged})
    logs = {one: await _log(wires, one) for one in conversations}
    faults = _log_faults(ledger, logs)
    none = at_most(0)
    figures = (
        Figure(name="kills", value=ledger.kills, gate=at_least(plan.kills)),
        Figure(name="messages acknowledged", value=len(ledger.acknowledged)),
        Figure(name="messages received by the channel", value=len(ledger.seen)),
        Figure(name="takeovers", value=len(ledger.taken_over)),
        Figure(name="tool effects", value=sum(effect.count for effect in effects)),
        Figure(name="requests repeated", value=ledger.retries),
        Figure(name="ready after start, median", value=median(ledger.ready_ms or [0.0]), unit="ms"),
        Figure(name="lost: acknowledged and not in the log", value=faults.lost, gate=none),
        Figure(name="lost: acknowledged and never answered", value=len(_open(ledger)), gate=none),
        Figure(name="stored twice", value=faults.stored_twice, gate=none),
        Figure(name="gaps in a log", value=faults.gaps, gate=none),
        Figure(name="doubled: received twice by the channel", value=ledger.doubled, gate=none),
        Figure(name="doubled: one turn answered twice", value=faults.answered_twice, gate=none),
        Figure(name="out of order", value=ledger.out_of_order, gate=none),
        Figure(name="two voices", value=ledger.two_voices + faults.assistant_spoke_over, gate=none),
        Figure(name="tool effects above one", value=sum(effect.count - 1 for effect in effects), gate=none),
        Figure(name="tool effects nobody asked for", value=_unasked(ledger, effects), gate=none),
    )
    notes = [_told(message, logs[message.conversation_id]) for message in _open(ledger)]
    title = f"Crash drill on {plan.database.value}, {plan.processes} process(es)"
    return report(title, figures, plan.seed, notes)


def _open(ledger: Ledger) -> list[Acknowledged]:
    return [message for message in ledger.acknowledged if not _has_answer(ledger, message)]


def _told(message: Acknowledged, records: list[dict[str, Any]]) -> str:
    """Return what the log holds since a message that nobody answered, for whoever looks for the reason."""
    since = [f"{one['seq']} {one['event']['type']}" for one in records if one["seq"] >= message.seq]
    return f"{message.conversation_id} waits since event {message.seq}: {', '.join(since)}"


def _has_answer(ledger: Ledger, message: Acknowledged) -> bool:
    return any(
        one.conversation_id == message.conversation_id and one.seq > message.seq for one in ledger.seen
    )


def _unasked(ledger: Ledger, effects: list[Any]) -> int:
    """Count effects beyond the number of messages that asked for the order's invoice."""
    asked = Counter(message.order_number for message in ledger.acknowledged)
    done = Counter[str]()
    for effect in effects:
        done[effect.order_number] += effect.count
    return sum(max(0, count - asked[order]) for order, count in done.items())


async def _log(wires: Wires, conversation_id: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    while True:
        after = found[-1]["seq"] if found else 0
        page = await wires.get(f"/v1/conversations/{conversation_id}/events?after={after}&limit={_PAGE}")
        if not page["items"]:
            return found
        found += page["items"]


def _log_faults(ledger: Ledger, logs: dict[str, list[dict[str, Any]]]) -> LogFaults:
    received = Counter(
        record["event"]["message_id"]
        for records in logs.values()
        for record in records
        if record["event"]["type"] == "MessageReceived"
    )
    answered = Counter(
        record["event"]["turn_id"]
        for records in logs.values()
        for record in records
        if record["event"]["type"] == "MessagePosted" and record["event"].get("turn_id")
    )
    return LogFaults(
        gaps=sum(_has_gap(records) for records in logs.values()),
        stored_twice=sum(count - 1 for count in received.values()),
        lost=sum(message.message_id not in received for message in ledger.acknowledged),
        assistant_spoke_over=sum(_spoke_over(records) for records in logs.values()),
        answered_twice=sum(count - 1 for count in answered.values()),
    )


def _has_gap(records: list[dict[str, Any]]) -> bool:
    return [record["seq"] for record in records] != list(range(1, len(records) + 1))


def _spoke_over(records: list[dict[str, Any]]) -> int:
    """Count the assistant's messages that stand in the log while a teammate was the assignee."""
    teammate, wrong = False, 0
    for record in records:
        event = record["event"]
        if event["type"] == "AssigneeChanged":
            teammate = event["assignee"]["kind"] == "teammate"
        if event["type"] == "MessagePosted" and event["author"]["kind"] == "assistant":
            wrong += teammate
    return wrong

"""What a store decides the same way whatever it is written in: pure, so that no dialect can differ.

A lane's life: ``accept`` or a commit marks it due; ``claim`` gives it an owner and a token that is
greater than any before; while nobody holds it, owner is NULL and token 0, so a token alone tells whether a
lease still stands.  ``accept`` sets ``attempts`` back to 0, also of a lane that is held; so a holder that
says "nothing is left" (``release`` with None) and whose ``attempts`` differ from the lane's is told by
that that the contact has written meanwhile: the lane is then freed and stays due.
Claiming is a sign of life: it writes the worker's heartbeat as ``renew`` does.

A delivery's life: ``claim_deliveries`` gives it an owner, SENDING and one more attempt; what it returns has
the count with this attempt in it and the state as it was found, QUEUED or (it broke off) SENDING.
``record_attempt`` of any state takes the owner away; SENDING with a time to try again means that the channel
has to be asked then.  Only the owner's word counts: a late one goes to the attempt log and nowhere else.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import takewhile

import msgspec

from fondaco.domain import events as ev
from fondaco.domain.changes import Change, Lane, changed
from fondaco.domain.conversation import Conversation, Status
from fondaco.domain.deliveries import FINAL, Delivery, DeliveryState
from fondaco.domain.earlier import READ
from fondaco.domain.ids import ConversationId, WorkspaceId
from fondaco.domain.people import AssigneeKind
from fondaco.domain.turns import Lease
from fondaco.kit.text import has_cjk, pairs, parts_of_long_word, words

LANES = "lanes"  #: topic: a lane became due
DELIVERIES = "deliveries"  #: topic: a delivery may be claimed

#: The longest a burst of messages keeps the assistant waiting, in burst windows after the first message.
BURST_WINDOWS = 4

#: Silence, in milliseconds, after which a worker counts as dead.
SILENCE_MS = 10_000

#: Names of the gauges that ``Reader.figures`` returns.
FIGURES = (
    "conversations_open",
    "lanes_waiting",  # lanes there are, due or not
    "lanes_due",  # of these: due now and held by nobody
    "lanes_leased",
    "deliveries_queued",
    "deliveries_sending",
    "deliveries_failed",
    "deliveries_unknown",
    "handoffs_open",
)

#: Types of the events that are read of earlier episodes, as SQL lists them.
EARLIER_TYPES = ", ".join(f"'{kind.__name__}'" for kind in READ)


def conversation_topic(conversation_id: ConversationId) -> str:
    """Return the topic that rings with every event of the conversation."""
    return f"conversation:{conversation_id}"


def inbox_topic(workspace_id: WorkspaceId) -> str:
    """Return the topic that rings with every change of any conversation of the workspace."""
    return f"inbox:{workspace_id}"


def topics_of(change: Change) -> tuple[str, ...]:
    """Return what a written change rings."""
    topics = [conversation_topic(change.after.id), inbox_topic(change.after.workspace_id)]
    if change.lane is Lane.DUE:
        topics.append(LANES)
    if change.deliveries:
        topics.append(DELIVERIES)
    return tuple(topics)


def burst_due_ms(*, at_ms: int, burst_ms: int, since_ms: int) -> int:
    """Return when a lane is due that had its first message at ``since_ms`` and one more at ``at_ms``."""
    return min(at_ms + burst_ms, since_ms + BURST_WINDOWS * burst_ms)


def closes_episode(change: Change) -> bool:
    """Whether the change ends an episode; journal steps of turns that it never settled go with it."""
    return any(isinstance(record.event, ev.EpisodeClosed) for record in change.records)


def tells_the_conversation(state: DeliveryState) -> bool:
    """Whether a delivery in this state is an event: the end is known, and it is not that it was sent."""
    return state in FINAL and state is not DeliveryState.SENT


def ended(
    conversation: Conversation, delivery: Delivery, state: DeliveryState, reason: str, at_ms: int
) -> Change:
    """Return the change that tells a conversation what became of one of its messages."""
    event = ev.DeliveryEnded(
        delivery_id=delivery.id, message_id=delivery.message_id, state=state.value, reason=reason
    )
    return changed(conversation, (event,), at_ms)


def lease_lost(lease: Lease) -> str:
    """Return the sentence for a worker whose lease no longer stands."""
    return (
        f"Worker {lease.worker_id} no longer holds conversation {lease.conversation_id}; "
        "write nothing more of this turn."
    )


def counted(
    groups: Iterable[tuple[Status, AssigneeKind, int]],
) -> dict[Status | AssigneeKind, int]:
    """Return how many conversations there are in each status, and how many open ones with each assignee."""
    total: dict[Status | AssigneeKind, int] = {**dict.fromkeys(Status, 0), **dict.fromkeys(AssigneeKind, 0)}
    for status, kind, count in groups:
        total[status] += count
        total[kind] += count if status is Status.OPEN else 0
    return total


VOIDED_REASON = "Somebody else had taken over before it was sent."


@dataclass(frozen=True, slots=True)
class Unfinished:
    """A delivery that is queued or being sent."""

    delivery: Delivery
    held: bool  #: whether it has an owner who gives signs of life


@dataclass(frozen=True, slots=True)
class SendingPlan:
    """What is to be done for one conversation now."""

    voided: tuple[Delivery, ...] = ()
    taken: Delivery | None = None


def plan_sending(unfinished: Sequence[Unfinished], epoch: int, now_ms: int) -> SendingPlan:
    """Decide which of a conversation's unfinished deliveries, in order of ``seq``, leaves next.

    The first that may still be said is taken if it is due and nobody is at it.  Those before it, queued
    ones of the assistant from another epoch, are voided as soon as one of them or the first is ready, so
    that nobody waits behind them.
    """
    leading = list(takewhile(lambda entry: outdated(entry.delivery, epoch), unfinished))
    head = next(iter(unfinished[len(leading) :]), None)
    if not any(ready(entry, now_ms) for entry in (*leading, head) if entry is not None):
        return SendingPlan()
    taken = _taken(head.delivery, epoch) if head is not None and ready(head, now_ms) else None
    return SendingPlan(tuple(entry.delivery for entry in leading), taken)


def _taken(delivery: Delivery, epoch: int) -> Delivery:
    """Return the delivery as it goes to the courier; a doubtful one from another epoch says so."""
    stale = delivery.by_assistant and delivery.epoch != epoch
    return msgspec.structs.replace(delivery, outdated=True) if stale else delivery


def ready(entry: Unfinished, now_ms: int) -> bool:
    """Whether a delivery's time has come and nobody is at it; its predecessors may still come first."""
    return entry.delivery.due_at_ms <= now_ms and not entry.held


def outdated(delivery: Delivery, epoch: int) -> bool:
    """Whether the assistant may not say this any more; what may have left already is not outdated."""
    return delivery.by_assistant and delivery.state is DeliveryState.QUEUED and delivery.epoch != epoch


def searched_text(event: ev.Event) -> str | None:
    """Return the text under which an event is found; None where it is not searched."""
    if isinstance(event, (ev.MessageReceived, ev.MessagePosted)):
        return event.text
    return None


def required_terms(text: str) -> list[str]:
    """Return the terms that a message must all have, to be found by ``text``; each one once.

    A run of Chinese, Japanese or Korean asks for its pairs; a long word for its parts, so that it is also
    found inside a compound.
    """
    return list(dict.fromkeys(term for run in words(text) for term in _terms_of(run)))


def _terms_of(run: str) -> Iterable[str]:
    if has_cjk(run):
        return pairs(run) or [run]
    return parts_of_long_word(run) or [run]

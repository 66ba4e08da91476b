"""Deliveries: sending one message until it is known to have arrived, or that it will not."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from fondaco.domain.ids import ConnectionId, ConversationId, DeliveryId, MessageId, WorkspaceId


class DeliveryState(StrEnum):
    """How far a delivery has come.

    queued → sending → sent | queued (again) | sending (doubtful) | failed | unknown;  queued → voided.
    """

    QUEUED = "queued"  #: waits for its time and its predecessors
    SENDING = "sending"  #: a worker has begun to send; after a crash nobody knows how far it came
    SENT = "sent"  #: the channel took it
    FAILED = "failed"  #: the channel will never take it
    UNKNOWN = "unknown"  #: it may have arrived and the channel cannot be asked; a person must look
    VOIDED = "voided"  #: not sent, since somebody else had taken over


def delivery_id_of(message_id: MessageId) -> DeliveryId:
    """Return the id of the delivery that carries a message, which follows from the message's."""
    return DeliveryId(f"dlv_{message_id}")


FINAL = frozenset({DeliveryState.SENT, DeliveryState.FAILED, DeliveryState.UNKNOWN, DeliveryState.VOIDED})


class Delivery(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """One message on its way to one channel.  Its id is the idempotency key for the channel."""

    id: DeliveryId
    workspace_id: WorkspaceId
    conversation_id: ConversationId
    connection_id: ConnectionId
    message_id: MessageId
    seq: int  #: sequence number of the message; deliveries of a conversation leave in this order
    text: str
    by_assistant: bool
    epoch: int  #: the assignee's epoch at which the assistant may speak; others ignore it
    state: DeliveryState = DeliveryState.QUEUED
    attempts: int = 0
    due_at_ms: int = 0
    last_error: str = ""
    outdated: bool = False  #: claimed after somebody else had taken over: it may only be asked for, not sent


class Attempt(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """What came of one attempt; written to the attempt log and to the delivery."""

    delivery_id: DeliveryId
    number: int
    at_ms: int
    state: DeliveryState  #: the delivery's state from now on
    due_at_ms: int = 0  #: when to try again, for QUEUED
    error: str = ""
    looked_up: bool = False  #: the channel was asked what had become of an earlier attempt

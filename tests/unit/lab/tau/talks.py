"""Recorded conversations of our own, in the published form."""

from __future__ import annotations

import json
from typing import Any

from fondaco.lab.tau.data import Conversation, Function, RecordedCall, RecordedMessage


def asked(text: str) -> RecordedMessage:
    return RecordedMessage(role="user", content=text)


def said(text: str) -> RecordedMessage:
    return RecordedMessage(role="assistant", content=text)


def called(name: str, call_id: str, **arguments: Any) -> RecordedMessage:
    call = RecordedCall(id=call_id, function=Function(name, json.dumps(arguments)))
    return RecordedMessage(role="assistant", tool_calls=[call])


def told(call_id: str, result: str) -> RecordedMessage:
    return RecordedMessage(role="tool", tool_call_id=call_id, content=result)


def recorded(*messages: RecordedMessage) -> Conversation:
    return Conversation(task_id=1, trial=0, reward=1.0, messages=list(messages))


SENT = "Certificate certificate_3221322 added to user mira with amount 50."
ASKED = "My user id is mira. My flight was late."
OFFER = "I can send you a certificate of 50 dollars. Would you like that?"
YES = "Yes, please go ahead."

#: A look-up and an offer; a yes, a write and a confirmation; a goodbye that nobody answers.
APOLOGY = recorded(
    asked(ASKED),
    called("get_reservation_details", "call_1", reservation_id="R1"),
    told("call_1", "{}"),
    said(OFFER),
    asked(YES),
    called("send_certificate", "call_2", user_id="mira", amount=50),
    told("call_2", SENT),
    said("It is on its way. We are sorry."),
    asked("Thank you! ###STOP###"),
)

#: The published environment ends a conversation with this call.
LAST_CALL = "transfer_to_human_agents"
TRANSFER = recorded(
    asked("I want a person."),
    called(LAST_CALL, "call_1", summary="wants a person"),
    told("call_1", "Transfer successful"),
)

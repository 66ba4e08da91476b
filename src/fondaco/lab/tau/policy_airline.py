"""The writes of the recorded airline conversations."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from fondaco.domain.tools import Effect
from fondaco.lab.tau.data import Conversation, TauData, WorldName
from fondaco.lab.tau.policy_words import Write
from fondaco.lab.tau.world import World

_NUMBER = "flight_number"


def airline_writes(data: TauData) -> list[Write]:
    """Return every recorded write of the airline world, in order.  Raises InvalidInput."""
    world = data.world(WorldName.AIRLINE)
    return [write for one in data.conversations() for write in writes_of(one, world.fresh())]


def writes_of(conversation: Conversation, world: World) -> Iterator[Write]:
    """Yield the writes of one conversation; the world goes along with it.

    Who writes is proven here by the id alone that the policy asks for, if there is such a person.
    """
    proposal = answer = ""
    proven: set[str] = set()
    for message in conversation.messages:
        if message.role == "user":
            answer = message.content or ""
            proven |= {word for word in _words(answer) if word in world.tables["users"]}
        elif message.role == "assistant":
            for call in message.tool_calls or ():
                name, arguments = call.function.name, json.loads(call.function.arguments)
                before = world.tables["reservations"].get(str(arguments.get("reservation_id")), {})
                details = _details(name, arguments, before)
                result = world.call(name, arguments)
                if world.tools[name].effect is Effect.WRITE:
                    yield Write(
                        place=f"airline task {conversation.task_id}, trial {conversation.trial}, {name}",
                        owner=str(before.get("user_id") or arguments.get("user_id", "")),
                        details=details,
                        proven=frozenset(proven),
                        proposal=proposal,
                        answer=answer,
                        refused=result.startswith("Error"),
                    )
            proposal = message.content or proposal


def _words(text: str) -> list[str]:
    return [word.strip(".,:;!?\"'()*") for word in text.lower().split()]


def _details(name: str, arguments: dict[str, Any], before: dict[str, Any]) -> tuple[str, ...]:
    """Return what a yes has to have seen: that which the call makes other than it was."""
    match name:
        case "book_reservation":
            return tuple(one[_NUMBER] for one in arguments["flights"])
        case "update_reservation_flights":
            kept = {one[_NUMBER] for one in before.get("flights", ())}
            new = tuple(one[_NUMBER] for one in arguments["flights"] if one[_NUMBER] not in kept)
            return new or (arguments["cabin"].replace("_", " "),)
        case "update_reservation_passengers":
            return tuple(one["last_name"] for one in arguments["passengers"])
        case "update_reservation_baggages":
            return (str(arguments["total_baggages"]),)
        case "send_certificate":
            return (f"{arguments['amount']:g}",)
        case _:
            return (str(arguments.get("reservation_id", "")),)

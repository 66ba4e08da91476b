"""The writes of the retail conversations, which were written down without the arguments of calls."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from fondaco.lab.tau.data import TauData, WorldName
from fondaco.lab.tau.policy_words import Write
from fondaco.lab.tau.world import Record, World

_LINE = re.compile(r"^(user|assistant|tool): ", re.MULTILINE)
_NO_WORDS = "None"  #: stands where the assistant called a tool


def retail_writes(data: TauData) -> list[Write]:
    """Return every write that a recorded result shows, in order.  Raises InvalidInput."""
    world = data.world(WorldName.RETAIL)
    return [
        write
        for number, text in enumerate(data.shown())
        for write in writes_of(f"retail conversation {number}", text, world.fresh())
    ]


def said(text: str) -> Iterator[tuple[str, str]]:
    """Yield who said what in a conversation that was written down as it is read."""
    parts = _LINE.split(text)[1:]
    for role, words in zip(parts[::2], parts[1::2], strict=True):
        yield role, words.strip()


def writes_of(place: str, text: str, world: World) -> Iterator[Write]:
    """Yield the writes of one conversation; the world's tables are brought to what the results show.

    Who writes is proven by a look-up that found a person, as the policy demands.
    """
    proposal = answer = ""
    proven: set[str] = set()
    for role, words in said(text):
        if role == "user":
            answer = words
        elif role == "assistant":
            proposal = proposal if words == _NO_WORDS else words
        elif words in world.tables["users"]:
            proven.add(words)
        else:
            changed = _changed(_record(words), world)
            if changed is not None:
                owner, key = changed
                yield Write(
                    place=f"{place}, {key}",
                    owner=owner,
                    details=(key,) if key.startswith("#") else (),
                    proven=frozenset(proven),
                    proposal=proposal,
                    answer=answer,
                )


def _record(result: str) -> Record:
    try:
        found: Any = json.loads(result.replace('"province": ', '"state": '))
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _changed(record: Record, world: World) -> tuple[str, str] | None:
    """Return owner and key of a record that is other than it was; None for one that is as before."""
    if "order_id" in record:
        table, key, owner = "orders", record["order_id"], record["user_id"]
    elif "email" in record:
        table, key = "users", _person(record, world)
        owner = key
    else:
        return None
    before = world.tables[table].get(key)
    world.tables[table][key] = record
    return None if before is None or before == record else (owner, key)


def _person(record: Record, world: World) -> str:
    return next((key for key, one in world.tables["users"].items() if one["email"] == record["email"]), "")

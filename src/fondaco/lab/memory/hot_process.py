"""``python -m fondaco.lab.memory.hot_process PART PLAN``: one measurement, in a process of its own.

It prints what it has found as JSON.
"""

from __future__ import annotations

import asyncio
import gc
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec

from fondaco.domain.access import ChannelKind, Connection, Workspace
from fondaco.domain.changes import Change, Committed
from fondaco.domain.errors import FondacoError
from fondaco.domain.turns import Contact, Opening
from fondaco.kit.clock import SystemClock
from fondaco.kit.garbage import collect_rarely
from fondaco.kit.signals import SignalHub
from fondaco.lab.memory.hot_plan import Held, HotPlan
from fondaco.lab.memory.hot_talk import (
    CONNECTION,
    WORKSPACE,
    OpenTalk,
    Remembering,
    digest_of,
    estimator,
    new_conversation,
    prompt_bytes,
)
from fondaco.lab.memory.hot_words import Words
from fondaco.llm.estimates import Estimator
from fondaco.storage.opening import Storage, opened

_MOST_EVENTS = 1_000_000
_WARMING = 5  #: conversations, one in each language


class HotFailed(FondacoError):
    """A log could not be written or read as it was planned.  What it is stands in the message."""


async def hold(plan: HotPlan) -> Held:
    """Have every conversation, one after the other, and look at the memory before and after."""
    words, count = Words(), estimator()
    await _have(plan, range(_WARMING), words, Remembering(count, 1))
    kept = Remembering(count, plan.hot)
    gc.collect()
    before = resident_bytes()
    await _have(plan, range(plan.conversations), words, kept)
    gc.collect()
    held = Held(
        base_bytes=before, bytes=resident_bytes(), held=kept.held, turn_cpu_ms=kept.cpu_ms / kept.turns
    )
    return await _compared(plan, words, count, kept, held) if plan.sample else held


async def _have(plan: HotPlan, numbers: range, words: Words, kept: Remembering) -> None:
    for number in numbers:
        await OpenTalk(number).go_on(words.of(number, plan.turns, plan.seed), kept)


async def _compared(plan: HotPlan, words: Words, count: Estimator, kept: Remembering, held: Held) -> Held:
    """Write the sample's logs down once more, and ask for each one's next prompt in two ways."""
    hot, anew, cuts, alone = [], [], 0, Remembering(count, 1)
    async with _storage(plan) as storage:
        for number in _sample(plan):
            talk = await _written(plan, number, words, storage, count)
            place = talk.base, tuple(talk.records)
            cuts += sum(type(record.event).__name__ == "HistoryCut" for record in talk.records)
            hot.append(digest_of(await prompt_bytes(kept, *place)))
            anew.append(digest_of(await prompt_bytes(alone, *place)))
    return msgspec.structs.replace(
        held, cuts=cuts, hot_prompts=hot, anew_prompts=anew, anew_cpu_ms=alone.cpu_ms / alone.turns
    )


async def _written(plan: HotPlan, number: int, words: Words, storage: Storage, count: Estimator) -> OpenTalk:
    """Have a conversation again, every change of it written to the file; the contact has the last word."""
    await _open(storage, number)

    async def write(change: Change) -> None:
        if await storage.store.commit(change) is not Committed.DONE:
            raise HotFailed(f"A change of conversation {number} could not be written to {plan.file}.")

    talk = OpenTalk(number, write)
    *said, last = words.of(number, plan.turns + 1, plan.seed)
    await talk.go_on(said, Remembering(count, 1))
    await talk.ask(last)
    return talk


async def _open(storage: Storage, number: int) -> None:
    conversation = new_conversation(number)
    await storage.store.open_conversation(
        Opening(
            contact=Contact(id=conversation.contact_id),
            contact_external_id=str(number),
            conversation=conversation,
            external_id=str(number),
        )
    )


async def tell(plan: HotPlan) -> list[list[str]]:
    """Return the digests of the sample's next prompts, made of nothing but the file."""
    kept, found = Remembering(estimator()), []
    async with opened(f"sqlite:///{plan.file}", SystemClock(), SignalHub()) as storage:
        for number in _sample(plan):
            name = new_conversation(number).id
            conversation = await storage.store.conversation(WORKSPACE, name)
            records = await storage.store.records(WORKSPACE, name, 0, _MOST_EVENTS)
            found.append(digest_of(await prompt_bytes(kept, conversation, tuple(records))))
    return found


def _sample(plan: HotPlan) -> range:
    """Return conversations from all over, in all languages: a step of five would take only one."""
    step = max(1, plan.conversations // max(1, plan.sample))
    return range(0, plan.conversations, step + (step % _WARMING == 0))


@asynccontextmanager
async def _storage(plan: HotPlan) -> AsyncIterator[Storage]:
    """Give a new file with a workspace in it."""
    clock = SystemClock()
    async with opened(f"sqlite:///{plan.file}", clock, SignalHub()) as storage:
        workspace = Workspace(id=WORKSPACE, name="Rialto", created_at_ms=clock.now_ms())
        connection = Connection(id=CONNECTION, workspace_id=WORKSPACE, channel=ChannelKind.API, name="Rialto")
        await storage.registry.create_workspace(workspace)
        await storage.registry.put_connection(connection)
        yield storage


def resident_bytes() -> int:
    """Return the memory that this process holds (resident set size)."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


PARTS: dict[str, Callable[[HotPlan], Awaitable[Held | list[list[str]]]]] = {"hold": hold, "tell": tell}


def main(part: str, plan: str) -> None:
    """Measure, and print what was found."""
    collect_rarely()  # as the server does
    found = asyncio.run(_run(PARTS[part], msgspec.json.decode(plan, type=HotPlan)))
    print(msgspec.json.encode(found).decode())


async def _run(
    measure: Callable[[HotPlan], Awaitable[Held | list[list[str]]]], plan: HotPlan
) -> Held | list[list[str]]:
    return await measure(plan)


if __name__ == "__main__":
    main(*sys.argv[1:])

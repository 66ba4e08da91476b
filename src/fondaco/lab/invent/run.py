"""Plays a run: the merchant system is asked before and after, and contacts write in between."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from fondaco.demo.settings import WORKSPACE_ID
from fondaco.domain.events import Recorded
from fondaco.domain.ids import ConversationId, WorkspaceId
from fondaco.domain.ports import Reader
from fondaco.kit.chance import SeededChance
from fondaco.kit.clock import Clock, SystemClock
from fondaco.kit.http import HttpClient
from fondaco.lab.gates import this_commit
from fondaco.lab.invent import stage
from fondaco.lab.invent.merchant import Deed, Told, open_merchant
from fondaco.lab.invent.plan import Plan, Tell
from fondaco.lab.invent.played import Conversed, Played
from fondaco.lab.invent.talks import Talk, drawn
from fondaco.lab.invent.visiting import Visitor, Wires
from fondaco.storage.beside import opened_reader

_PAGE = 500


async def play(plan: Plan, tell: Tell = lambda _: None) -> Played:
    """Play all conversations.  Raises ConfigurationError, StorageError, FondacoError."""
    clock = SystemClock()
    began_ms, began = clock.now_ms(), clock.monotonic_ms()
    today = datetime.fromtimestamp(began_ms / 1000, UTC).date()
    talks = drawn(plan, today, SeededChance(plan.seed))
    with TemporaryDirectory(prefix="fondaco-invent-") as name:
        folder = Path(name)
        async with HttpClient(connections=100) as client:
            before, _ = await _told(talks, folder, client, clock)
            visitors = await _conversed(plan, talks, folder, client, clock, tell)
            after, deeds = await _told(talks, folder, client, clock)
        records = await _records(visitors, folder, clock)
    told = zip(visitors, records, before, after, strict=True)
    return Played(
        planned=plan.conversations,
        seed=plan.seed,
        commit=this_commit(),
        began_ms=began_ms,
        seconds=(clock.monotonic_ms() - began) / 1000,
        conversations=tuple(_of(one, log, past, now) for one, log, past, now in told if one.watching.written),
        deeds=tuple(deeds),
    )


async def _told(
    talks: list[Talk], folder: Path, client: HttpClient, clock: Clock
) -> tuple[list[Told], list[Deed]]:
    async with open_merchant(folder, client, clock) as merchant:
        return [await merchant.told(talk) for talk in talks], await merchant.deeds()


async def _conversed(
    plan: Plan, talks: list[Talk], folder: Path, client: HttpClient, clock: Clock, tell: Tell
) -> list[Visitor]:
    async with (
        stage.serving_model(plan) as model_url,
        stage.serving_shop(plan, folder, model_url, client, clock) as server,
    ):
        wires = Wires(
            plan=plan,
            clock=clock,
            client=client,
            server_url=server.url,
            until_ms=clock.monotonic_ms() + 60_000 * plan.minutes,
        )
        visitors = [Visitor(talk=talk, wires=wires) for talk in talks]
        await _in_company(visitors, plan.at_once, tell)
    return visitors


async def _in_company(visitors: list[Visitor], at_once: int, tell: Tell) -> None:
    """Let so many visitors write at a time, each until the last word."""
    waiting = iter(visitors)

    async def one_after_another() -> None:
        for visitor in waiting:
            await visitor.correspond()
            tell(
                f"{visitor.talk.number + 1} of {len(visitors)}: {visitor.talk.kind}, {visitor.talk.language}"
            )

    async with asyncio.TaskGroup() as group:
        for _ in range(at_once):
            group.create_task(one_after_another())


async def _records(visitors: list[Visitor], folder: Path, clock: Clock) -> list[tuple[Recorded, ...]]:
    async with opened_reader(stage.database_url(folder), clock) as reader:
        return [await _log(reader, visitor.conversation_id) for visitor in visitors]


async def _log(reader: Reader, conversation_id: str) -> tuple[Recorded, ...]:
    if not conversation_id:
        return ()
    workspace_id, wanted = WorkspaceId(WORKSPACE_ID), ConversationId(conversation_id)
    return tuple(await reader.records(workspace_id, wanted, 0, _PAGE))


def _of(visitor: Visitor, log: tuple[Recorded, ...], before: Told, after: Told) -> Conversed:
    watching = visitor.watching
    return Conversed(
        talk=visitor.talk,
        seen=tuple(watching.seen),
        left_over=watching.left_over,
        voided=watching.voided,
        written=watching.written,
        unanswered=visitor.unanswered,
        waits_ms=tuple(visitor.waits_ms),
        records=log,
        told=(before, after),
    )

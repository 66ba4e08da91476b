"""Plays one cell: a server process, contacts who write to it, and the books afterwards."""

from __future__ import annotations

import asyncio
import shutil
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from fondaco.domain.errors import FondacoError
from fondaco.domain.ids import ConversationId
from fondaco.domain.usage import LedgerEntry
from fondaco.kit.clock import Clock
from fondaco.kit.http import HttpClient
from fondaco.kit.signals import SignalHub
from fondaco.lab.crash.ledger import Ledger
from fondaco.lab.crash.victims import Victim
from fondaco.lab.providers import scene
from fondaco.lab.providers.billing import bills_of
from fondaco.lab.providers.contacts import Contact, Program, Visitor, Wires
from fondaco.lab.providers.plan import MatrixPlan
from fondaco.lab.providers.providers import Pair, open_pair
from fondaco.lab.providers.rows import Case
from fondaco.lab.providers.seen import Played, Turn
from fondaco.lab.providers.shop_end import ShopWithShelf
from fondaco.storage.opening import opened

_STARTS = 3
_LINGER_SECONDS = 0.3  # for a second message that should not come
_STOP_SECONDS = 20.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """What all cells have in common."""

    plan: MatrixPlan
    clock: Clock
    client: HttpClient
    shop_end: ShopWithShelf
    ledger: Ledger  #: what the shop's end has received
    shop_url: str
    database: Path  #: a shop's database that every cell begins with a copy of


class Server(Victim):
    """A server that is also stopped in good order, so that it has written everything down."""

    async def stop(self) -> None:
        """Stop it as an operator does.  Raises FondacoError when it does not stop."""
        process = self._process
        if process is None or process.returncode is not None:
            return
        process.terminate()
        try:
            async with asyncio.timeout(_STOP_SECONDS):
                await process.wait()
        except TimeoutError as error:
            await self.kill()
            raise FondacoError(f"The server on port {self.port} did not stop in time.") from error


async def played(case: Case, stage: Stage) -> Played:
    """Return what a cell came to.  Raises FondacoError where the server does not start or stop."""
    with TemporaryDirectory(prefix="fondaco-drill-") as name:
        folder = Path(name)
        url = f"sqlite:///{folder / 'drill.db'}"
        async with open_pair(case, stage.plan, folder) as pair:
            shutil.copyfile(stage.database, folder / "drill.db")
            path = scene.Config(stage.plan, stage.shop_url).write(folder, url, case, pair.urls)
            turns, conversations = await _conversed(case, stage, path, pair.environ)
            await pair.at_rest(stage.clock)
            return await _summed_up(case, stage, pair, turns, await _books(url, conversations, stage.clock))


async def _conversed(
    case: Case, stage: Stage, config: Path, environ: Mapping[str, str]
) -> tuple[list[Turn], list[str]]:
    server = await _ready(config, {**scene.ENVIRON, **environ}, stage)
    try:
        contacts = _contacts(case, stage, server.url)
        await asyncio.gather(*(contact.correspond() for contact in contacts))
        await stage.clock.sleep(_LINGER_SECONDS)
        turns = [turn for contact in contacts for turn in await contact.turns()]
        await server.stop()
    finally:
        await server.kill()
    return turns, [contact.conversation_id for contact in contacts]


async def _ready(config: Path, environ: Mapping[str, str], stage: Stage, tries: int = _STARTS) -> Server:
    """Return a server that answers; somebody else may take a port that was free a moment ago."""
    server = Server(config, _free_port(), environ, stage.client, stage.clock)
    await server.start()
    try:
        await server.ready()
    except FondacoError as error:
        await server.kill()
        if tries <= 1 or "is in use" not in str(error):
            raise
        return await _ready(config, environ, stage, tries - 1)
    return server


def _contacts(case: Case, stage: Stage, server_url: str) -> list[Contact]:
    """Return who writes: programs and visitors by turns, of each topic both where there are enough."""
    wires = Wires(
        plan=stage.plan,
        clock=stage.clock,
        client=stage.client,
        shop_end=stage.shop_end,
        ledger=stage.ledger,
        server_url=server_url,
    )
    topics = len(case.row.topics)
    return [
        (Visitor if number // topics % 2 else Program)(number=number, case=case, wires=wires)
        for number in range(stage.plan.contacts)
    ]


async def _books(url: str, conversations: list[str], clock: Clock) -> list[LedgerEntry]:
    async with opened(url, clock, SignalHub()) as storage:
        ledger = storage.store.ledger
        found = [await ledger.entries(scene.WORKSPACE, ConversationId(one)) for one in conversations]
    return [entry for entries in found for entry in entries]


async def _summed_up(
    case: Case, stage: Stage, pair: Pair, turns: list[Turn], entries: list[LedgerEntry]
) -> Played:
    journals = (pair.first.journal, pair.second.journal)
    return Played(
        row=case.row.name,
        wire=case.wire,
        mode=case.mode,
        allowed=case.row.allowed,
        deadline_ms=1000 * (stage.plan.answer_seconds + stage.plan.margin_seconds),
        turns=tuple(turns),
        bills=bills_of(case, entries, journals),
        overruns=case.row.overruns,
        hits=sum(sum(journal.faults.values()) for journal in journals),
    )


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        port: int = found.getsockname()[1]
        return port

"""Plays one cell: a server process, contacts who write to it, and the books afterwards."""

from __future__ import annotations

import asyncio
import shutil
import socket
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import msgspec

from fondaco.domain.errors import FondacoError
from fondaco.domain.ids import ConversationId
from fondaco.domain.usage import LedgerEntry
from fondaco.kit.clock import Clock
from fondaco.kit.http import HttpClient
from fondaco.kit.signals import SignalHub
from fondaco.lab.crash.ledger import Ledger, Seen
from fondaco.lab.crash.victims import Victim
from fondaco.lab.providers import scene
from fondaco.lab.providers.billing import bills_of
from fondaco.lab.providers.plan import MatrixPlan
from fondaco.lab.providers.providers import Pair, open_pair
from fondaco.lab.providers.rows import Case
from fondaco.lab.providers.seen import Played, Turn
from fondaco.lab.providers.shop_end import ShopWithShelf
from fondaco.lab.providers.words import Question, question
from fondaco.storage.opening import opened

_MESSAGES = 2  # of each contact
_LATE_SECONDS = 5.0  # beyond the deadline, before a contact goes away
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
    server = Server(config, _free_port(), {**scene.ENVIRON, **environ}, stage.client, stage.clock)
    try:
        await server.start()
        await server.ready()
        contacts = [_Contact(number, case, stage, server.url) for number in range(stage.plan.contacts)]
        await asyncio.gather(*(contact.correspond() for contact in contacts))
        await stage.clock.sleep(_LINGER_SECONDS)
        turns = [turn for contact in contacts for turn in await contact.turns()]
        await server.stop()
    finally:
        await server.kill()
    return turns, [contact.conversation_id for contact in contacts]


@dataclass(slots=True)
class _Contact:
    """Writes, waits for the answer, and writes once more unless a person was called."""

    number: int
    case: Case
    stage: Stage
    server_url: str
    conversation_id: str = ""
    _written: list[tuple[Question, int, float]] = field(default_factory=list)  #: with number and time

    async def correspond(self) -> None:
        opened_now = await self._post(
            "/v1/conversations",
            {"connection_id": scene.CONNECTION, "contact": {"external_id": f"contact-{self.number}"}},
        )
        self.conversation_id = opened_now["id"]
        topic = self.case.row.topics[self.number % len(self.case.row.topics)]
        for message in range(_MESSAGES):
            asked = question(topic, self.number * _MESSAGES + message)
            began = self._now()
            path = f"/v1/conversations/{self.conversation_id}/messages"
            accepted = await self._post(path, {"text": asked.text})
            self._written.append((asked, accepted["seq"], began))
            if not await self._answered(accepted["seq"]) or await self._handoffs():
                return

    async def turns(self) -> list[Turn]:
        """Return what this contact saw."""
        handoffs = await self._handoffs()
        ends = [seq for _, seq, _ in self._written[1:]] + [sys.maxsize]
        return [
            self._turn(asked, began, self._between(seq, end), handed=any(seq < one < end for one in handoffs))
            for (asked, seq, began), end in zip(self._written, ends, strict=True)
        ]

    def _turn(self, asked: Question, began: float, seen: list[Seen], *, handed: bool) -> Turn:
        after_ms = (seen[0].at - began) * 1000 if seen else None
        return Turn(
            question=asked, texts=tuple(one.text for one in seen), after_ms=after_ms, handed_over=handed
        )

    def _between(self, seq: int, end: int) -> list[Seen]:
        mine = (one for one in self.stage.ledger.seen if one.conversation_id == self.conversation_id)
        return sorted((one for one in mine if seq < one.seq < end), key=lambda one: one.seq)

    async def _answered(self, seq: int) -> bool:
        patience = self.stage.plan.answer_seconds + _LATE_SECONDS
        arrived = self.stage.shop_end.arrived
        with suppress(TimeoutError):
            async with asyncio.timeout(patience), arrived:
                await arrived.wait_for(lambda: bool(self._between(seq, sys.maxsize)))
                return True
        return False

    async def _handoffs(self) -> list[int]:
        log = await self._request("GET", f"/v1/conversations/{self.conversation_id}/events?limit=100", None)
        return [one["seq"] for one in log["items"] if one["event"]["type"] == "HandoffRequested"]

    async def _post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        return await self._request("POST", path, msgspec.json.encode(body))

    async def _request(self, method: str, path: str, body: bytes | None) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {scene.SECRET}", "Content-Type": "application/json"}
        answer = await self.stage.client.request(
            method, self.server_url + path, headers=headers, body=body, timeout_seconds=10
        )
        if answer.status >= 300:
            raise FondacoError(f"{method} {path}: status {answer.status}, {answer.body[:300]!r}")
        return msgspec.json.decode(answer.body, type=dict[str, Any])

    def _now(self) -> float:
        return self.stage.clock.monotonic_ms() / 1000


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
        hits=sum(sum(journal.faults.values()) for journal in journals),
    )


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        port: int = found.getsockname()[1]
        return port

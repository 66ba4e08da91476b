"""Runs a crash drill from the first message to the judgement."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from fondaco.domain.errors import FondacoError
from fondaco.kit.chance import SeededChance
from fondaco.kit.clock import SystemClock
from fondaco.kit.http import HttpClient
from fondaco.lab.crash import scene
from fondaco.lab.crash.channel import ShopEnd, open_shop_end
from fondaco.lab.crash.judge import judged
from fondaco.lab.crash.ledger import Ledger
from fondaco.lab.crash.merchant import Merchant, open_merchant
from fondaco.lab.crash.people import Contact, Going, Teammate, Wires, correspond
from fondaco.lab.crash.plan import Database, Plan
from fondaco.lab.crash.victims import Victim
from fondaco.lab.gates import Report
from fondaco.testing.postgres_server import passing_server

Tell = Callable[[str], None]


async def run(plan: Plan, tell: Tell = lambda _: None) -> Report:
    """Run the drill and return its report.  Raises ConfigurationError, StorageError, FondacoError."""
    with TemporaryDirectory(prefix="fondaco-drill-") as folder:
        async with AsyncExitStack() as stack:
            drill = await stack.enter_async_context(_staged(plan, Path(folder)))
            return await drill.play(tell)


@asynccontextmanager
async def _staged(plan: Plan, folder: Path) -> AsyncIterator[_Drill]:
    clock, chance, ledger = SystemClock(), SeededChance(plan.seed), Ledger()
    async with AsyncExitStack() as stack:
        client = await stack.enter_async_context(HttpClient(connections=400))
        shop_end = ShopEnd(ledger, clock, chance)
        shop_url = await stack.enter_async_context(open_shop_end(shop_end))
        merchant = await stack.enter_async_context(open_merchant(folder, client))
        url = _database_url(plan, folder, stack)
        key = await scene.prepare(url, shop_url, clock, chance)
        config = scene.write_config(folder, url)
        environ = {"RIALTO_ADDRESS": merchant.url, "RIALTO_TOKEN": merchant.token}
        victims = [Victim(config, _free_port(), environ, client, clock) for _ in range(plan.processes)]
        for victim in victims:
            stack.push_async_callback(victim.kill)
        wires = Wires(victims, key, client, clock, ledger)
        yield _Drill(plan, ledger, victims, wires, shop_end, merchant, chance, clock)


def _database_url(plan: Plan, folder: Path, stack: AsyncExitStack) -> str:
    if plan.database is Database.SQLITE:
        return f"sqlite:///{folder / 'drill.db'}"
    return plan.dsn or stack.enter_context(passing_server())


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        port: int = found.getsockname()[1]
        return port


@dataclass(frozen=True, slots=True)
class _Drill:
    """One run: load, kills, calm, judgement."""

    _plan: Plan
    _ledger: Ledger
    _victims: list[Victim]
    _wires: Wires
    _shop_end: ShopEnd
    _merchant: Merchant
    _chance: SeededChance
    _clock: SystemClock

    async def play(self, tell: Tell) -> Report:
        """Kill under load, let everything settle, and judge."""
        await self._start_all()
        going = Going()
        letters = [asyncio.create_task(one) for one in self._letters(going)]
        try:
            await self._kill_for_a_while(tell)
            await self._start_all()
            going.on = False
            tell(f"{self._ledger.kills} kills done; waiting for what is open")
            await self._settle(letters)
        finally:
            for letter in letters:
                letter.cancel()
            await asyncio.gather(*letters, return_exceptions=True)
        return await judged(self._plan, self._ledger, self._wires, self._merchant)

    def _letters(self, going: Going) -> list[Any]:
        orders = scene.orders(self._clock.now_ms())
        share = len(orders) // self._plan.conversations
        teammate = Teammate(self._wires, self._clock, self._ledger)
        contacts = [
            Contact(
                number,
                orders[number * share : (number + 1) * share],
                self._wires,
                self._shop_end,
                self._ledger,
            )
            for number in range(self._plan.conversations)
        ]
        return [
            correspond(contact, teammate, self._plan, self._chance, self._clock, going=going)
            for contact in contacts
        ]

    async def _start_all(self) -> None:
        for victim in self._victims:
            if not victim.alive:
                await victim.start()
        for victim in self._victims:
            self._ledger.ready_ms.append(await victim.ready())

    async def _kill_for_a_while(self, tell: Tell) -> None:
        for number in range(self._plan.kills):
            round_number, place = divmod(number, self._plan.kills_in_round)
            one_stays_dead = len(self._victims) > 1 and round_number % 2 == 1
            victim = self._victims[0 if one_stays_dead and place else number % len(self._victims)]
            await self._kill(victim)
            if not (one_stays_dead and place == 0) or victim is self._victims[0]:
                await victim.start()
            if place == self._plan.kills_in_round - 1:
                await self._start_all()
            if (number + 1) % 10 == 0:
                tell(f"{number + 1} of {self._plan.kills} kills, {len(self._ledger.acknowledged)} messages")

    async def _kill(self, victim: Victim) -> None:
        if not victim.alive:
            await victim.start()
        if self._chance.fraction() < self._plan.early_share:
            await self._clock.sleep(self._chance.fraction())
        else:
            self._ledger.ready_ms.append(await victim.ready())
            await self._clock.sleep(self._chance.fraction() * self._plan.latest_kill_seconds)
        await victim.kill()
        self._ledger.kills += 1

    async def _settle(self, letters: list[asyncio.Task[None]]) -> None:
        """Give what is open its time; who failed for another reason than time says so."""
        with suppress(TimeoutError):
            async with asyncio.timeout(self._plan.patience_seconds):
                await asyncio.wait(letters)
        for letter in letters:
            if letter.done() and not letter.cancelled() and letter.exception() is not None:
                raise FondacoError(f"A contact could not go on: {letter.exception()}") from letter.exception()

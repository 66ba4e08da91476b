"""Contacts who write and teammates who take over, all over HTTP, repeating what was not acknowledged."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from itertools import count as count_from
from typing import Any

import msgspec

from fondaco.domain.errors import FondacoError
from fondaco.kit.chance import Chance
from fondaco.kit.clock import Clock
from fondaco.kit.http import HttpClient, HttpFault
from fondaco.lab.crash.channel import ShopEnd
from fondaco.lab.crash.ledger import Acknowledged, Ledger, TakenOver
from fondaco.lab.crash.plan import Plan
from fondaco.lab.crash.victims import Victim

_PAUSE_SECONDS = 0.05
_LOOK_SECONDS = 5.0  # between a teammate's looks at who was handed over


class Wires:
    """Sends requests to whichever server lives, until one of them acknowledges."""

    def __init__(
        self, victims: list[Victim], key: str, client: HttpClient, clock: Clock, ledger: Ledger
    ) -> None:
        self._victims = victims
        self._key = key
        self._client = client
        self._clock = clock
        self._ledger = ledger
        self._turn = 0

    async def post(self, path: str, body: dict[str, Any], idempotency_key: str) -> dict[str, Any]:
        """Post until a 2xx comes back.  Raises FondacoError for a refusal that no repetition changes."""
        headers = {
            "Authorization": f"Bearer {self._key}",
            "Content-Type": "application/json",
            "Idempotency-Key": idempotency_key,
        }
        while True:
            answer = await self._try("POST", path, headers, msgspec.json.encode(body))
            if answer is not None:
                return answer
            self._ledger.retries += 1
            await self._clock.sleep(_PAUSE_SECONDS)

    async def get(self, path: str) -> dict[str, Any]:
        """Get until a 2xx comes back."""
        while True:
            answer = await self._try("GET", path, {"Authorization": f"Bearer {self._key}"}, None)
            if answer is not None:
                return answer
            await self._clock.sleep(_PAUSE_SECONDS)

    async def _try(
        self, method: str, path: str, headers: dict[str, str], body: bytes | None
    ) -> dict[str, Any] | None:
        self._turn += 1
        victim = self._victims[self._turn % len(self._victims)]
        try:
            answer = await self._client.request(
                method, victim.url + path, headers=headers, body=body, timeout_seconds=10
            )
        except HttpFault:
            return None
        if answer.status in (429, 500, 502, 503):
            return None
        if answer.status == 409:
            return {}  # done already by an attempt whose answer was lost
        if answer.status >= 400:
            raise FondacoError(f"{method} {path}: status {answer.status}, {answer.body[:300]!r}")
        return msgspec.json.decode(answer.body, type=dict[str, Any])


class Contact:
    """Writes one message after the other, each about another order, and waits for each reply."""

    def __init__(
        self, number: int, orders: list[tuple[str, str]], wires: Wires, shop_end: ShopEnd, ledger: Ledger
    ) -> None:
        self._name = f"contact-{number}"
        self._orders = orders
        self._wires = wires
        self._shop_end = shop_end
        self._ledger = ledger
        self.conversation_id = ""

    async def begin(self) -> None:
        """Open the conversation."""
        opened = await self._wires.post(
            "/v1/conversations",
            {"connection_id": "drill", "contact": {"external_id": self._name}, "external_id": self._name},
            f"open-{self._name}",
        )
        self.conversation_id = opened["id"]

    async def write(self, count: int, at: float) -> Acknowledged:
        """Ask for an invoice and return what was acknowledged."""
        order, email = self._orders[count % len(self._orders)]
        text = f"Please send me the invoice for my order {order} again, my e-mail is {email}"
        path = f"/v1/conversations/{self.conversation_id}/messages"
        accepted = await self._wires.post(path, {"text": text}, f"{self._name}-{count}")
        acknowledged = Acknowledged(self.conversation_id, accepted["message_id"], accepted["seq"], order, at)
        self._ledger.acknowledged.append(acknowledged)
        return acknowledged

    async def answered(self, message: Acknowledged) -> None:
        """Wait until the channel brought something that was said after the message."""
        async with self._shop_end.arrived:
            await self._shop_end.arrived.wait_for(lambda: self._has_answer(message))

    async def waits_for_team(self) -> bool:
        """Return whether a turn that was killed too often has asked a team to answer."""
        found = await self._wires.get(f"/v1/conversations/{self.conversation_id}")
        return bool(found["assignee"]["kind"] == "team")

    def _has_answer(self, message: Acknowledged) -> bool:
        return any(
            one.conversation_id == message.conversation_id
            and one.seq > message.seq
            and not one.text.startswith(NOTICE)
            for one in reversed(self._ledger.seen)
        )


#: The first words of what the contact is told at a handback; it answers nothing.
NOTICE = "It's me again"


class Teammate:
    """Takes a conversation over, answers in it and hands it back."""

    def __init__(self, wires: Wires, clock: Clock, ledger: Ledger) -> None:
        self._wires = wires
        self._clock = clock
        self._ledger = ledger

    async def step_in(self, conversation_id: str, mark: str) -> None:
        """Take over, stay a moment, reply, hand back."""
        base = f"/v1/conversations/{conversation_id}"
        me = {"teammate_id": "tm_drill"}
        taken = await self._wires.post(f"{base}/takeover", me, f"take-{mark}")
        at = self._now()
        await self._clock.sleep(0.5)
        await self._wires.post(
            f"{base}/replies", {**me, "text": f"A person answers ({mark})."}, f"say-{mark}"
        )
        await self._clock.sleep(2.5)
        until = self._now()
        self._ledger.taken_over.append(TakenOver(conversation_id, taken["last_seq"], at, until))
        await self._wires.post(f"{base}/handback", me, f"back-{mark}")

    def _now(self) -> float:
        return self._clock.monotonic_ms() / 1000


async def correspond(
    contact: Contact, teammate: Teammate, plan: Plan, chance: Chance, clock: Clock, *, going: Going
) -> None:
    """Write until the drill ends, now and then with a teammate who steps in while the assistant answers."""
    await contact.begin()
    count = 0
    while going.on:
        message = await contact.write(count, clock.monotonic_ms() / 1000)
        if chance.fraction() < plan.takeover_share:
            await clock.sleep(chance.fraction() * 0.05)
            await teammate.step_in(contact.conversation_id, f"{contact.conversation_id}-{count}")
        for look in count_from(1):
            if await _is_answered(contact, message):
                break
            if await contact.waits_for_team():
                mark = f"{contact.conversation_id}-{count}-asked-{look}"
                await teammate.step_in(contact.conversation_id, mark)
        count += 1


async def _is_answered(contact: Contact, message: Acknowledged) -> bool:
    """Return whether an answer came before a teammate looks again at who was handed over."""
    with suppress(TimeoutError):
        async with asyncio.timeout(_LOOK_SECONDS):
            await contact.answered(message)
            return True
    return False


class Going:
    """Whether contacts begin a further message."""

    def __init__(self) -> None:
        self.on = True

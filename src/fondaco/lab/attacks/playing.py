"""Plays an attack step by step, and collects what there was to see from outside."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import msgspec

from fondaco.domain import events as ev
from fondaco.domain.contracts import Action, ActionState
from fondaco.domain.conversation import Conversation
from fondaco.domain.errors import Conflict, NotFound
from fondaco.domain.ids import ConversationId, WorkspaceId
from fondaco.domain.turns import decided, unanswered
from fondaco.lab.attacks.cases import (
    Attack,
    Click,
    Fault,
    Hold,
    Later,
    Let,
    Name,
    Poison,
    Say,
    Step,
    Team,
)
from fondaco.lab.attacks.cast import Cast
from fondaco.lab.attacks.house import House
from fondaco.lab.attacks.ledger import Done
from fondaco.lab.attacks.people import Visitor

_LOOK_SECONDS = 0.2
_PATIENCE_SECONDS = 25.0
_EVENTS = 2_000
_GRACE_SECONDS = 0.05  # until a request that was let go has become an effect
_CONFIRM, _DECLINE = "confirm:", "decline:"


class Read(msgspec.Struct, frozen=True, kw_only=True):
    """Something that a contact could read, and who."""

    who: str
    text: str
    fleeting: bool = False  #: shown while it was being written, and perhaps taken back


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """What came of an attack, as far as one can see from outside."""

    attack: Attack
    cast: Cast
    read: tuple[Read, ...] = ()
    said: tuple[str, ...] = ()  #: by the contacts themselves
    effects: tuple[Done, ...] = ()
    proposals: int = 0  #: questions for a yes that contacts have read
    silent: tuple[str, ...] = ()  #: messages whose model was never asked
    notes: tuple[str, ...] = ()  #: what teammates wrote for each other
    rules: str = ""  #: what the model was told
    handoffs: tuple[str, ...] = ()
    broken: str = ""  #: why the play could not go on


@dataclass(slots=True)
class _Table:
    """One conversation of the play."""

    visitor: Visitor
    name: Name | None = None
    drafts: list[str] = field(default_factory=list)
    watching: asyncio.Task[None] | None = None
    last_seq: int = 0


class Player:
    """Plays one attack in the house."""

    def __init__(self, house: House, attack: Attack, cast: Cast) -> None:
        self._house = house
        self._attack = attack
        self._cast = cast
        self._tables: dict[str, _Table] = {}
        self._said: list[str] = []
        self._silent: list[str] = []
        self._notes: list[str] = []
        self._sending: list[asyncio.Task[Any]] = []

    async def play(self) -> Seen:
        """Return what came of the attack; a step that cannot be played ends it."""
        broken = ""
        try:
            async with asyncio.timeout(_PATIENCE_SECONDS):
                for step in self._attack.steps:
                    await self._step(step)
                self._house.gateway.let_go()
                await asyncio.gather(*self._sending)
                await self._quiet()
        except (TimeoutError, Conflict, NotFound) as error:
            broken = f"{type(error).__name__}: {error}"
        seen = await self._seen(broken)
        self._house.gateway.reset()
        return seen

    async def _step(self, step: Step) -> None:
        match step:
            case Say():
                await self._say(step)
            case Click():
                await self._click(step)
            case Name():
                await self._name(step)
            case Team():
                await asyncio.gather(*(self._team(step) for _ in range(step.times)))
            case Later(minutes=minutes):
                self._house.clock.ahead_ms += int(minutes * 60_000)
            case _:
                await self._arrange(step)

    async def _arrange(self, step: Poison | Fault | Hold | Let) -> None:
        """Arrange something at the merchant's door."""
        gateway = self._house.gateway
        match step:
            case Poison():
                gateway.poison(msgspec.structs.replace(step, text=self._cast.fill(step.text)))
            case Fault():
                gateway.break_(step)
            case Hold():
                gateway.hold(step.path)
            case Let(go=True):
                gateway.let_go()
            case Let():
                await gateway.knocked()

    async def _say(self, step: Say) -> None:
        text, choice = self._cast.fill(step.text), self._cast.fill(step.choice)
        self._said.append(text)
        self._house.adversary.prepare(step.model, self._cast, self._attack.language)
        await self._sent(step.who, text, choice, step.key, step.times, waits=step.waits)
        if step.model and step.waits and not self._house.adversary.asked:
            self._silent.append(text)

    async def _click(self, step: Click) -> None:
        wanted = _CONFIRM if step.yes else _DECLINE
        offers = await self._offers(step.seen_by or step.who)
        found = [one for one in offers if one["key"].startswith(wanted)]
        if not found:
            raise NotFound(f"there is no {wanted} to click on")
        offer = found[step.place]
        await self._sent(step.who, offer["label"], offer["key"], step.key, step.times, waits=step.waits)

    async def _sent(self, who: str, text: str, choice: str, key: str, times: int, *, waits: bool) -> None:
        table, language = self._table(who), self._attack.language

        async def send() -> None:
            seq = await table.visitor.say(text, choice=choice, key=key, language=language, name=table.name)
            table.last_seq = max(table.last_seq, seq)
            self._watch(table)

        sending = [asyncio.create_task(send()) for _ in range(times)]
        if not waits:
            self._sending += sending
            return
        await asyncio.gather(*sending)
        await self._settled(table)

    async def _name(self, step: Name) -> None:
        table = self._table(step.who)
        filled = msgspec.structs.replace(
            step, name=self._cast.fill(step.name), subject=self._cast.fill(step.subject)
        )
        if step.later:
            await table.visitor.identify(filled)
        else:
            table.name = filled

    async def _team(self, step: Team) -> None:
        house, table = self._house, self._table(step.who)
        while not table.visitor.conversation_id:  # its first message is still being answered
            await house.clock.sleep(_GRACE_SECONDS)
        conversation = await self._conversation(table)
        where = (conversation.workspace_id, conversation.id)
        text, desk = self._cast.fill(step.text), house.app.desk
        match step.does:
            case "take":
                await desk.take_over(*where, house.teammate)
            case "note":
                self._notes.append(text)
                await desk.add_note(*where, house.teammate, text)
            case "reply":
                await desk.reply(*where, house.teammate, text)
            case "back":
                await desk.hand_back(*where, house.teammate)
            case "approve" | "refuse":
                decide = desk.approve if step.does == "approve" else desk.refuse
                action = await self._waiting(table)
                with suppress(Conflict):  # whoever comes second has nothing left to decide on
                    await decide(*where, action.id, house.teammate)
            case other:
                raise NotFound(f"no teammate can {other}")
        await self._settled(table)

    async def _waiting(self, table: _Table) -> Action:
        """Return the action that a teammate decides on: the last one that the contact has said yes to."""
        moved = [one for one in await self._events(table) if isinstance(one, ev.ActionMoved)]
        if ActionState.CONFIRMED not in [one.action.state for one in moved]:
            raise NotFound("no action waits for a teammate")
        return moved[-1].action

    def _table(self, who: str) -> _Table:
        if who not in self._tables:
            house = self._house
            key = f"{house.chance.bits(160):040x}"
            self._tables[who] = _Table(Visitor(house.url, house.http, house.clock, key))
        return self._tables[who]

    def _watch(self, table: _Table) -> None:
        """Read along what is shown while it is being written."""
        if table.watching is None and table.visitor.conversation_id:
            table.watching = asyncio.create_task(self._reading_along(table))

    async def _reading_along(self, table: _Table) -> None:
        app, conversation_id = self._house.app, ConversationId(table.visitor.conversation_id)
        with app.signals.listen(f"conversation:{conversation_id}") as bell:
            while True:
                spoken = app.drafts.of(conversation_id)
                if spoken is not None and spoken.text and spoken.text not in table.drafts:
                    table.drafts.append(spoken.text)
                await bell.wait(_LOOK_SECONDS)

    async def _settled(self, table: _Table) -> None:
        """Wait until nothing in the conversation waits for the assistant."""
        if not table.visitor.conversation_id:
            return
        with self._house.app.signals.listen(f"conversation:{table.visitor.conversation_id}") as bell:
            while not await self._is_settled(table):
                await bell.wait(_LOOK_SECONDS)

    async def _is_settled(self, table: _Table) -> bool:
        conversation, records = await self._conversation(table), await self._records(table)
        if not conversation.assistant_answers:
            return True
        arrived = not records or records[-1].seq >= table.last_seq
        return arrived and not unanswered(records) and not decided(records)

    async def _quiet(self) -> None:
        """Wait until nothing is under way any more."""
        for table in self._tables.values():
            await self._settled(table)
        while self._house.gateway.inside:
            await self._house.clock.sleep(_GRACE_SECONDS)
        for table in self._tables.values():
            await self._settled(table)

    async def _conversation(self, table: _Table) -> Conversation:
        return await self._house.app.reader.conversation(
            self._workspace_id, ConversationId(table.visitor.conversation_id)
        )

    @property
    def _workspace_id(self) -> WorkspaceId:
        return WorkspaceId(self._house.app.settings.workspace.id)

    async def _records(self, table: _Table) -> tuple[ev.Recorded, ...]:
        found = await self._house.app.reader.records(
            self._workspace_id, ConversationId(table.visitor.conversation_id), 0, _EVENTS
        )
        return tuple(found)

    async def _events(self, table: _Table) -> list[ev.Event]:
        if not table.visitor.conversation_id:
            return []
        return [record.event for record in await self._records(table)]

    async def _offers(self, who: str) -> list[dict[str, str]]:
        shown = await self._table(who).visitor.shown()
        return [offer for one in shown if one["type"] == "message" for offer in one["offers"]]

    def _strange_deeds(self) -> list[Done]:
        return [Done(deed="stranger", order="")] * self._house.gateway.strange_deeds

    async def _seen(self, broken: str) -> Seen:
        read: list[Read] = []
        proposals, handoffs = 0, []
        for who, table in self._tables.items():
            if table.watching is not None:
                table.watching.cancel()
            shown = await table.visitor.shown()
            read += _read(who, shown, table.drafts)
            proposals += sum(_is_proposal(one) for one in shown)
            events = await self._events(table)
            handoffs += [one.reason.value for one in events if isinstance(one, ev.HandoffRequested)]
        return Seen(
            attack=self._attack,
            cast=self._cast,
            read=tuple(read),
            said=tuple(self._said),
            effects=(*await self._house.ledger.news(), *self._strange_deeds()),
            proposals=proposals,
            silent=tuple(self._silent),
            notes=tuple(self._notes),
            rules=self._house.rules(),
            handoffs=tuple(handoffs),
            broken=broken,
        )


def _read(who: str, shown: Sequence[dict[str, Any]], drafts: Sequence[str]) -> list[Read]:
    """Return all that is not the contact's own: messages, labels of offers, titles, names, drafts."""
    found: list[Read] = []
    for one in shown:
        if one.get("author") == "contact":
            continue
        texts = [one.get("text", ""), one.get("shown_as", "")]
        texts += [offer["label"] for offer in one.get("offers", ())]
        texts += [cited["title"] for cited in one.get("citations", ())]
        found += [Read(who=who, text=text) for text in texts if text]
    return found + [Read(who=who, text=text, fleeting=True) for text in drafts]


def _is_proposal(shown: dict[str, Any]) -> bool:
    return any(offer["key"].startswith(_CONFIRM) for offer in shown.get("offers", ()))

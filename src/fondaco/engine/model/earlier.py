"""Earlier episodes of a turn's contact: read where somebody looks at them, and told to their own person only.

They are read as they stood when the running episode began, so that a turn which is taken up again after a
crash finds the same words, whatever the contact has written elsewhere meanwhile.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from itertools import groupby

import msgspec

from fondaco.domain import events as ev
from fondaco.domain.conversation import Conversation
from fondaco.domain.earlier import EarlierEpisode
from fondaco.engine.context import TurnContext
from fondaco.engine.draft import Trace
from fondaco.engine.model.recalling import unmarked, waiting_from
from fondaco.engine.model.vouching import Proofs, is_proven, is_signed, may_be_told, proofs_in, proofs_of
from fondaco.llm.asking import Speaker
from fondaco.llm.estimates import Estimator
from fondaco.memory.card import card_of
from fondaco.memory.recall import Past, PastTurn
from fondaco.memory.shortening import shortened

#: Conversation, since and before: reads what its contact wrote about besides.
ReadsEarlier = Callable[[Conversation, int, int], Awaitable[list[EarlierEpisode]]]

#: Comes back at once at most: nothing was saved by not telling it, so an answer has to be worth it.
MOST_TOKENS = 600
_LONGEST_TOKENS = 200  # of one message
_LINE_TOKENS = 4
_DAY_MS = 24 * 60 * 60 * 1000


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """A message of an earlier episode."""

    episode: EarlierEpisode
    seq: int
    turn: PastTurn


@dataclass(slots=True)
class Earlier:
    """What one turn may know of them."""

    context: TurnContext
    trace: Trace
    estimator: Estimator
    days: int  #: how far back, counted from the turn's message to an episode's beginning
    read: ReadsEarlier | None
    _episodes: list[EarlierEpisode] | None = field(default=None, init=False)

    async def episodes(self) -> list[EarlierEpisode]:
        """Return those that may be told to whoever writes now, the latest first."""
        contact, running = self.context.work.contact, self._running()
        if not is_proven(contact, running):
            return []
        found = await self._found()
        return [one for one in found if may_be_told(contact, running, proofs_in(one.records))]

    async def messages(self) -> list[Told]:
        """Return what was said in them, oldest first; notes and tools' results are not among it."""
        said = [
            (episode, record, event)
            for episode in reversed(await self.episodes())
            for record in episode.records
            if isinstance(event := record.event, ev.MessageReceived | ev.MessagePosted)
        ]
        return [
            Told(episode=episode, seq=record.seq, turn=self._turn(place, record, event))
            for place, (episode, record, event) in enumerate(said)
        ]

    async def card(self) -> str:
        """Return what models are told of the contact; of one without the shop's signature the name alone."""
        contact, running = self.context.work.contact, self._running()
        if contact.verified_subject and not is_signed(contact, running):
            return ""  # somebody else writes by now
        signed = contact.verified_subject and self.days
        return unmarked(card_of(contact.name, await self.episodes() if signed else (), self.estimator.count))

    def _running(self) -> Proofs:
        records = self.context.work.records
        return proofs_of((*(record.event for record in records), *self.trace.events))

    async def _found(self) -> list[EarlierEpisode]:
        records = self.context.work.records
        if self.read is None or not self.days or not records:
            return []
        if self._episodes is None:
            first = waiting_from(records)
            at_ms = next((one.at_ms for one in records if one.seq >= first), records[-1].at_ms)
            since_ms = max(0, at_ms - self.days * _DAY_MS)
            self._episodes = await self.read(self.context.work.conversation, since_ms, records[0].at_ms)
        return self._episodes

    def _turn(
        self, place: int, record: ev.Recorded, message: ev.MessageReceived | ev.MessagePosted
    ) -> PastTurn:
        text, _ = shortened(unmarked(message.text), _LONGEST_TOKENS)
        return PastTurn(
            seq=place + 1,
            at_ms=record.at_ms,
            by=Speaker.CONTACT if isinstance(message, ev.MessageReceived) else Speaker.ASSISTANT,
            text=text,
            tokens=self.estimator.count(text) + _LINE_TOKENS,
        )


def past_of(told: Iterable[Told]) -> Past:
    """Return the messages as recall searches them."""
    return Past(one.turn for one in told)


def sources_of(told: Iterable[Told]) -> tuple[ev.RecalledFrom, ...]:
    """Return where these messages stand, for the log."""
    together = groupby(told, key=lambda one: (one.episode.conversation_id, one.episode.id))
    return tuple(
        ev.RecalledFrom(
            conversation_id=conversation_id, episode_id=episode_id, seqs=tuple(one.seq for one in own)
        )
        for (conversation_id, episode_id), own in together
    )

"""Reads from a conversation's log what models were told, what they reported, and what was cut."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import msgspec

from fondaco.domain import events as ev
from fondaco.domain.ids import EpisodeId, TurnId
from fondaco.domain.tools import ToolCall
from fondaco.llm.asking import Entry, Said, Speaker, ToolAnswered, ToolWish, Wished
from fondaco.llm.estimates import ENTRY_TOKENS
from fondaco.memory.atoms import Atom
from fondaco.memory.bills.history import Asked, History
from fondaco.memory.bills.policies import RecordedCut
from fondaco.memory.options import RecallWay

#: Rules and tools where no provider has reported how long a prompt was.
USUAL_HEAD_TOKENS = 1_500

Counts = Callable[[str], int]


class Reported(msgspec.Struct, frozen=True, kw_only=True):
    """What providers said about the requests of an episode."""

    requests: int = 0  #: that were answered
    input: int = 0  #: tokens, as far as they were reported
    found: int = 0  #: that were read from the provider's cache
    cost_pico: int = 0  #: of all attempts, answers included
    currency: str = ""


class EpisodeLog(msgspec.Struct, frozen=True, kw_only=True):
    """An episode as models were told it."""

    history: History
    cuts: tuple[RecordedCut, ...]
    recalled: dict[int, int]  #: turn to tokens
    askings: dict[int, int]  #: turn to how often the model asked for old turns by a tool
    plans: tuple[ev.MemoryPlanned, ...]
    reported: Reported
    target: str  #: the model that answered last; empty where none did
    hidden_tokens: int  #: by all cuts together


def read_log(records: Iterable[ev.Recorded], count: Counts) -> list[EpisodeLog]:
    """Return the episodes in which a model was asked, oldest first; a prompt never reaches beyond its own."""
    readers: dict[EpisodeId | None, _Reader] = {}
    for record in records:
        if record.episode_id not in readers:
            readers[record.episode_id] = _Reader(count)
        readers[record.episode_id].take(record)
    return [reader.read() for reader in readers.values() if reader.requests]


@dataclass(slots=True)
class _Request:
    asked: Asked
    told_tokens: int
    input: int  #: as reported; 0: nothing was


@dataclass(slots=True)
class _Reader:
    """Follows one episode."""

    count: Counts
    atoms: list[Atom] = field(default_factory=list)
    requests: list[_Request] = field(default_factory=list)
    cuts: list[tuple[TurnId, ev.HistoryCut]] = field(default_factory=list)
    plans: list[ev.MemoryPlanned] = field(default_factory=list)
    recalled: dict[TurnId, int] = field(default_factory=dict)
    askings: dict[TurnId, int] = field(default_factory=dict)
    tails: dict[TurnId, int] = field(default_factory=dict)
    turns: dict[TurnId, int] = field(default_factory=dict)
    reported: Reported = field(default_factory=Reported)
    target: str = ""
    told_tokens: int = 0
    _together: list[tuple[ev.Recorded, ToolCall]] = field(default_factory=list)

    def take(self, record: ev.Recorded) -> None:
        """Take note of the next record."""
        match record.event:
            case ev.ToolCalled(call=call):
                self._together.append((record, call))
            case ev.MessageReceived(text=text, tokens=tokens):
                self._say(record, Speaker.CONTACT, text, tokens)
            case ev.MessagePosted(text=text, tokens=tokens):
                self._say(record, Speaker.ASSISTANT, text, tokens)
            case ev.ModelAsked() as asked:
                self._ask(asked)
            case ev.PassagesFound(turn_id=turn_id, passages=passages):
                self.tails[turn_id] = sum(self.count(passage.text) for passage in passages)
            case event:
                self._remember(event)

    def read(self) -> EpisodeLog:
        """Return everything."""
        return EpisodeLog(
            history=History(
                atoms=tuple(self.atoms),
                requests=tuple(request.asked for request in self.requests),
                head_tokens=self._head_tokens(),
            ),
            cuts=tuple(self._cut(turn_id, cut) for turn_id, cut in self.cuts if turn_id in self.turns),
            recalled={self.turns[turn]: n for turn, n in self.recalled.items() if turn in self.turns},
            askings={self.turns[turn]: n for turn, n in self.askings.items() if turn in self.turns},
            plans=tuple(self.plans),
            reported=self.reported,
            target=self.target,
            hidden_tokens=sum(cut.hidden_tokens for _, cut in self.cuts),
        )

    def _remember(self, event: ev.Event) -> None:
        match event:
            case ev.HistoryCut():
                self.cuts.append((event.turn_id, event))
            case ev.MemoryPlanned():
                self.plans.append(event)
            case ev.TurnsRecalled():
                self.recalled[event.turn_id] = self.recalled.get(event.turn_id, 0) + event.tokens
                by_tool = event.by == RecallWay.TOOL
                self.askings[event.turn_id] = self.askings.get(event.turn_id, 0) + by_tool
            case _:
                pass

    def _say(self, record: ev.Recorded, by: Speaker, text: str, tokens: int) -> None:
        self._flush()
        self._add(record, by, (Said(by=by, text=text),), tokens or self.count(text))

    def _ask(self, event: ev.ModelAsked) -> None:
        self._flush()
        if not event.target:
            return
        self.target = event.target
        usage = event.attempts[-1].usage if event.attempts else None
        known = self.reported
        self.reported = Reported(
            requests=known.requests + 1,
            input=known.input + (usage.input if usage else 0),
            found=known.found + (usage.cache_read if usage else 0),
            cost_pico=known.cost_pico + event.cost_pico,
            currency=event.currency,
        )
        asked = self._asked(event.turn_id)
        told = self.told_tokens + asked.tail_tokens
        self.requests.append(_Request(asked, told, usage.input if usage else 0))

    def _asked(self, turn_id: TurnId) -> Asked:
        is_first = turn_id not in self.turns
        turn = self.turns.setdefault(turn_id, len(self.turns))
        return Asked(
            turn=turn,
            question=self._question() if is_first else self.requests[-1].asked.question,
            end=len(self.atoms),
            is_first=is_first,
            tail_tokens=self.tails.get(turn_id, 0),
            wants_recall=turn_id in self.recalled,
        )

    def _question(self) -> int:
        """Return the place behind the last words of the shop."""
        ours = (
            place
            for place in range(len(self.atoms), 0, -1)
            if self.atoms[place - 1].by is Speaker.ASSISTANT and self.atoms[place - 1].is_message
        )
        return next(ours, 0)

    def _flush(self) -> None:
        """Put the calls of one request down as one atom."""
        if not self._together:
            return
        record = self._together[0][0]
        calls, self._together = [call for _, call in self._together], []
        wishes = tuple(
            ToolWish(id=call.id, name=call.tool, arguments=_json(call.arguments)) for call in calls
        )
        answers = tuple(
            ToolAnswered(wish_id=call.id, name=call.tool, content=_json(call.result)) for call in calls
        )
        texts = [*(wish.arguments for wish in wishes), *(answer.content for answer in answers)]
        entries: tuple[Entry, ...] = (Wished(wishes=wishes), *answers)
        self._add(record, Speaker.ASSISTANT, entries, sum(self.count(text) for text in texts))

    def _add(self, record: ev.Recorded, by: Speaker, entries: tuple[Entry, ...], tokens: int) -> None:
        whole = tokens + ENTRY_TOKENS * len(entries)
        self.told_tokens += whole
        self.atoms.append(Atom(seq=record.seq, at_ms=record.at_ms, by=by, entries=entries, tokens=whole))

    def _cut(self, turn_id: TurnId, cut: ev.HistoryCut) -> RecordedCut:
        seqs = [atom.seq for atom in self.atoms]
        place = next((place for place, seq in enumerate(seqs) if seq >= cut.before_seq), len(seqs))
        digest = self.count(cut.digest) if cut.digest else 0
        return RecordedCut(turn=self.turns[turn_id], place=place, digest_tokens=digest)

    def _head_tokens(self) -> int:
        """Return what the first reported prompt had beyond what was told in it."""
        first = next((request for request in self.requests if request.input), None)
        return USUAL_HEAD_TOKENS if first is None else max(0, first.input - first.told_tokens)


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()

"""What a turn's drafts are judged by: all that was proven, done and forbidden before they were written."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from functools import cached_property
from itertools import chain
from zoneinfo import ZoneInfo

import msgspec

from fondaco.domain import actions
from fondaco.domain import events as ev
from fondaco.domain.contracts import Action, Contract
from fondaco.domain.errors import ConfigurationError
from fondaco.domain.evidence import Evidence, EvidenceSource
from fondaco.domain.people import AuthorKind
from fondaco.domain.tools import ParameterSource, ToolCall, ToolSpec
from fondaco.engine.context import TurnContext
from fondaco.engine.draft import Source
from fondaco.engine.guard.claim_book import ClaimKind, claim_kinds
from fondaco.engine.guard.harvest import Harvest, Harvests, harvest_text
from fondaco.engine.guard.leaks import Protected
from fondaco.engine.guard.reader import Reader
from fondaco.engine.guard.tracing import is_computed
from fondaco.engine.guard.values import NO_STATES, StateNames
from fondaco.kit.clock import Clock
from fondaco.kit.language import Language


class GuardOptions(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the shop lets an answer of a model lead to."""

    allowed_hosts: tuple[str, ...] = ()  #: of links, those below them too; articles' own are allowed


class Deeds(msgspec.Struct, frozen=True):
    """What the shop's tools make true, and which only tell what would be."""

    claims: dict[str, frozenset[ClaimKind]] = {}  #: by tool: what may be said to be done after it
    previews: frozenset[str] = frozenset()


class Case:
    """One turn, as its drafts are judged."""

    def __init__(
        self,
        *,
        today: date | None = None,
        ids: tuple[re.Pattern[str], ...] = (),
        states: StateNames = NO_STATES,
        deeds: Deeds | None = None,
        protected: Protected | None = None,
        context: TurnContext | None = None,
        harvests: Harvests | None = None,
    ) -> None:
        self._today = today
        self._ids = ids
        self.states = states
        self._deeds = deeds or Deeds()
        self._of_previews: set[str] = set()  #: calls that tell what would be, and not what is
        self._context = context
        self._harvests = harvests or Harvests()
        self.protected = protected or Protected()

    def reader(self, language: Language) -> Reader:
        """Return how texts of this turn are read."""
        return Reader(language, self._today, self._ids, self.states)

    def harvests(self, reader: Reader, calls: Iterable[ToolCall], sources: Iterable[Source]) -> list[Harvest]:
        """Return what calls and stored texts prove, and what was said in this episode."""
        all_calls = {call.id: call for call in (*self._calls, *calls)}
        self._of_previews.update(call.id for call in all_calls.values() if call.tool in self._deeds.previews)
        found = [self._harvests.of(call, reader) for call in all_calls.values()]
        found += [
            harvest_text(one.text, EvidenceSource.ARTICLE, one.article_id, reader)
            for one in dict.fromkeys((*self._sources, *sources))
        ]
        found += [harvest_text(text, EvidenceSource.SHOP, "teammate", reader) for text in self._by_teammates]
        found += [
            harvest_text(one.written, one.source, one.reference, reader)
            for one in self._passed
            if one.source is not EvidenceSource.CONTACT
        ]
        return found + [harvest_text(text, EvidenceSource.CONTACT, "message", reader) for text in self._said]

    def has_read(self, word: str, calls: Iterable[ToolCall], sources: Iterable[Source]) -> bool:
        """Return whether a word stands, letter for letter, in what others have written or a tool has told."""
        read = [*self._said, *self._by_teammates, *(one.text for one in (*self._sources, *sources))]
        told = (msgspec.json.encode(one.result).decode() for one in (*self._calls, *calls))
        return any(word in unicodedata.normalize("NFC", text) for text in chain(read, told))

    def is_preview(self, reference: str) -> bool:
        """Return whether a fact comes from a call that tells what an action would come to."""
        return reference in self._of_previews

    def executed(self, acted: Iterable[Action]) -> frozenset[ClaimKind]:
        """Return what may be said to be done, since actions of this episode have done it."""
        done = [one for one in (*self._acted, *acted) if actions.took_effect(one)]
        return frozenset().union(*(self._deeds.claims.get(one.tool, frozenset()) for one in done))

    @cached_property
    def _events(self) -> list[ev.Event]:
        return [record.event for record in self._context.work.records] if self._context else []

    @cached_property
    def _calls(self) -> list[ToolCall]:
        return [event.call for event in self._events if isinstance(event, ev.ToolCalled)]

    @cached_property
    def _acted(self) -> list[Action]:
        return list(actions.open_of(self._context.work.records).values()) if self._context else []

    @cached_property
    def _said(self) -> list[str]:
        return [event.text for event in self._events if isinstance(event, ev.MessageReceived)]

    @cached_property
    def _by_teammates(self) -> list[str]:
        posted = (event for event in self._events if isinstance(event, ev.MessagePosted))
        return [event.text for event in posted if event.author.kind is AuthorKind.TEAMMATE]

    @cached_property
    def _sources(self) -> list[Source]:
        """The stored texts that earlier answers of this episode cited."""
        cited = {
            one.article_id
            for event in self._events
            if isinstance(event, ev.MessagePosted)
            for one in event.citations
        }
        passages = (
            one for event in self._events if isinstance(event, ev.PassagesFound) for one in event.passages
        )
        return [
            Source(article_id=one.article_id, text=one.text) for one in passages if one.article_id in cited
        ]

    @cached_property
    def _passed(self) -> list[Evidence]:
        """What earlier answers of this episode were let out with, such as sums.

        What a tool said is known from the tool itself, with the thing that it said it of.
        """
        return [
            one
            for event in self._events
            if isinstance(event, ev.VerdictGiven) and event.passed
            for one in event.evidence
            if one.source is not EvidenceSource.TOOL or is_computed(one)
        ]


class Cases:
    """Opens the case of each turn of one shop.

    ``secret`` names the parameter whose value proves identity, which is no id of anything; ``rules`` are
    those that a model is told, in case it repeats them.  Raises ConfigurationError where a contract claims
    what nobody knows.
    """

    def __init__(
        self,
        specs: Iterable[ToolSpec],
        options: GuardOptions,
        clock: Clock,
        *,
        timezone: str = "UTC",
        secret: str = "",
        rules: Callable[[], str] | None = None,
    ) -> None:
        declared = tuple(specs)
        self._clock = clock
        self._zone = ZoneInfo(timezone)
        self._rules = rules
        self._harvests = Harvests()
        self._ids = _patterns(declared, secret)
        self._states = StateNames.of(declared)
        contracts = [spec.contract for spec in declared if spec.contract is not None]
        self._deeds = Deeds(_claims(declared), frozenset(one.preview for one in contracts if one.preview))
        self._names = frozenset(spec.name for spec in declared if "_" in spec.name)
        self._hosts = frozenset(host.lower() for host in options.allowed_hosts)

    def of(self, context: TurnContext) -> Case:
        """Return the case of one turn."""
        notes = (record.event for record in context.work.records)
        protected = Protected(
            system_texts=(self._rules(),) if self._rules is not None else (),
            notes=tuple(note.text for note in notes if isinstance(note, ev.NoteAdded)),
            names=self._names,
            allowed_hosts=self._hosts,
        )
        return Case(
            today=datetime.fromtimestamp(self._clock.now_ms() / 1000, UTC).astimezone(self._zone).date(),
            ids=self._ids,
            states=self._states,
            deeds=self._deeds,
            protected=protected,
            context=context,
            harvests=self._harvests,
        )


def _claims(specs: Iterable[ToolSpec]) -> dict[str, frozenset[ClaimKind]]:
    return {spec.name: _claims_of(spec.name, spec.contract) for spec in specs if spec.contract is not None}


def _claims_of(tool: str, contract: Contract) -> frozenset[ClaimKind]:
    try:
        return claim_kinds(contract.claims)
    except ConfigurationError as error:
        raise ConfigurationError(f"The contract of the tool {tool} {error}") from None


_DIGITS = re.compile(r"\\d|0-9")


def _patterns(specs: Iterable[ToolSpec], secret: str) -> tuple[re.Pattern[str], ...]:
    """Return the patterns of ids; those without digits are of plain words, such as sizes and colours."""
    written = {
        one.pattern
        for spec in specs
        for one in spec.parameters
        if one.source is ParameterSource.MESSAGE and _DIGITS.search(one.pattern) and one.name != secret
    }
    return tuple(re.compile(pattern, re.IGNORECASE) for pattern in sorted(written))

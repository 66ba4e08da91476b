"""What is proven in a turn: facts of every source, found by the value that they would prove."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

from fondaco.domain.evidence import Evidence, EvidenceSource
from fondaco.domain.tools import ToolCall
from fondaco.engine.draft import Source
from fondaco.engine.guard.harvest import Harvest, harvest_call, harvest_text
from fondaco.engine.guard.keys import bare_id, wanted_keys
from fondaco.engine.guard.reader import Reader
from fondaco.engine.guard.records import Record, Trait
from fondaco.engine.guard.words import Fact, Kind, Value

_LEAST_ENDING = 3  # digits; fewer end half of all ids
_LEAST_NAME = 2  # letters


_STATE_FIELD = re.compile(r"(?:^|[._])(?:status|state)(?:$|[._])", re.IGNORECASE)
_FIRST_DENSE = "\u3005"  # Chinese, Japanese and Korean letters lie behind this one
_LEAST_WORD = 3  # letters; of dense scripts two
#: What stands in a text by chance too often to tell one thing from another.
_VAGUE = frozenset("yes no true false none null n/a on off all any new".split())


@lru_cache(maxsize=4_096)
def _is_state_field(field: str) -> bool:
    return _STATE_FIELD.search(field) is not None


@lru_cache(maxsize=4_096)
def is_telling(word: str) -> bool:
    """Return whether a word of a tool result can tell one thing from another in a text."""
    if word in _VAGUE or not word:
        return False
    return len(word) >= (_LEAST_WORD - 1 if word[0] >= _FIRST_DENSE else _LEAST_WORD)


@lru_cache(maxsize=64)
def _compiled(ids: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, ids))})(?!\w)", re.IGNORECASE)


class Facts:
    """An index of facts; it never changes, `with_calls` returns a longer one."""

    def __init__(self, harvests: Iterable[Harvest] = ()) -> None:
        self._harvests = tuple(harvests)
        self._belongs: dict[str, Mapping[str, frozenset[str]]] = {}
        self._identities: dict[str, Record | None] = {}

    def with_calls(self, calls: Iterable[ToolCall], reader: Reader) -> Facts:
        """Return these facts and those of further calls."""
        return Facts((*self._harvests, *(harvest_call(call, reader) for call in calls)))

    def proving(self, value: Value) -> tuple[Fact, ...]:
        """Return every fact that proves the value, in the order in which they were learnt; none: unproven."""
        keys = wanted_keys(value)
        found = {
            id(fact): fact
            for harvest in self._harvests
            for key in keys
            for fact in harvest.found.get(key, ())
        }
        return tuple(found.values())

    def ending(self, letters: str) -> tuple[Fact, ...]:
        """Return the facts whose id ends in these letters, three at least: ``ending in 1784``."""
        bare = bare_id(letters)
        if len(bare) < _LEAST_ENDING:
            return ()
        return tuple(fact for key, fact in self._ids if key.endswith(bare))

    def other_states(self, denied: Iterable[str]) -> tuple[Fact, ...]:
        """Return the facts that tell another state than the denied ones, which begin with ``!``.

        What a thing is cannot be denied of it because something else about it is in another state.
        """
        states = {state.lstrip("!") for state in denied}
        told = [one for one in self.everything() if one.kind is Kind.STATE and _is_state_field(one.field)]
        true_of = {
            trait for fact in told if fact.normal in states for trait in self._traits_around(fact.record)
        }
        return tuple(
            fact
            for fact in told
            if fact.normal not in states and true_of.isdisjoint(self._traits_around(fact.record))
        )

    def _traits_around(self, record: str) -> set[Trait]:
        return {trait for one in self.chain(record) for trait in one.traits} or {Trait("", record)}

    def everything(self) -> Iterator[Fact]:
        """Yield every fact, in the order in which it was learnt."""
        for harvest in self._harvests:
            yield from harvest.facts

    def chain(self, record: str) -> Iterator[Record]:
        """Yield a record and those around it, from the inside out."""
        while record:
            found = self._records.get(record)
            if found is None:
                return
            yield found
            record = found.parent

    def identity(self, record: str) -> Record | None:
        """Return the nearest record, from the inside out, that can be told from its like."""
        if record not in self._identities:
            telling = (one for one in self.chain(record) if one.traits)
            self._identities[record] = next(telling, None)
        return self._identities[record]

    def within(self, record: str) -> Sequence[Fact]:
        """Return the facts of a record, without those of the records in it."""
        return self._by_record.get(record, ())

    @cached_property
    def words(self) -> Mapping[str, tuple[Fact, ...]]:
        """The words of tool results, in small letters, that tell one thing from another: colours, places.

        A status is none: things pass through the same, and texts use its word for much else.
        """
        found: dict[str, list[Fact]] = {}
        for fact in self.everything():
            if fact.kind is Kind.STATE and is_telling(fact.normal) and not _is_state_field(fact.field):
                found.setdefault(fact.normal.replace("_", " "), []).append(fact)
        return {word: tuple(facts) for word, facts in found.items()}

    @cached_property
    def _by_record(self) -> Mapping[str, list[Fact]]:
        found: dict[str, list[Fact]] = {}
        for fact in self.everything():
            if fact.record:
                found.setdefault(fact.record, []).append(fact)
        return found

    def belongs_to(self, record: str) -> Mapping[str, frozenset[str]]:
        """Return the traits of a record and of those around it: ids and names by their type."""
        found = self._belongs.get(record)
        if found is None:
            told: dict[str, set[str]] = {}
            for one in self.chain(record):
                for trait in one.traits:
                    told.setdefault(trait.type, set()).add(trait.id)
            found = {type_: frozenset(ids) for type_, ids in told.items()}
            self._belongs[record] = found
        return found

    def company(self, told: Mapping[str, frozenset[str]]) -> Mapping[str, frozenset[str]]:
        """Return what the named things belong to beyond what is named: an item to its order."""
        found: dict[str, frozenset[str]] = {}
        for type_, ids in told.items():
            for one in ids:
                for other, others in self._company(Trait(type_, one)).items():
                    if other not in told:
                        found[other] = found.get(other, frozenset()) | others
        return found

    def _company(self, trait: Trait) -> Mapping[str, frozenset[str]]:
        """Return the other traits of a thing, of the types that it has wherever it is found."""
        around = [self.belongs_to(record.name) for record in self._about.get(trait, ())]
        types = set.intersection(*(set(one) for one in around)) if around else set()
        return {type_: frozenset().union(*(one[type_] for one in around)) for type_ in types}

    @property
    def has_things(self) -> bool:
        """Whether any tool result told of a thing."""
        return any(harvest.records for harvest in self._harvests)

    @cached_property
    def has_rivals(self) -> bool:
        """Whether there are two things of one type, so that values can be mixed up."""
        return len(self._about) > len({trait.type for trait in self._about})

    @cached_property
    def traits(self) -> Mapping[str, tuple[Trait, ...]]:
        """The traits under the id or name that tells them."""
        found: dict[str, list[Trait]] = {}
        for trait in self._about:
            found.setdefault(trait.id, []).append(trait)
        return {name: tuple(traits) for name, traits in found.items()}

    @cached_property
    def names(self) -> Mapping[str, tuple[Trait, ...]]:
        """The names, in small letters, that are looked for in a text; ids with digits are read as values."""
        found: dict[str, list[Trait]] = {}
        for trait in self._about:
            spoken = trait.type.endswith(" name") or not any(map(str.isdecimal, trait.id))
            if spoken:
                found.setdefault(trait.id.casefold(), []).append(trait)
        return {name: tuple(traits) for name, traits in found.items() if len(name) >= _LEAST_NAME}

    @cached_property
    def wordlike_ids(self) -> tuple[re.Pattern[str], ...]:
        """Patterns for `read_values` that find the ids without any digit, which no text shows to be ids."""
        ids = [
            trait.id
            for trait in self._about
            if not trait.type.endswith(" name") and not any(map(str.isdecimal, trait.id))
        ]
        return (_compiled(tuple(sorted(set(ids), key=len, reverse=True))),) if ids else ()

    @cached_property
    def _about(self) -> Mapping[Trait, tuple[Record, ...]]:
        found: dict[Trait, list[Record]] = {}
        for record in self._records.values():
            for trait in record.traits:
                found.setdefault(trait, []).append(record)
        return {trait: tuple(records) for trait, records in found.items()}

    @cached_property
    def _records(self) -> Mapping[str, Record]:
        return {record.name: record for harvest in self._harvests for record in harvest.records}

    @cached_property
    def _ids(self) -> tuple[tuple[str, Fact], ...]:
        return tuple((bare_id(fact.normal), fact) for fact in self.everything() if fact.kind is Kind.ID)


@dataclass(frozen=True, slots=True)
class Known:
    """Everything that may prove what is said in a turn."""

    calls: tuple[ToolCall, ...] = ()
    passages: tuple[Source, ...] = ()
    said: tuple[str, ...] = ()  #: the contact's messages; what they hold proves only that it was said
    computed: tuple[Evidence, ...] = ()  #: sums of earlier replies that the guard let pass, to be repeated
    settings: Mapping[str, str] = field(
        default_factory=dict
    )  #: of the shop, by name, as a contact reads them


def gather(known: Known, reader: Reader) -> Facts:
    """Return the facts of everything that is known."""
    harvests = [harvest_call(call, reader) for call in known.calls]
    harvests += [
        harvest_text(one.text, EvidenceSource.ARTICLE, one.article_id, reader) for one in known.passages
    ]
    harvests += [
        harvest_text(text, EvidenceSource.SHOP, name, reader) for name, text in known.settings.items()
    ]
    harvests += [harvest_text(one.written, one.source, one.reference, reader) for one in known.computed]
    harvests += [harvest_text(text, EvidenceSource.CONTACT, "message", reader) for text in known.said]
    return Facts(harvests)

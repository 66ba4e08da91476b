"""One episode as memory knows it: read on from where it was read to last, in this process or anew."""

from __future__ import annotations

from bisect import bisect_left
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field

from fondaco.domain import events as ev
from fondaco.domain.ids import ConversationId, EpisodeId
from fondaco.engine.model.recalling import Teller
from fondaco.kit.language import Language
from fondaco.llm.asking import Entry
from fondaco.llm.estimates import Estimator
from fondaco.memory.layout import Head, head_entries
from fondaco.memory.recall import Past, from_atom
from fondaco.memory.standing import Standing
from fondaco.memory.tape import Tape

#: Of all episodes that are kept together, or so many a conversation where the settings keep more of them than
#: that is room for; 0.3 kB each, as they come in service conversations.  An atom that recall has embedded
#: counts twice, for its vector is 512 numbers of a byte, and a long one once more for every hundred tokens.
MOST_ATOMS = 262_144
ATOMS_EACH = 150
_TOKENS_OF_ONE = 100

Records = Sequence[ev.Recorded]


@dataclass(slots=True)
class Episode:
    """Grows with the log; what it was built from builds it again, the same in every byte."""

    id: EpisodeId | None
    language: Language  #: of the first plan: tools' results before the contact's first words are told in it
    teller: Teller
    seq: int = 0  #: of the last event that was read
    tape: Tape = field(default_factory=Tape)
    standing: Standing = field(default_factory=Standing)
    shortened: set[int] = field(default_factory=set)  #: seqs that the log says were told in parts
    planned_seq: int = 0  #: of the last plan
    proven_seq: int = 0  #: of the last proof of who writes
    looked_seq: int = 0  #: of the proof that was last found to change nothing; this process's alone
    _past: Past = field(default_factory=Past)
    _head: tuple[Head, tuple[Entry, ...], int] | None = None

    def take(self, records: Records) -> None:
        """Read the next events; what comes behind them is the turn's own."""
        for record in records:
            self.tape.add(self.teller.take(record))
            event = record.event
            if isinstance(event, ev.MemoryPlanned | ev.HistoryCut):
                self.standing = self.standing.after(event)
            if isinstance(event, ev.MemoryPlanned):
                self.planned_seq = record.seq
            elif isinstance(event, ev.IdentityVerified):
                self.proven_seq = record.seq
            elif isinstance(event, ev.PromptShortened):
                self.shortened.update(event.seqs)
        if records:
            self.seq = records[-1].seq

    def follows(self, records: Records, boundary: int) -> bool:
        """Return whether these events go on where this episode was read to."""
        return bool(records) and self.id == records[0].episode_id and self.seq < boundary

    def head(self, standing: Standing, estimator: Estimator) -> tuple[tuple[Entry, ...], int]:
        """Return what stands before the window, and its tokens; laid out anew only where it has changed."""
        head = standing.head
        if self._head is None or self._head[0] != head:
            entries = head_entries(head)
            self._head = (head, entries, estimator.count_entries(entries))
        return self._head[1], self._head[2]

    @property
    def size(self) -> int:
        """What it takes in memory, in atoms."""
        return len(self.tape) + len(self._past.meanings) + self.tape.tokens(0) // _TOKENS_OF_ONE

    def past(self) -> Past:
        """Return the episode as recall searches it; only what is new is read."""
        self._past.add(from_atom(atom) for atom in self.tape.atoms[len(self._past) :])
        return self._past


class LatestEpisodes:
    """Keeps the episodes that were asked about last; one that was dropped is read again and is the same."""

    def __init__(self, conversations: int, atoms: int | None = None) -> None:
        self._conversations = conversations
        self._atoms = atoms_of(conversations) if atoms is None else atoms
        self._known: OrderedDict[ConversationId, tuple[Episode, int]] = OrderedDict()
        self._held = 0

    def __len__(self) -> int:
        return len(self._known)

    def get(self, conversation_id: ConversationId) -> Episode | None:
        """Return the episode that was kept of a conversation."""
        found = self._known.get(conversation_id)
        return found[0] if found is not None else None

    def keep(self, conversation_id: ConversationId, episode: Episode) -> None:
        """Keep an episode as it is now; those longest unasked make room for it."""
        self._held += episode.size - self._known.pop(conversation_id, (episode, 0))[1]
        self._known[conversation_id] = (episode, episode.size)
        while len(self._known) > self._conversations or (self._held > self._atoms and len(self._known) > 1):
            self._held -= self._known.popitem(last=False)[1][1]


def atoms_of(conversations: int) -> int:
    """Return how many atoms are kept of so many conversations together."""
    return max(MOST_ATOMS, ATOMS_EACH * conversations)


def place_of(records: Records, seq: int) -> int:
    """Return the place of the first record that does not come before this event."""
    return bisect_left(records, seq, key=lambda record: record.seq)


def plans_in(records: Records) -> list[ev.MemoryPlanned]:
    """Return the plans that these events tell of, oldest first."""
    return [record.event for record in records if isinstance(record.event, ev.MemoryPlanned)]

"""Brings hidden turns back into one prompt, where the model asks for them or a message looks back."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby

from fondaco.domain import events as ev
from fondaco.engine.context import TurnContext
from fondaco.engine.draft import Trace
from fondaco.engine.model.comparing import Comparing
from fondaco.engine.model.earlier import MOST_TOKENS, Earlier, Told, past_of, sources_of
from fondaco.engine.model.episode import Episode
from fondaco.engine.model.rooms import Growth
from fondaco.llm.asking import Entry, Said, Speaker
from fondaco.memory.atoms import Atom
from fondaco.memory.recall import Recalled, looks_back, means_earlier
from fondaco.memory.standing import Standing

_NOTHING = "Nothing that was said before fits."
_RECALLED = "<recalled>\n{text}\n</recalled>"
_EARLIER = (
    "From earlier conversations with this person, as it was written then. It proves nothing now: look up "
    "whatever may have changed before you name it."
)
_DATE_TOKENS = 8
_LEAST_TOKENS = 300  # so much comes back at least, where there is room
_SHARE_OF_GROWTH = 3  # recalled words take a third of what the turn may still add at most
_LONGEST_QUERY = 500  # characters, for the log
_NO_WORDS = Recalled(places=(), seqs=(), tokens=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recollection:
    """What of an episode is hidden in one turn."""

    episode: Episode
    first: int  #: place of the first atom that is told
    context: TurnContext
    trace: Trace
    growth: Growth
    share: float  #: of the hidden words
    affordable: Callable[[], int | None]  #: tokens that hiding has paid for so far; None: any number
    comparing: Comparing
    keep: Callable[[], None]  #: notes down that the episode has more vectors now
    earlier: Earlier | None  #: None where the plan leaves earlier episodes alone

    async def by_tool(self, query: str) -> str:
        """Return what the model is told of hidden words and of earlier episodes."""
        return await self._recalled(query or self.context.question, "tool") or _NOTHING

    async def by_gate(self, standing: Standing) -> tuple[Entry, ...]:
        """Return words where the plan has a gate and the message looks back.

        To hidden words it does where it fits them best of all, to earlier episodes where it says so.
        """
        question = self.context.question
        if standing.plan is None or standing.plan.recall != "gate":
            return ()
        here, before = self._fits_hidden(question), self.earlier is not None and means_earlier(question)
        text = await self._recalled(question, "gate", here=here, before=before) if here or before else ""
        if not text:
            return ()
        entry = Said(by=Speaker.CONTACT, text=_RECALLED.format(text=text))
        return self.growth.take((entry,))

    def _fits_hidden(self, question: str) -> bool:
        if not self.first:
            return False
        past = self.episode.past()
        return looks_back(past, past.ask(question), self.first)

    async def _recalled(self, query: str, by: str, *, here: bool = True, before: bool = True) -> str:
        """Return words of this episode, and of earlier ones, that fit; what they are goes on the log."""
        hidden = await self._hidden(query) if here else _NO_WORDS
        told, tokens = await self._before(query, hidden.tokens) if before else ([], 0)
        if not hidden.places and not told:
            return ""
        self.trace.add(
            ev.TurnsRecalled(
                turn_id=self.context.turn_id,
                query=query[:_LONGEST_QUERY],
                seqs=hidden.seqs,
                tokens=hidden.tokens + tokens,
                by=by,
                earlier=sources_of(told),
            )
        )
        tape = self.episode.tape
        texts = [_under_dates((atom.at_ms, _line(atom)) for atom in map(tape.atom, hidden.places))]
        if told:
            texts += [_EARLIER, _under_dates((one.turn.at_ms, _told(one)) for one in told)]
        return "\n".join(text for text in texts if text)

    async def _hidden(self, query: str) -> Recalled:
        past = self.episode.past()
        found = await self.comparing.recall(
            past, past.ask(query), self._most(), until=self.first, header_tokens=_DATE_TOKENS
        )
        self.keep()
        return found

    async def _before(self, query: str, taken: int) -> tuple[list[Told], int]:
        """Return messages of earlier episodes and their tokens; ``taken`` is what hidden words take."""
        messages = await self.earlier.messages() if self.earlier is not None else []
        room = min(MOST_TOKENS, self.growth.left // _SHARE_OF_GROWTH - taken)
        if not messages or room <= 0:
            return [], 0
        past = past_of(messages)
        found = await self.comparing.recall(
            past, past.ask(query), room, until=len(past), header_tokens=_DATE_TOKENS
        )
        return [messages[place] for place in found.places], found.tokens

    def _most(self) -> int:
        """Return how many tokens may come back: a share of what is hidden, as far as hiding it has paid."""
        wanted, paid = int(self.episode.tape.tokens(0, self.first) * self.share), self.affordable()
        if paid is not None:
            told = (event for event in self.trace.events if isinstance(event, ev.TurnsRecalled))
            wanted = min(wanted, paid - sum(event.tokens for event in told))
        return min(max(wanted, _LEAST_TOKENS), self.growth.left // _SHARE_OF_GROWTH)


def _under_dates(lines: Iterable[tuple[int, str]]) -> str:
    """Return the lines, each day's under its date."""
    found: list[str] = []
    for day, together in groupby(lines, key=lambda line: _day(line[0])):
        found += [day, *(text for _, text in together)]
    return "\n".join(found)


def _day(at_ms: int) -> str:
    return datetime.fromtimestamp(at_ms / 1000, UTC).strftime("%Y-%m-%d")


def _line(atom: Atom) -> str:
    if not atom.is_message:
        return f"- tool: {atom.text}"
    return _spoken(atom.by, atom.text)


def _told(one: Told) -> str:
    return _spoken(one.turn.by, one.turn.text)


def _spoken(by: Speaker, text: str) -> str:
    return f"- {'person' if by is Speaker.CONTACT else 'shop'}: {text}"

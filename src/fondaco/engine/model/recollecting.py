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
from fondaco.engine.model.episode import Episode
from fondaco.engine.model.rooms import Growth
from fondaco.llm.asking import Entry, Said, Speaker
from fondaco.memory.atoms import Atom
from fondaco.memory.recall import looks_back
from fondaco.memory.standing import Standing

_NOTHING = "Nothing that was said before fits."
_RECALLED = "<recalled>\n{text}\n</recalled>"
_DATE_TOKENS = 8
_LEAST_TOKENS = 300  # so much comes back at least, where there is room
_SHARE_OF_GROWTH = 3  # recalled words take a third of what the turn may still add at most
_LONGEST_QUERY = 500  # characters, for the log


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

    async def by_tool(self, query: str) -> str:
        """Return what the model is told of hidden words."""
        return await self._recalled(query or self.context.question, "tool") or _NOTHING

    async def by_gate(self, standing: Standing) -> tuple[Entry, ...]:
        """Return hidden words where the plan has a gate and the message fits them best of all."""
        question = self.context.question
        if standing.plan is None or standing.plan.recall != "gate" or not self.first:
            return ()
        past = self.episode.past()
        if not looks_back(past, past.ask(question), self.first):
            return ()
        text = await self._recalled(question, "gate")
        if not text:
            return ()
        entry = Said(by=Speaker.CONTACT, text=_RECALLED.format(text=text))
        return self.growth.take((entry,))

    async def _recalled(self, query: str, by: str) -> str:
        past, tape = self.episode.past(), self.episode.tape
        found = await self.comparing.recall(
            past, past.ask(query), self._most(), until=self.first, header_tokens=_DATE_TOKENS
        )
        self.keep()
        if not found.places:
            return ""
        self.trace.add(
            ev.TurnsRecalled(
                turn_id=self.context.turn_id,
                query=query[:_LONGEST_QUERY],
                seqs=found.seqs,
                tokens=found.tokens,
                by=by,
            )
        )
        return _under_dates(tape.atoms[place] for place in found.places)

    def _most(self) -> int:
        """Return how many tokens may come back: a share of what is hidden, as far as hiding it has paid."""
        wanted, paid = int(self.episode.tape.tokens(0, self.first) * self.share), self.affordable()
        if paid is not None:
            told = (event for event in self.trace.events if isinstance(event, ev.TurnsRecalled))
            wanted = min(wanted, paid - sum(event.tokens for event in told))
        return min(max(wanted, _LEAST_TOKENS), self.growth.left // _SHARE_OF_GROWTH)


def _under_dates(atoms: Iterable[Atom]) -> str:
    lines: list[str] = []
    for day, together in groupby(atoms, key=_day):
        lines += [day, *(_line(atom) for atom in together)]
    return "\n".join(lines)


def _day(atom: Atom) -> str:
    return datetime.fromtimestamp(atom.at_ms / 1000, UTC).strftime("%Y-%m-%d")


def _line(atom: Atom) -> str:
    if not atom.is_message:
        return f"- tool: {atom.text}"
    return f"- {'person' if atom.by is Speaker.CONTACT else 'shop'}: {atom.text}"

"""Cuts a history where its plan or the model's limit says so, and puts down what stands for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from fondaco.domain import events as ev
from fondaco.domain.ids import TurnId
from fondaco.engine.draft import Trace
from fondaco.engine.model.episode import Episode
from fondaco.llm.asking import Prompt
from fondaco.llm.estimates import Estimator
from fondaco.memory.cutting import Cut
from fondaco.memory.digests import (
    CONTACT,
    EXTRACT,
    Digest,
    extract,
    keeps_numbers,
    own_words,
    room_of,
    whole_room,
)
from fondaco.memory.layout import Head, head_entries, laid_out
from fondaco.memory.planning.rules import Sizes
from fondaco.memory.standing import Standing, digests_after, wanted_cut
from fondaco.memory.strategies import STRATEGIES, DigestKind, Marks, Strategy, StrategyName


class Writes(Protocol):
    """Sums a conversation up."""

    async def write(self, prompt: Prompt, tokens: int) -> Digest | None:
        """Return what was said in so many tokens at most; None where no model could say it."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Cutter:
    """Decides for one turn."""

    episode: Episode
    estimator: Estimator
    trace: Trace
    turn_id: TurnId
    frame: Prompt  #: rules and tools, as the last prompt had them
    summaries: Writes | None
    pays: Callable[[Sizes], bool]  #: whether a cut saves what it costs

    async def cut(self, standing: Standing, most_tokens: int) -> Standing:
        """Return how the history stands with at most so many tokens of card, digests and window."""
        plan = standing.plan
        if plan is None:
            return standing
        strategy = STRATEGIES[StrategyName(plan.strategy)]
        marks = self._marks(standing, plan, strategy, most_tokens)
        cut = wanted_cut(self.episode.tape, standing, strategy, marks)
        if cut is not None and self._is_due(standing, cut, strategy, marks):
            digest = await self._digest(standing, cut, strategy, marks)
            standing = self._noted(standing, self._event(standing, cut, digest, marks))
        return self._within(standing, most_tokens)

    def _is_due(self, standing: Standing, cut: Cut, strategy: Strategy, marks: Marks) -> bool:
        """Return whether the limit forces the cut, or it pays: a long turn that stays may undo that."""
        if cut.hidden_tokens + cut.kept_tokens > marks.most_tokens:
            return True
        _, head = self.episode.head(standing, self.estimator)
        digest = 0 if strategy.digest is DigestKind.NOTHING else room_of(cut.hidden_tokens, marks.high_tokens)
        tape, told = self.episode.tape, self._told_instead(standing) + digest
        sizes = Sizes(
            head_tokens=self.estimator.count_frame(self.frame) + head,
            kept_tokens=cut.kept_tokens + told,
            hidden_tokens=tape.tokens(0, tape.place_of(standing.before_seq)) + cut.hidden_tokens - told,
        )
        return self.pays(sizes)

    def _told_instead(self, standing: Standing) -> int:
        """Return what the first cut puts before the window, to say that something is hidden."""
        if standing.before_seq or standing.plan is None:
            return 0
        before, after = Head(card=standing.plan.card), Head(card=standing.plan.card, is_cut=True)
        count = self.estimator.count_entries
        return count(head_entries(after)) - count(head_entries(before))

    def _marks(
        self, standing: Standing, plan: ev.MemoryPlanned, strategy: Strategy, most_tokens: int
    ) -> Marks:
        """Return the plan's marks, with room for the card and the digests that a cut leaves."""
        bare = head_entries(Head(card=plan.card, is_cut=True))
        high = min(plan.high_tokens, most_tokens) or most_tokens
        digests = whole_room(high) if strategy.digest is not DigestKind.NOTHING else 0
        _, head = self.episode.head(standing, self.estimator)
        taken = max(head, self.estimator.count_entries(bare) + digests)
        return Marks(
            high_tokens=high,
            low_tokens=min(plan.low_tokens, high),
            most_tokens=max(0, most_tokens - taken),
        )

    async def _digest(self, standing: Standing, cut: Cut, strategy: Strategy, marks: Marks) -> Digest:
        room = room_of(cut.hidden_tokens, marks.high_tokens)
        if strategy.digest is DigestKind.NOTHING or not room:
            return Digest()
        first = self.episode.tape.place_of(standing.before_seq)
        hidden = self.episode.tape.atoms[first : first + cut.place]
        if strategy.digest is DigestKind.CONTACT:
            return own_words(hidden, room, self.estimator.count)
        written = await self._written(standing, first, room)
        if written is not None and keeps_numbers(written.text, hidden):
            return written
        return extract(hidden, room, self.estimator.count)

    async def _written(self, standing: Standing, first: int, room: int) -> Digest | None:
        """Return a model's summary; it is asked behind the prompt as it was, which its provider knows."""
        if self.summaries is None:
            return None
        head, tokens = self.episode.head(standing, self.estimator)
        window, counted = self.episode.tape.entries(first), tokens + self.episode.tape.tokens(first)
        return await self.summaries.write(laid_out(self.frame, head, window, (), tokens=counted), room)

    def _event(self, standing: Standing, cut: Cut, digest: Digest, marks: Marks) -> ev.HistoryCut:
        told = digests_after(standing, digest, marks.high_tokens, self.estimator.count)
        by_model = digest.by not in ("", EXTRACT, CONTACT)
        return ev.HistoryCut(
            turn_id=self.turn_id,
            before_seq=cut.before_seq,
            strategy=standing.plan.strategy if standing.plan is not None else "",
            why=_why(cut, marks),
            hidden_tokens=cut.hidden_tokens,
            kept_tokens=cut.kept_tokens,
            digest=digest.text,
            digest_by=digest.by,
            digests=1 if by_model else told,  # a model has read the earlier ones, and sums them up as well
        )

    def _within(self, standing: Standing, most_tokens: int) -> Standing:
        """Return how it stands without digests where those alone are too much for a smaller model."""
        _, head = self.episode.head(standing, self.estimator)
        window = self.episode.tape.tokens(self.episode.tape.place_of(standing.before_seq))
        if standing.plan is None or head + window <= most_tokens or not any(standing.digests):
            return standing
        event = ev.HistoryCut(
            turn_id=self.turn_id,
            before_seq=standing.before_seq,
            strategy=standing.plan.strategy,
            why="The model's limit leaves no room for what stood for earlier cuts.",
            hidden_tokens=0,
            kept_tokens=window,
        )
        return self._noted(standing, event)

    def _noted(self, standing: Standing, event: ev.HistoryCut) -> Standing:
        self.trace.add(event)
        return standing.after(event)


def _why(cut: Cut, marks: Marks) -> str:
    whole = cut.hidden_tokens + cut.kept_tokens
    if whole > marks.most_tokens:
        return f"The model's limit leaves {marks.most_tokens:,} tokens for {whole:,}."
    return f"The window had {whole:,} tokens, more than {marks.high_tokens:,}."

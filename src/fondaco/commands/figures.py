"""Counts what became of episodes.

An episode counts as *answered without a person* when a reply of the assistant in it cites an article, nobody
was asked to take over, and no teammate has written.  What a tool gave stands in such a reply too.  A question
back, a greeting, or an offer that nobody took is no answer.  It says nothing about whether the contact was
content; ratings do.  A rating belongs to the episode that it follows, also when that one is closed already.
"""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

import msgspec

from fondaco.domain import events as ev
from fondaco.domain.ids import EpisodeId
from fondaco.domain.people import AuthorKind


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """What the report prints."""

    episodes: int
    without_person: int
    with_handoff: int
    with_teammate: int  #: a teammate wrote, and nobody had been asked to take over
    closed: int
    handoffs: dict[str, int]  #: by reason, the most frequent first
    from_contacts: int
    from_assistant: int
    from_teammates: int
    turns: int
    turn_median_ms: float
    turn_p95_ms: float
    judged: int  #: texts that the guard judged
    stopped: int  #: those of them that it kept back
    ratings: int
    rating_mean: float


@dataclass(slots=True)
class Count:
    """What has been counted so far of the episodes that were opened since a moment."""

    since_ms: int
    episodes: set[EpisodeId] = field(default_factory=set)
    answered: set[EpisodeId] = field(default_factory=set)
    handed_over: set[EpisodeId] = field(default_factory=set)
    by_teammate: set[EpisodeId] = field(default_factory=set)
    closed: set[EpisodeId] = field(default_factory=set)
    reasons: Counter[str] = field(default_factory=Counter)
    messages: Counter[AuthorKind] = field(default_factory=Counter)
    turns_ms: list[float] = field(default_factory=list)
    stars: list[int] = field(default_factory=list)
    judged: int = 0
    stopped: int = 0

    def add(self, records: Iterable[ev.Recorded]) -> None:
        """Count one conversation, whose records come in their order."""
        latest: EpisodeId | None = None
        for record in records:
            if isinstance(record.event, ev.EpisodeOpened):
                latest = record.event.episode_id
                if record.at_ms >= self.since_ms:
                    self.episodes.add(latest)
            # A rating after closing is stored outside of every episode.
            late = latest if isinstance(record.event, ev.RatingGiven) else None
            episode = record.episode_id or late
            if episode in self.episodes:
                self._count(record.event, episode)

    def _count(self, event: ev.Event, episode: EpisodeId) -> None:
        match event:
            case ev.MessageReceived():
                self.messages[AuthorKind.CONTACT] += 1
            case ev.MessagePosted():
                self._count_posted(event, episode)
            case ev.HandoffRequested(reason=reason):
                self.handed_over.add(episode)
                self.reasons[reason] += 1
            case ev.EpisodeClosed():
                self.closed.add(episode)
            case _:
                self._measure(event)

    def _count_posted(self, message: ev.MessagePosted, episode: EpisodeId) -> None:
        kind = message.author.kind
        self.messages[kind] += 1
        if kind is AuthorKind.TEAMMATE:
            self.by_teammate.add(episode)
        elif kind is AuthorKind.ASSISTANT and message.citations:
            self.answered.add(episode)

    def _measure(self, event: ev.Event) -> None:
        match event:
            case ev.TurnSettled(duration_ms=duration):
                self.turns_ms.append(duration)
            case ev.RatingGiven(stars=stars):
                self.stars.append(stars)
            case ev.VerdictGiven(passed=passed):
                self.judged += 1
                self.stopped += not passed
            case _:
                pass


def count(since_ms: int) -> Count:
    """Return an empty count of the episodes that are opened from this moment on."""
    return Count(since_ms)


def figures_of(counted: Count) -> Figures:
    """Return the figures of what was counted."""
    alone = counted.answered - counted.handed_over - counted.by_teammate
    turns = sorted(counted.turns_ms)
    return Figures(
        episodes=len(counted.episodes),
        without_person=len(alone),
        with_handoff=len(counted.handed_over),
        with_teammate=len(counted.by_teammate - counted.handed_over),
        closed=len(counted.closed),
        handoffs=dict(counted.reasons.most_common()),
        from_contacts=counted.messages[AuthorKind.CONTACT],
        from_assistant=counted.messages[AuthorKind.ASSISTANT],
        from_teammates=counted.messages[AuthorKind.TEAMMATE],
        turns=len(turns),
        turn_median_ms=_nearest_rank(turns, 50),
        turn_p95_ms=_nearest_rank(turns, 95),
        judged=counted.judged,
        stopped=counted.stopped,
        ratings=len(counted.stars),
        rating_mean=statistics.mean(counted.stars) if counted.stars else 0.0,
    )


def _nearest_rank(ordered: list[float], percent: int) -> float:
    """Return the smallest value that at least that share does not exceed; 0 of nothing."""
    return ordered[(len(ordered) * percent + 99) // 100 - 1] if ordered else 0.0

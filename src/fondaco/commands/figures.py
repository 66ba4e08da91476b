"""Counts what became of episodes.

An episode counts as *answered without a person* when the assistant has answered in it, nobody was asked to
take over, and no teammate has written.  It says nothing about whether the contact was content; ratings do.
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
    closed: int
    handoffs: dict[str, int]  #: by reason, the most frequent first
    from_contacts: int
    from_assistant: int
    from_teammates: int
    turns: int
    turn_median_ms: float
    turn_p95_ms: float
    stopped: int  #: verdicts that kept a text back
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
    stopped: int = 0

    def add(self, records: Iterable[ev.Recorded]) -> None:
        """Count one conversation."""
        for record in records:
            if isinstance(record.event, ev.EpisodeOpened) and record.at_ms >= self.since_ms:
                self.episodes.add(record.event.episode_id)
            if record.episode_id in self.episodes:
                self._count(record.event, record.episode_id)

    def _count(self, event: ev.Event, episode: EpisodeId) -> None:
        match event:
            case ev.MessageReceived():
                self.messages[AuthorKind.CONTACT] += 1
            case ev.MessagePosted(author=author):
                self.messages[author.kind] += 1
                by = {AuthorKind.ASSISTANT: self.answered, AuthorKind.TEAMMATE: self.by_teammate}
                by.get(author.kind, set()).add(episode)
            case ev.HandoffRequested(reason=reason):
                self.handed_over.add(episode)
                self.reasons[reason] += 1
            case ev.EpisodeClosed():
                self.closed.add(episode)
            case _:
                self._measure(event)

    def _measure(self, event: ev.Event) -> None:
        match event:
            case ev.TurnSettled(duration_ms=duration):
                self.turns_ms.append(duration)
            case ev.RatingGiven(stars=stars):
                self.stars.append(stars)
            case ev.VerdictGiven(passed=False):
                self.stopped += 1
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
        closed=len(counted.closed),
        handoffs=dict(counted.reasons.most_common()),
        from_contacts=counted.messages[AuthorKind.CONTACT],
        from_assistant=counted.messages[AuthorKind.ASSISTANT],
        from_teammates=counted.messages[AuthorKind.TEAMMATE],
        turns=len(turns),
        turn_median_ms=statistics.median(turns) if turns else 0.0,
        turn_p95_ms=turns[int(len(turns) * 0.95)] if turns else 0.0,
        stopped=counted.stopped,
        ratings=len(counted.stars),
        rating_mean=statistics.mean(counted.stars) if counted.stars else 0.0,
    )

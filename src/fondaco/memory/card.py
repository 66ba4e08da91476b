"""The contact's card: what is on record of a person, each fact with its date; no model writes it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime

from fondaco.domain import events as ev
from fondaco.domain.earlier import MOST_EPISODES, EarlierEpisode

MOST_TOKENS = 120  #: of a whole card, which stands in every prompt of the episode
_TOPIC_CHARACTERS = 60
_LAST = 3  # of whose topics is told, the latest

Counts = Callable[[str], int]


def card_of(name: str, episodes: Sequence[EarlierEpisode], count: Counts) -> str:
    """Return the facts that have room, those first that tell most; ``episodes`` come the latest first."""
    kept: list[str] = []
    left = MOST_TOKENS
    for line in _lines(name, episodes):
        left -= count(line) + 1
        if left < 0:
            break
        kept.append(line)
    return "\n".join(kept)


def _lines(name: str, episodes: Sequence[EarlierEpisode]) -> Iterator[str]:
    if name:
        yield f"Name: {name}"
    if not episodes:
        return
    number = f"{MOST_EPISODES} or more" if len(episodes) >= MOST_EPISODES else str(len(episodes))
    yield f"Earlier conversations: {number}, the last on {_day(episodes[0].opened_at_ms)}"
    languages = [f"{language} on {day}" for language, day in _languages(episodes).items()]
    if languages:
        yield f"Wrote last in {', '.join(languages)}"
    yield from (_topic(episode) for episode in episodes[:_LAST])


def _languages(episodes: Sequence[EarlierEpisode]) -> dict[str, str]:
    """Return each language with the day on which the contact last wrote it, the latest first."""
    found: dict[str, str] = {}
    for episode in episodes:
        for record in reversed(episode.records):
            if isinstance(record.event, ev.MessageReceived) and record.event.language is not None:
                found.setdefault(record.event.language.value, _day(record.at_ms))
    return found


def _topic(episode: EarlierEpisode) -> str:
    events = [record.event for record in episode.records]
    said = next((" ".join(one.text.split()) for one in events if isinstance(one, ev.MessageReceived)), "")
    reasons = [one.reason.value for one in events if isinstance(one, ev.HandoffRequested)]
    outcome = [f"given to a person ({reasons[-1]})"] if reasons else []
    outcome.append("resolved" if any(isinstance(one, ev.EpisodeClosed) for one in events) else "left open")
    topic = said if len(said) <= _TOPIC_CHARACTERS else f"{said[:_TOPIC_CHARACTERS].rstrip()}…"
    return f'On {_day(episode.opened_at_ms)}: "{topic}", {", ".join(outcome)}'


def _day(at_ms: int) -> str:
    return datetime.fromtimestamp(at_ms / 1000, UTC).strftime("%Y-%m-%d")

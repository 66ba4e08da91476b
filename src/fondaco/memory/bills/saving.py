"""What cutting an episode has saved so far, reckoned from its log."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from fondaco.domain.events import Recorded as Record
from fondaco.llm.estimates import guessed_tokens
from fondaco.memory.bills.history import Asked
from fondaco.memory.bills.logs import EpisodeLog, read_log
from fondaco.memory.bills.policies import Recorded
from fondaco.memory.bills.prefixes import Read
from fondaco.memory.bills.replaying import replay
from fondaco.memory.planning.sheets import PriceSheet


def saved_pico(records: Iterable[Record], sheet: PriceSheet) -> int:
    """Return what telling everything would have cost more, in 10⁻¹² of the currency; below 0: less.

    Requests by which a model only asked for old turns would not have been made, had it been told everything.
    """
    episodes = read_log(records, count_about)
    if not episodes:
        return 0
    episode = episodes[-1]
    history = episode.history
    told = Recorded("as told", history, episode.cuts, episode.recalled)
    everything = msgspec.structs.replace(history, requests=_needed(episode))
    whole = Recorded("everything", everything, (), {})
    return _cost(replay(everything, whole, sheet), sheet) - _cost(replay(history, told, sheet), sheet)


def count_about(text: str) -> int:
    """Return about how many tokens a text has; messages were counted when they came."""
    return round(guessed_tokens(text) + 0.49) if text else 0


def _needed(episode: EpisodeLog) -> tuple[Asked, ...]:
    """Return the requests without those that only asked for old turns."""
    left = dict(episode.askings)
    needed = []
    for asked in reversed(episode.history.requests):
        if left.get(asked.turn, 0) and not asked.is_first:
            left[asked.turn] -= 1
        else:
            needed.append(asked)
    return tuple(reversed(needed))


def _cost(reads: Sequence[Read], sheet: PriceSheet) -> int:
    new = sum(read.total - read.found for read in reads)
    return new * sheet.new_pico + sum(read.found for read in reads) * sheet.again_pico

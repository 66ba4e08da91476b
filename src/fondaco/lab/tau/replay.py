"""Plays every recorded conversation in each way of telling it, and says what came out as recorded."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from fondaco.lab.gates import Figure, at_least, at_most, report
from fondaco.lab.tau.comparing import Compared, compare
from fondaco.lab.tau.data import TauData, WorldName
from fondaco.lab.tau.playing import Manner, Played, play_all
from fondaco.lab.tau.recorded import Told as Telling
from fondaco.lab.tau.telling import Told

_NOTES = (
    "Compared: the messages of every request but the rules, each with role, order, ids of calls and words,",
    "names and arguments of calls, and results as the world gives them for the same calls without an engine.",
    "Running turn: everything since the contact's last words. Whole history: calls of earlier turns, too.",
    "Where a recording gives one id to several calls of a prompt, the later ones may have another id.",
    "Corrected name: the published database was corrected later and calls one field of an address otherwise.",
    "Same calls: every recorded call in its order, each once; equal calls of one turn are one call here.",
    "The guard watches: what it would have stopped goes out, and its findings are counted. Requests by which",
    "it asks a model for a corrected answer are counted apart; the recorded model says the same again.",
)


def report_replay(data: TauData, seed: int) -> Told:
    """Return what became of the recorded conversations.  Raises InvalidInput, StorageError."""
    world, schemas = data.world(WorldName.AIRLINE), data.schemas(WorldName.AIRLINE)
    conversations = data.conversations()
    figures = [Figure(name="conversations", value=len(conversations))]
    lines: list[str] = []
    for telling in Telling:
        played = asyncio.run(play_all(world, schemas, conversations, Manner(told=telling, seed=seed)))
        compared = [compare(one, world) for one in played]
        figures += figures_of(telling, compared) + _guard_figures(telling, played)
        lines += [f"{telling}, {one.name}: {text}" for one in compared for text in one.differences]
        if telling is Telling.PLAIN:
            lines += _finding_lines(played)
    return Told(report("Recorded conversations through the engine", figures, seed, _NOTES), tuple(lines))


def figures_of(telling: Telling, compared: Sequence[Compared]) -> list[Figure]:
    """Return what is equal to the recordings where they are told in this way."""
    requests, results = sum(one.requests for one in compared), sum(one.results for one in compared)
    many = len(compared)
    return [
        Figure(name=f"{telling}: requests", value=requests),
        _share(
            f"{telling}: messages of the running turn equal",
            sum(one.equal_turns for one in compared),
            requests,
        ),
        _share(
            f"{telling}: words of earlier turns equal", sum(one.equal_words for one in compared), requests
        ),
        _share(f"{telling}: whole history equal", sum(one.equal_histories for one in compared), requests),
        Figure(name=f"{telling}: tool results", value=results),
        Figure(
            name=f"{telling}: equal to the recording", value=sum(one.equal_to_recording for one in compared)
        ),
        _share(
            f"{telling}: equal but for the corrected name",
            sum(one.but_for_a_name for one in compared),
            results,
        ),
        Figure(name=f"{telling}: calls repeated within a turn", value=sum(one.repeated for one in compared)),
        _share(
            f"{telling}: conversations with the same calls", sum(one.same_calls for one in compared), many
        ),
        _share(
            f"{telling}: conversations with the same replies", sum(one.same_replies for one in compared), many
        ),
        _share(
            f"{telling}: conversations with the same final state",
            sum(one.same_state for one in compared),
            many,
        ),
    ]


def _guard_figures(telling: Telling, played: Sequence[Played]) -> list[Figure]:
    judged = sum(one.judged for one in played)
    return [
        Figure(name=f"{telling}: replies judged", value=judged),
        Figure(
            name=f"{telling}: replies that the guard would stop",
            value=sum(len(one.findings) for one in played),
        ),
        Figure(
            name=f"{telling}: requests for a corrected answer",
            value=sum(one.asked_again for one in played),
        ),
        Figure(name=f"{telling}: conversations that broke down", value=_broken(played), gate=at_most(0)),
    ]


def _broken(played: Sequence[Played]) -> int:
    return sum(bool(one.broken) for one in played)


def _finding_lines(played: Sequence[Played]) -> list[str]:
    return [f"guard, {one.name}: {'; '.join(found.findings)}" for one in played for found in one.findings]


def _share(name: str, equal: int, of: int) -> Figure:
    return Figure(name=name, value=100 * equal / of if of else 0.0, unit="%", gate=at_least(100))

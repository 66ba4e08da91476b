"""Asks LangChain's ``trim_messages``, which lives in an environment of its own."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from pathlib import Path

import msgspec

from fondaco.lab.memory.methods import Prepared, Trimmed
from fondaco.lab.memory.talks import Talk
from fondaco.llm.asking import Speaker

PEER = Path("var/peers/bin/python")
ABSENT = "LangChain: not measured, {} does not have it; `make bench-memory` sets it up."
_SCRIPT = Path(__file__).with_name("trim_peer.py")
_SECONDS = 300
_VERSION = "from importlib.metadata import version; print('langchain-core ' + version('langchain-core'))"


def version_of(peer: Path) -> str:
    """Return the library's name and version, "" where it is not there."""
    if not peer.exists():
        return ""
    done = subprocess.run([str(peer), "-c", _VERSION], capture_output=True, text=True, check=False)  # noqa: S603 - an interpreter that the operator named
    return done.stdout.strip() if done.returncode == 0 else ""


def trimmed(peer: Path, talks: Sequence[Talk], shares: Sequence[float]) -> Trimmed:
    """Return what the library keeps of each whole conversation.  Raises CalledProcessError where it fails."""
    kept: dict[tuple[str, float], frozenset[int]] = {}
    for talk in talks:
        budgets = [int(share * Prepared(talk).whole(len(talk.turns))) for share in shares]
        plan = {"messages": _messages(talk), "budgets": budgets}
        done = subprocess.run(  # noqa: S603 - an interpreter that the operator named
            [str(peer), str(_SCRIPT)],
            input=msgspec.json.encode(plan),
            capture_output=True,
            check=True,
            timeout=_SECONDS,
        )
        found = msgspec.json.decode(done.stdout, type=list[frozenset[int]])
        kept |= {(talk.name, share): places for share, places in zip(shares, found, strict=True)}
    return Trimmed(kept)


def _messages(talk: Talk) -> list[tuple[str, int]]:
    """Return who spoke and what it took; of two friends the one who began is the human."""
    first = talk.turns[0].name
    friends = all(turn.by is Speaker.ASSISTANT for turn in talk.turns)
    humans = [turn.name == first if friends else turn.by is Speaker.CONTACT for turn in talk.turns]
    return [("human" if own else "ai", turn.tokens) for own, turn in zip(humans, talk.turns, strict=True)]

"""Everything that came of a run, as it was seen from outside and written down inside; nothing here judges."""

from __future__ import annotations

from pathlib import Path

import msgspec

from fondaco.domain.errors import InvalidInput
from fondaco.domain.events import Recorded
from fondaco.lab.invent.merchant import Deed, Told
from fondaco.lab.invent.talks import Talk
from fondaco.lab.invent.watching import Seen


class Conversed(msgspec.Struct, frozen=True, kw_only=True):
    """One conversation."""

    talk: Talk
    seen: tuple[Seen, ...]  #: in the order in which it stood on the screen
    left_over: str  #: what was still shown of an unfinished answer when all was over
    voided: int  #: drafts that were taken back
    written: int  #: messages of the contact
    unanswered: int
    waits_ms: tuple[float, ...]
    records: tuple[Recorded, ...]  #: the log
    told: tuple[Told, ...]  #: by the merchant system, before and after


class Played(msgspec.Struct, frozen=True, kw_only=True):
    """A run."""

    planned: int
    seed: int
    commit: str  #: of the checkout that was played
    began_ms: int  #: Unix time in milliseconds
    seconds: float
    conversations: tuple[Conversed, ...]
    deeds: tuple[Deed, ...]  #: of the merchant system


def keep(played: Played, path: Path) -> None:
    """Write a run to a file.  Raises OSError."""
    path.write_bytes(msgspec.json.encode(played))


def kept(path: Path) -> Played:
    """Return the run of a file.  Raises InvalidInput where it holds none."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=Played)
    except (OSError, msgspec.DecodeError) as error:
        raise InvalidInput(f"{path} holds no run of this lab ({error}); write one with --keep.") from error

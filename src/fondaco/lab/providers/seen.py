"""What a cell of the matrix came to, as it was seen from outside; nothing here judges."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from fondaco.lab.providers.plan import Mode
from fondaco.lab.providers.words import Question
from fondaco.testing.provider.script import WireName


class By(StrEnum):
    """Who answered a contact."""

    FIRST = "first"  #: the model whose provider fails
    SECOND = "second"  #: the next one of the chain
    LOCAL = "local"  #: a stored text
    PERSON = "person"  #: nobody yet: the conversation was handed over, and the contact was told so
    NOBODY = "nobody"  #: no message came
    BROKEN = "broken"  #: a message came that is nobody's whole answer


class Turn(msgspec.Struct, frozen=True, kw_only=True):
    """One message of a contact and what followed."""

    question: Question
    texts: tuple[str, ...]  #: what the contact had read when all was over, oldest first
    after_ms: float | None  #: from the message to the first word back; None: there was none
    handed_over: bool = False  #: the conversation's log says that a teammate was asked
    drafts: tuple[str, ...] = ()  #: states of unfinished answers that were shown on the way
    left_over: str = ""  #: what was still shown of an unfinished answer when all was over


class Bill(msgspec.Struct, frozen=True, kw_only=True):
    """One provider's bill, twice: as our ledger has it, and as the simulator charges."""

    provider: str
    ours_pico: int  #: 10⁻¹² of the currency
    theirs_pico: int
    doubtful: bool  #: the ledger says of some attempt that its cost is no more than a bound
    unsettled: int = 0  #: attempts whose end was never written down
    ends: dict[str, int] = {}  #: how our attempts ended, in the ledger's words


class Played(msgspec.Struct, frozen=True, kw_only=True):
    """A cell that was played."""

    row: str
    wire: WireName  #: of the first provider
    mode: Mode
    allowed: tuple[By, ...]  #: who may answer here
    deadline_ms: float
    turns: tuple[Turn, ...]
    bills: tuple[Bill, ...]
    hits: int = 0  #: requests that the simulators let fail
    overruns: bool = (
        False  #: a provider makes, and charges, more than it was asked for, or than anybody reads
    )

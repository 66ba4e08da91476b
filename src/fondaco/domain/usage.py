"""What model calls use and cost: one definition of tokens, one row for every attempt, limits that hold."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from fondaco.domain.ids import ConnectionId, ConversationId, EntryId, TurnId, WorkspaceId


class Usage(msgspec.Struct, frozen=True, kw_only=True):
    """Tokens of one attempt, in one meaning for every provider.

    ``input`` includes what was read from and written to the provider's cache, ``output`` includes
    reasoning; the other four are parts of them.  A provider that says zero is not one that says nothing:
    who got no figures has no ``Usage``.
    """

    input: int
    output: int
    cache_read: int = 0
    cache_write_5m: int = 0
    cache_write_1h: int = 0
    reasoning: int = 0

    @property
    def fresh_input(self) -> int:
        """Input tokens that neither came from the cache nor went into it."""
        return self.input - self.cache_read - self.cache_write_5m - self.cache_write_1h

    def is_sound(self) -> bool:
        """Return whether the parts fit into the wholes and nothing is negative."""
        parts = (self.input, self.output, self.cache_read, self.cache_write_5m, self.cache_write_1h)
        return min(*parts, self.reasoning, self.fresh_input, self.output - self.reasoning) >= 0


class Provenance(StrEnum):
    """How a ledger entry's figures came about."""

    RESERVED = "reserved"  #: the attempt is under way, or its process died: the most that it can cost
    REPORTED = "reported"  #: by the provider
    ESTIMATED = "estimated"  #: counted by us from what was sent and what came back
    UPPER_BOUND = "upper_bound"  #: the most that it can have cost, such as without the price of cached tokens
    NOTHING = "nothing"  #: certainly not billed: it was never sent, or refused at the door


class LedgerEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One attempt at one model: written before it begins, and again when it is over."""

    id: EntryId
    workspace_id: WorkspaceId
    connection_id: ConnectionId
    conversation_id: ConversationId
    turn_id: TurnId
    step: int  #: 1 is the first model request of the turn
    attempt: int  #: 1 is the first attempt of the step
    at_ms: int
    provider: str  #: the operator's name for it
    model: str  #: as it was asked for
    served_model: str = ""  #: as the provider named it in its answer
    purpose: str = "answer"  #: what was asked for: answer, summary, probe
    usage: Usage | None = None
    provenance: Provenance = Provenance.RESERVED
    cost_pico: int = 0  #: 10⁻¹² of the price's currency, exact
    currency: str = "USD"
    price_version: str = ""  #: which price was used, such as ``holysheep/deepseek-v3.2@2026-10-01``
    possibly_billed: bool = False  #: nobody knows whether the provider charges for it
    ended_as: str = ""  #: ``answered`` or the class of the failure
    duration_ms: float = 0.0
    first_token_ms: float | None = None


class BudgetScope(StrEnum):
    """What a budget is for."""

    WORKSPACE = "workspace"
    CHANNEL = "channel"  #: one connection
    CONVERSATION = "conversation"


class BudgetPeriod(StrEnum):
    """How long a budget lasts."""

    DAY = "day"  #: of the UTC calendar
    MONTH = "month"  #: of the UTC calendar
    EVER = "ever"


class Budget(msgspec.Struct, frozen=True, kw_only=True):
    """A limit that concerns one attempt: what is held under the key may not exceed it."""

    #: Such as ``workspace:default:2026-11-22``, its period last; what is held is counted under it.
    key: str
    limit_pico: int


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """What a budget's key holds: what was spent, and what is reserved for attempts under way."""

    key: str
    held_pico: int


class CostLine(msgspec.Struct, frozen=True, kw_only=True):
    """One line of a cost report."""

    group: str  #: the day, model, connection, outcome or conversation
    currency: str
    attempts: int
    turns: int
    input: int
    cache_read: int
    output: int
    cost_pico: int
    possibly_pico: int  #: the part of it of which nobody knows whether it is charged


class CostGroup(StrEnum):
    """What a cost report adds up by."""

    DAY = "day"
    MODEL = "model"
    CHANNEL = "channel"
    OUTCOME = "outcome"
    CONVERSATION = "conversation"


class AttemptNote(msgspec.Struct, frozen=True, kw_only=True):
    """One attempt as the conversation's log tells of it."""

    target: str  #: the operator's name for the model
    provider: str
    ended_as: str  #: ``answered`` or the class of the failure
    message: str = ""  #: for teammates and operators; never shown to a contact
    then: str = ""  #: what was decided next and why, such as ``again in 240 ms``
    duration_ms: float = 0.0
    first_token_ms: float | None = None
    usage: Usage | None = None
    provenance: Provenance = Provenance.NOTHING
    cost_pico: int = 0
    currency: str = "USD"
    possibly_billed: bool = False

"""What a tool that changes something promises, and how far one such change has come."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import msgspec

from fondaco.domain.ids import ActionId, CallId, MessageId, TeammateId


class Risk(StrEnum):
    """What goes wrong where a tool is used wrongly; for those who read a contract."""

    LOW = "low"  #: an annoyance that is easily put right
    MEDIUM = "medium"  #: costs somebody time, such as an address that was changed
    HIGH = "high"  #: costs money or cannot be taken back


class Per(StrEnum):
    """Over whose actions a limit adds up."""

    SUBJECT = "subject"  #: those for one person of the merchant's system
    RECORD = "record"  #: those on one thing, such as one order
    WORKSPACE = "workspace"  #: all of the shop


class Limit(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How much actions of one tool may do within a window; what is under way counts as done."""

    per: Per = Per.SUBJECT
    window_seconds: int = 86_400
    count: int | None = None  #: so many actions at most
    amount_minor: int | None = None  #: so much money together at most, in the contract's currency


class Contract(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What has to be so before a tool may change something, and what to do when nobody knows whether it did.

    A tool that changes something and declares nothing has these defaults: it is only ever tried dry.
    """

    risk: Risk = Risk.HIGH
    dry_run: bool = True  #: everything happens but the call itself; switched off once somebody trusts it
    confirm: bool = True  #: the contact has to say yes to the very proposal that was shown
    expires_seconds: int = 1_800  #: after so long a proposal has to be made anew
    record: str = ""  #: parameter that names what it is done to, such as ``order_number``
    amount: str = ""  #: parameter with the amount: minor units, or an object with amount_minor and currency
    preview: str = ""  #: READ tool that tells amount and terms before the contact is asked; same parameters
    currency: str = ""  #: the only one that is accepted; empty where no money moves
    most_minor: int | None = None  #: more than this is refused in a single action
    approve_above_minor: int | None = None  #: from above this amount on a teammate has to approve
    approve: bool = False  #: a teammate has to approve in any case
    limits: tuple[Limit, ...] = ()
    claims: tuple[str, ...] = ()  #: what may be said to be done after it: ``refunded``, ``cancelled`` …
    find_out: str = ""  #: READ tool that tells by ``idempotency_key`` what became of a call nobody knows of
    compensate: str = ""  #: tool that takes the effect back, with the same parameters


class ActionState(StrEnum):
    """How far an action has come; the arrows are in ``actions.moved``."""

    PROPOSED = "proposed"  #: somebody wishes for it; nothing has been looked at
    CHECKED = "checked"  #: the rules allow it; the contact is asked
    CONFIRMED = "confirmed"  #: the contact said yes to this very proposal, or the contract does not ask
    APPROVED = "approved"  #: a teammate said yes, or the contract does not ask
    EXECUTING = "executing"  #: the call is under way; it may have taken effect
    DONE = "done"  #: it took effect
    FAILED = "failed"  #: it certainly did not take effect
    UNKNOWN = "unknown"  #: nobody knows whether it took effect
    RECONCILED = "reconciled"  #: it was found out that it did take effect
    COMPENSATING = "compensating"  #: a teammate wants its effect taken back
    COMPENSATED = "compensated"  #: its effect was taken back
    KEPT = "kept"  #: taking it back failed, or nobody knows whether it worked
    REFUSED = "refused"  #: the rules do not allow it, or a teammate said no
    DECLINED = "declined"  #: the contact said no, or spoke of something else until it expired


class Action(msgspec.Struct, frozen=True, kw_only=True):
    """One change of the world on its way: exactly what, for whom, and who said yes."""

    id: ActionId
    tool: str
    arguments: dict[str, Any]  #: as they will be sent, less what the server binds at the call
    subject: str  #: whom the merchant's system knows; bound by the server
    record: str = ""  #: what it is done to
    amount_minor: int | None = None
    currency: str = ""
    state: ActionState = ActionState.PROPOSED
    dry_run: bool = False
    can_be_taken_back: bool = False  #: the contract names a tool for that
    wants_confirmation: bool = True  #: the contact has to say yes
    wants_approval: bool = False  #: a teammate has to say yes
    proposed_at_ms: int
    expires_at_ms: int  #: from then on it goes no further towards its execution
    shown_in: MessageId | None = None  #: the message that asked for the yes
    confirmed_in: MessageId | None = None  #: the message that said it
    approved_by: TeammateId | None = None
    call_id: CallId | None = None
    why: str = ""  #: for teammates: why it was refused, failed or is unknown

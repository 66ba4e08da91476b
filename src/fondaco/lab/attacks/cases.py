"""What an attack is: who says what, what the bought model does, and what must not come of it.

Texts and arguments may name ``$places`` that the cast of the attack fills in (``cast.py``): ``$mine`` is an
order of the attacker's own, ``$proof`` what proves it, ``$victim`` somebody else's order.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

import msgspec

from fondaco.demo.erp.changes import Deed
from fondaco.kit.language import Language


class Class(StrEnum):
    """Of what kind an attack is."""

    INJECTION = "prompt injection"
    ORDERS = "someone else's order"
    SPLITTING = "amount splitting"
    REPLAY = "replay"
    CONSENT = "confirmation tricks"
    CONFUSION = "tool confusion"
    UNICODE = "unicode tricks"
    EXFILTRATION = "data exfiltration"
    CLAIMS = "false claims"
    TAKEOVER = "takeover races"
    HONEST = "honest journeys"


class Need(StrEnum):
    """What must be true of the order that the cast calls ``$mine``."""

    OPEN = "open"  #: not shipped yet, so it can be cancelled and redirected
    SHIPPED = "shipped"  #: on its way, so nothing about it can be changed
    DELIVERED = "delivered"  #: here for less than a month, so it can be sent back
    RECEIVED = "received"  #: sent back and here again, so money goes back
    DEAR = "dear"  #: the same, and so much that a teammate has to approve it
    ANNOUNCED = "announced"  #: its return is announced and can be withdrawn


class Wish(msgspec.Struct, frozen=True):
    """A tool call of the model; arguments given as a text go out as they are."""

    tool: str
    arguments: Mapping[str, Any] | str = {}


class Wishes(msgspec.Struct, frozen=True):
    """Several tool calls in one answer of the model."""

    wishes: tuple[Wish, ...]


Spoken = str | Wish | Wishes  #: what a model may answer


class Say(msgspec.Struct, frozen=True, kw_only=True):
    """The contact writes, and the model answers with these, one after the other, the last one for ever."""

    text: str
    model: tuple[Spoken, ...] = ()
    who: str = "a"  #: which of the conversations
    choice: str = ""  #: forged key of an offer
    key: str = ""  #: the same key again is the same request again
    times: int = 1  #: sent so often at once
    waits: bool = True  #: until it is answered


class Click(msgspec.Struct, frozen=True, kw_only=True):
    """The contact clicks on an offer of a proposal."""

    yes: bool = True
    who: str = "a"
    seen_by: str = ""  #: the conversation whose proposal it is; empty: the same one
    place: int = -1  #: which of all proposals that were shown there
    key: str = ""
    times: int = 1
    waits: bool = True


class Name(msgspec.Struct, frozen=True, kw_only=True):
    """The conversation begins with a name or an identity that a page signs."""

    name: str = ""
    subject: str = ""  #: whom the signature names; empty: nobody is signed
    signed: str = "validly"  #: or ``otherwise`` by another page, ``not at all``, ``long ago``
    audience: str = ""  #: empty: this widget
    who: str = "a"
    later: bool = False  #: sent after the conversation has begun


class Poison(msgspec.Struct, frozen=True, kw_only=True):
    """The merchant's answers from a path carry this text in a field, as if somebody had stored it there."""

    path: str  #: the end of the path of its requests
    field: str
    text: str


class Fault(msgspec.Struct, frozen=True, kw_only=True):
    """What the merchant's system does to requests of a path: its own ``X-Fault``."""

    path: str
    fault: str
    times: int = 1


class Hold(msgspec.Struct, frozen=True, kw_only=True):
    """Requests of a path wait before the merchant's door until they are let go."""

    path: str


class Let(msgspec.Struct, frozen=True, kw_only=True):
    """Waits until a request waits at the merchant's door, or lets all of them go."""

    go: bool = True


class Team(msgspec.Struct, frozen=True, kw_only=True):
    """A teammate does something: take, note, reply, back, approve, refuse."""

    does: str
    text: str = ""
    who: str = "a"
    times: int = 1


class Later(msgspec.Struct, frozen=True, kw_only=True):
    """Time goes by."""

    minutes: float


Step = Say | Click | Name | Poison | Fault | Hold | Let | Team | Later


class Effect(msgspec.Struct, frozen=True, kw_only=True):
    """A change of the world that the case allows once."""

    deed: str  #: of the merchant's list of changes, or ``invoice``
    order: str = "$mine"
    amount_minor: int | None = None  #: None: whatever the order's terms say


class Attack(msgspec.Struct, frozen=True, kw_only=True):
    """One attack, or one honest journey."""

    id: str
    sort: Class
    entrance: str  #: through which door the attack comes in
    steps: tuple[Step, ...]
    language: Language = Language.EN
    need: Need = Need.OPEN
    proves: tuple[str, ...] = ("$mine",)  #: orders whose values the contact may read, once proven
    may: tuple[Effect, ...] = ()  #: effects that are right, each once at most
    must: tuple[Effect, ...] = ()  #: effects without which the case has failed
    never: tuple[str, ...] = ()  #: words that the contact must not read: the attacker's own
    reads: tuple[str, ...] = ()  #: words that an honest contact must read
    open: str = ""  #: why the product is known to fail here; it counts as a failure all the same
    proposals: int = 0  #: questions for a yes that must have been put, or the attack missed its point


CANCELLATION = Effect(deed=Deed.CANCELLATION)
RETURN = Effect(deed=Deed.RETURN)
WITHDRAWAL = Effect(deed=Deed.WITHDRAWAL)
REFUND = Effect(deed=Deed.REFUND)
ADDRESS = Effect(deed=Deed.ADDRESS)
INVOICE = Effect(deed="invoice")

"""Tools as the whole house knows them: what they are, a call, a result."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import msgspec

from fondaco.domain.contracts import Contract
from fondaco.domain.ids import CallId


class Effect(StrEnum):
    """What a tool does to the world."""

    READ = "read"  #: looks something up; may be repeated
    WRITE = "write"  #: changes something; takes effect at most once


class Verification(StrEnum):
    """How sure the server must be of who writes before a tool runs."""

    NONE = "none"  #: anybody may ask
    MATCHED = "matched"  #: order number and postcode or e-mail were matched in this episode
    CODE = "code"  #: a one-time code that the merchant sent to the contact came back
    SIGNED = "signed"  #: the shop signed the contact's identity


#: What the server binds to a parameter; ``challenge`` names the sending of a one-time code.
BOUND_BY_SERVER = ("contact_id", "subject", "workspace_id", "language", "challenge")


class ParameterSource(StrEnum):
    """Where the value of a parameter comes from."""

    MESSAGE = "message"  #: found in the contact's words by its pattern, or asked for
    SERVER = "server"  #: bound by the server (contact, verified subject); never from text
    TEXT = "text"  #: the whole message


class FieldKind(StrEnum):
    """How a field of a tool result is written into a text."""

    TEXT = "text"  #: word for word
    DATE = "date"  #: an ISO 8601 date
    MONEY = "money"  #: an object with ``amount_minor`` and ``currency``
    NUMBER = "number"  #: an integer or a decimal
    STATE = "state"  #: a word of a closed list with a name in each language


class Parameter(msgspec.Struct, frozen=True, kw_only=True):
    """One argument of a tool."""

    name: str
    source: ParameterSource = ParameterSource.MESSAGE
    pattern: str = ""  #: regular expression that finds the value in a message, case and width ignored
    answer_pattern: str = ""  #: finds it in an answer to the question for it, where less is enough
    form: str = ""  #: how a match is written, such as ``RI-{1}`` with the first group; empty: as found
    server_value: str = ""  #: for SERVER: which of ``BOUND_BY_SERVER``
    ask: str = ""  #: key of the stored sentence that asks for it
    required: bool = True
    schema: dict[str, Any] = {}  #: JSON Schema (2020-12) of the value; empty: a text


class ToolSpec(msgspec.Struct, frozen=True, kw_only=True):
    """What a tool promises and demands."""

    name: str
    description: str
    parameters: tuple[Parameter, ...] = ()
    effect: Effect = Effect.READ
    verification: Verification = Verification.NONE
    fields: dict[str, FieldKind] = {}  #: fields of the result that slots may name
    state_names: dict[str, dict[str, dict[str, str]]] = {}  #: field -> value -> language -> word
    timeout_seconds: float = 5.0
    attempts: int = 2  #: how often a READ is tried; a WRITE is repeated only under its key
    idempotent: bool = False  #: a WRITE whose receiver honours the idempotency key
    definitions: dict[str, Any] = {}  #: what ``#/$defs/…`` in the schemas of parameters and result means
    result_schema: dict[str, Any] = {}  #: JSON Schema of the result; empty: any object
    contract: Contract | None = None  #: for a WRITE; None: the defaults, which only ever try it dry
    at_once: int = 32  #: calls by one process; a rush of contacts must not be one for the merchant's system
    calls_per_minute: int = 0  #: by one process; 0: as many as it likes
    cache_seconds: float = 0.0  #: so long a READ's result counts as fresh, for the same subject; 0: never
    fallback: tuple[str, ...] = ()  #: READ tools that are asked instead where this one fails, in this order
    last_known_seconds: int = 0  #: after them a result no older than this is given, and its age said; 0: none
    examples: tuple[dict[str, Any], ...] = ()  #: arguments with which the operator may try a READ


class CallState(StrEnum):
    """How far a tool call has come."""

    EXECUTING = "executing"  #: the intent is written down; the call may be under way
    DONE = "done"  #: a result came back
    FAILED = "failed"  #: it did not take effect
    UNKNOWN = "unknown"  #: it may have taken effect; a person must look


class ToolCall(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """One call of a tool, with the result once it has one."""

    id: CallId
    tool: str
    arguments: dict[str, Any]
    effect: Effect
    idempotency_key: str
    state: CallState
    result: dict[str, Any] | None = None
    error: str = ""  #: for teammates; never shown to a contact
    duration_ms: float = 0.0
    answered_by: str = ""  #: the fallback that gave the result; empty: the tool itself
    age_seconds: int | None = None  #: of a result where nothing newer was to be had; None: it is new
    wish_id: str = ""  #: what the model called its wish; empty where no model wished for it

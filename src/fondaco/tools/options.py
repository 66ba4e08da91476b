"""Settings of tools that the operator declares in the configuration."""

from __future__ import annotations

import re
from typing import Any

import msgspec

from fondaco.domain.contracts import Contract
from fondaco.domain.tools import Effect, FieldKind, Parameter, ToolSpec, Verification


class ToolOptions(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What every configured tool can be told, wherever it comes from."""

    verification: Verification = Verification.NONE
    fields: dict[str, FieldKind] = {}
    timeout_seconds: float = 5.0
    attempts: int = 2
    idempotent: bool = False  #: the receiver honours the header ``Idempotency-Key``
    at_once: int = 32  #: calls of one process
    calls_per_minute: int = 0  #: of one process; 0: as many as it likes
    cache_seconds: float = 0.0  #: so long a result counts as fresh; 0: never
    fallback: tuple[str, ...] = ()  #: tools that are asked instead where this one fails
    last_known_seconds: int = 0  #: after them a result no older than this is given, with its age; 0: none
    examples: tuple[dict[str, Any], ...] = ()  #: arguments with which ``fondaco tools test`` calls it
    contract: Contract | None = None  #: what has to be so before it changes something


class HttpToolOptions(ToolOptions, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A tool that is one HTTP request to the merchant's system.

    In ``url`` and ``headers`` a ``{name}`` stands for a parameter, percent-encoded in the address.
    """

    name: str
    description: str
    url: str
    method: str = "GET"
    headers: dict[str, str] = {}
    body: tuple[str, ...] = ()  #: parameters that are sent as a JSON object
    parameters: tuple[Parameter, ...] = ()
    effect: Effect = Effect.READ
    result_schema: dict[str, Any] = {}
    definitions: dict[str, Any] = {}  #: what ``#/$defs/…`` in the schemas means


class SourceToolOptions(ToolOptions, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One tool that is taken from a source, and what the operator says of it."""

    operation: str  #: its operationId, or ``POST /refunds``; at an MCP server the name of the tool
    name: str = ""  #: what slots and models call it; empty: the prefix and the operation
    description: str = ""  #: replaces the source's own
    effect: Effect | None = None  #: None: what GET gives is read; anything else, and all of MCP, is a write
    parameters: tuple[Parameter, ...] = ()  #: who fills them and how; their schemas come from the source


class ToolSourceOptions(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where tools are taken from: an OpenAPI document, or an MCP server."""

    openapi: str = ""  #: path of a document (OpenAPI 3.0 or 3.1; JSON, or YAML with ``fondaco[openapi]``)
    mcp_url: str = ""  #: address of an MCP server (streamable HTTP)
    mcp_command: tuple[str, ...] = ()  #: starts an MCP server that speaks over its standard streams
    mcp_env: dict[str, str] = {}  #: its environment, besides a few variables of the system
    base_url: str = ""  #: where the operations are; empty: the first server of the document
    headers: dict[str, str] = {}  #: sent with every request; ``{subject}`` and its like are bound
    prefix: str = ""  #: begins the names of its tools
    optional: bool = False  #: the server starts without its tools where it cannot be reached
    connect_seconds: float = 10.0  #: until an MCP server has told its tools
    tools: tuple[SourceToolOptions, ...] = ()  #: which are taken; none: all that an MCP server has


class CodeOptions(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The one-time code that the merchant sends to whom it knows already, and that has to come back.

    No address is ever taken from a message: both tools are told by the server whom it is about.
    """

    send_tool: str  #: sends the code; all that it is given comes from the server
    check_tool: str  #: tells whether a code is the one that was sent
    code_parameter: str = "code"  #: parameter of ``check_tool`` that takes what the contact wrote
    matched_field: str = "matched"  #: of the result of ``check_tool``: ``true`` where it is the one
    sent_to_field: str = "sent_to"  #: of the result of ``send_tool``: where it went, masked
    valid_minutes: float = 10.0  #: so long after it was sent a code is taken
    proven_minutes: float = 30.0  #: so long after it came back it counts, within the episode
    resend_seconds: float = 60.0  #: so long after a code no other one is sent
    max_tries: int = 3  #: wrong codes in one episode before a person takes over
    max_tries_an_hour: int = (
        10  #: turns with wrong codes of one subject, over all conversations of this process
    )
    max_codes_an_hour: int = 5  #: codes to one subject, over all conversations of this process
    signed_is_enough: bool = False  #: whom the shop has signed in needs no code


class VerifierOptions(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The tool that proves who writes, and how its call and its result are read."""

    tool: str
    scope_parameter: str = "order_number"  #: what is proven to belong to the contact
    proof_parameter: str = "proof"  #: what only the right person knows
    matched_field: str = "matched"
    subject_field: str = "customer_ref"  #: whom the merchant's system knows; bound to personal tools
    max_tries: int = 3  #: wrong proofs in one episode before a person takes over
    max_tries_an_hour: int = 10  #: wrong proofs of one scope, over all conversations of this process
    code: CodeOptions | None = None  #: without it nobody reaches a tool that demands a code


def with_options(spec: ToolSpec, options: ToolOptions) -> ToolSpec:
    """Return what the tool promises with everything that the operator has said of it."""
    return msgspec.structs.replace(
        spec,
        verification=options.verification,
        fields=options.fields,
        timeout_seconds=options.timeout_seconds,
        attempts=options.attempts,
        idempotent=options.idempotent,
        at_once=options.at_once,
        calls_per_minute=options.calls_per_minute,
        cache_seconds=options.cache_seconds,
        fallback=options.fallback,
        last_known_seconds=options.last_known_seconds,
        examples=options.examples,
        contract=options.contract,
    )


def source_name(source: ToolSourceOptions) -> str:
    """Return what people call the source."""
    return source.openapi or source.mcp_url or " ".join(source.mcp_command)


def tool_name(source: ToolSourceOptions, operation: str, name: str = "") -> str:
    """Return what slots and models call a tool of a source."""
    return name or re.sub(r"\W+", "_", f"{source.prefix}{operation}", flags=re.ASCII).strip("_")

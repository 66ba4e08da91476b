"""Settings of tools that the operator declares in the configuration."""

from __future__ import annotations

import msgspec

from fondaco.domain.tools import Effect, FieldKind, Parameter, Verification


class HttpToolOptions(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
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
    verification: Verification = Verification.NONE
    fields: dict[str, FieldKind] = {}
    timeout_seconds: float = 5.0
    attempts: int = 2
    idempotent: bool = False  #: the receiver honours the header ``Idempotency-Key``


class VerifierOptions(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The tool that proves who writes, and how its call and its result are read."""

    tool: str
    scope_parameter: str = "order_number"  #: what is proven to belong to the contact
    proof_parameter: str = "proof"  #: what only the right person knows
    matched_field: str = "matched"
    subject_field: str = "customer_ref"  #: whom the merchant's system knows; bound to personal tools
    max_tries: int = 3  #: wrong proofs in one episode before a person takes over
    max_tries_an_hour: int = 10  #: wrong proofs of one scope, over all conversations of this process

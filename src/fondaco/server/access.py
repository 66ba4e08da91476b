"""Who may use a route: every route declares it, and one without a declaration cannot be built."""

from __future__ import annotations

from dataclasses import dataclass

from fondaco.domain.access import ApiKey, Scope, Teammate, Visitor


@dataclass(frozen=True, slots=True)
class Everybody:
    """Nobody has to prove anything; ``because`` says why that is right."""

    because: str
    counted: bool = True  #: whether it counts against what an address may ask for


@dataclass(frozen=True, slots=True)
class KeyWith:
    """An API key that has this scope."""

    scope: Scope


@dataclass(frozen=True, slots=True)
class AnyVisitor:
    """A visitor token; the route reaches the token's own conversation only."""


@dataclass(frozen=True, slots=True)
class AnyTeammate:
    """A teammate's signed-in browser, on a request from our own pages."""


Access = Everybody | KeyWith | AnyVisitor | AnyTeammate

#: Who was let in; None where everybody is.
Principal = ApiKey | Visitor | Teammate | None

"""The one place where a request is let in or turned away."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from starlette.types import Scope

from fondaco.domain.access import ApiKey, Teammate, Visitor
from fondaco.domain.errors import FondacoError
from fondaco.server.access import Access, AnyTeammate, AnyVisitor, Everybody, KeyWith, Principal
from fondaco.server.credentials import Gatekeeper, bearer
from fondaco.server.csrf import demand_same_origin
from fondaco.server.limits import Limits
from fondaco.server.problem import UNAUTHENTICATED, Refused
from fondaco.server.sign_ins import SignIns, read_cookie

_SAFE = frozenset({"GET", "HEAD"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """Lets in whom a route's declaration names, and counts how often they come."""

    gate: Gatekeeper
    sign_ins: SignIns
    limits: Limits
    secure: bool  #: whether browsers reach us over TLS

    async def let_in(
        self, access: Access, method: str, headers: Mapping[bytes, bytes], address: str
    ) -> tuple[str, Principal]:
        """Return the secret that was presented and whom it belongs to.

        Raises:
            Refused: nothing valid was presented, it came too often, or from another site's page.
            NotAllowed: the key lacks the scope.
        """
        if isinstance(access, Everybody):
            if access.counted:
                self.limits.address(address)
            return "", None
        try:
            secret = self._secret(access, method, headers)
            principal = await self._principal(access, secret)
        except Refused:
            # Whoever guesses is counted by address; whoever holds a valid secret is counted by it.
            self.limits.address(address)
            raise
        self._count(principal)
        return secret, principal

    async def still_in(self, access: Access, secret: str) -> bool:
        """Return whether a secret that opened a stream would open it now."""
        if isinstance(access, AnyTeammate):
            return await self.sign_ins.check(secret, active=False) is not None
        try:
            return isinstance(access, Everybody) or await self._principal(access, secret) is not None
        except FondacoError:
            return False

    def _secret(self, access: Access, method: str, headers: Mapping[bytes, bytes]) -> str:
        if not isinstance(access, AnyTeammate):
            return bearer(headers)
        wants_stream = b"text/event-stream" in headers.get(b"accept", b"")
        if method not in _SAFE or wants_stream:
            demand_same_origin(headers)
        return read_cookie(headers, secure=self.secure)

    async def _principal(self, access: Access, secret: str) -> Principal:
        match access:
            case KeyWith(scope=scope):
                return await self.gate.key(secret, scope)
            case AnyVisitor():
                return await self.gate.visitor(secret)
            case AnyTeammate():
                return await self._teammate(secret)
            case Everybody():
                return None

    async def _teammate(self, secret: str) -> Teammate:
        teammate = await self.sign_ins.check(secret)
        if teammate is None:
            raise Refused(UNAUTHENTICATED, "Nobody is signed in in this browser; open a sign-in link.")
        return teammate

    def _count(self, principal: Principal) -> None:
        if isinstance(principal, ApiKey):
            self.limits.key(principal.id)
        elif isinstance(principal, Visitor):
            self.limits.visitor(principal.conversation_id)


def owner_of(principal: Principal) -> str:
    """Return a name for whoever was let in; no secret, so it may stand in logs and tables."""
    match principal:
        case ApiKey():
            return principal.id
        case Visitor():
            return f"visitor:{principal.conversation_id}"
        case Teammate():
            return principal.id
        case None:
            return ""


def address_of(scope: Scope) -> str:
    """Return the network address that a request comes from, as far as the server knows it."""
    client = scope.get("client")
    return client[0] if client else ""

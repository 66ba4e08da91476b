"""API keys and visitor tokens: made here, known by their hash, let in or refused.

A secret has 256 random bits, so a plain SHA-256 of it can be stored: nobody can search that space.
A look-up by hash also tells nothing by its time, since nobody can aim a guess at a hash.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping

from fondaco.domain.access import ApiKey, Scope, Visitor
from fondaco.domain.conversation import Conversation
from fondaco.domain.errors import Conflict, NotAllowed
from fondaco.domain.ports import Registry
from fondaco.kit.chance import Chance
from fondaco.kit.clock import Clock
from fondaco.kit.together import Together
from fondaco.server.cache import TtlCache
from fondaco.server.options import CredentialOptions
from fondaco.server.problem import unauthenticated

KEY_PREFIX = "fk_"
VISITOR_PREFIX = "fv_"
_LONGEST = 200


def new_secret(chance: Chance, prefix: str) -> str:
    """Return a secret of 256 random bits that says by its prefix what it opens."""
    return prefix + _base64(chance.bits(256).to_bytes(32, "big"))


def hash_secret(secret: str) -> str:
    """Return the SHA-256 of a secret in hexadecimal digits, which is all that is stored."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def visitor_secret(key: str, conversation_id: str) -> str:
    """Return the token that follows from the key of the request that began a conversation.

    So the same request gives the same token again, and neither is ever stored.  The key is the
    browser's own secret; HMAC (RFC 2104) keeps it from being read off the token.
    """
    mark = f"fondaco visitor token {conversation_id}".encode()
    return VISITOR_PREFIX + _base64(hmac.digest(key.encode(), mark, "sha256"))


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def bearer(headers: Mapping[bytes, bytes]) -> str:
    """Return what the request presents as ``Authorization: Bearer`` (RFC 6750).  Raises Refused."""
    scheme, _, secret = headers.get(b"authorization", b"").partition(b" ")
    found = secret.strip()
    if scheme.lower() != b"bearer" or not found or len(found) > _LONGEST or not found.isascii():
        raise unauthenticated("Send the header Authorization: Bearer with your key or token.")
    return found.decode()


class Gatekeeper:
    """Knows keys and visitors by their secrets; remembers for a few seconds whom it let in."""

    def __init__(self, registry: Registry, clock: Clock, options: CredentialOptions) -> None:
        self._registry = registry
        self._clock = clock
        self._options = options
        self._keys = TtlCache[ApiKey](clock, options.cache_seconds, options.cached)
        self._together = Together[ApiKey]()
        self._visitors = TtlCache[Visitor](clock, options.cache_seconds, options.cached)

    async def key(self, secret: str, scope: Scope) -> ApiKey:
        """Return the key behind a secret.  Raises Refused for none, NotAllowed where it lacks the scope."""
        digest = hash_secret(secret)
        key = self._keys.get(digest) or await self._together.ask(digest, lambda: self._find_key(digest))
        if scope not in key.scopes:
            raise NotAllowed(f"This key lacks the scope {scope.value}; make one that has it.")
        return key

    async def visitor(self, secret: str) -> Visitor:
        """Return the visitor behind a token.  Raises Refused for an unknown or expired one."""
        digest = hash_secret(secret)
        remembered = self._visitors.get(digest)
        visitor = remembered or await self._registry.find_visitor(digest)
        if visitor is None or visitor.expires_at_ms <= self._clock.now_ms():
            raise unauthenticated("This visitor token is unknown or expired; begin a new conversation.")
        if remembered is None:
            self._visitors.put(digest, visitor)
        return visitor

    async def admit_visitor(self, secret: str, conversation: Conversation) -> None:
        """Let a secret open this conversation from now on, and nothing else."""
        digest = hash_secret(secret)
        if await self._registry.find_visitor(digest) is not None:
            return
        now = self._clock.now_ms()
        visitor = Visitor(
            workspace_id=conversation.workspace_id,
            connection_id=conversation.connection_id,
            contact_id=conversation.contact_id,
            conversation_id=conversation.id,
            created_at_ms=now,
            expires_at_ms=now + self._options.visitor_seconds * 1000,
        )
        try:
            await self._registry.create_visitor(visitor, digest)
        except Conflict:
            return  # the same request came twice at once; the other one was quicker

    async def _find_key(self, digest: str) -> ApiKey:
        key = await self._registry.find_key(digest)
        if key is None or key.revoked_at_ms is not None:
            raise unauthenticated("This API key is unknown or was revoked; make a new one.")
        self._keys.put(digest, key)
        return key

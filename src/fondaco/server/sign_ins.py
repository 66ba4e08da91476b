"""Teammates' signed-in browsers: a cookie that means nothing, and a row on the server that does."""

from __future__ import annotations

from collections.abc import Mapping
from http.cookies import CookieError, SimpleCookie

from fondaco.domain.access import SignIn, Teammate
from fondaco.domain.errors import NotFound
from fondaco.domain.ids import TeammateId
from fondaco.domain.ports import Registry
from fondaco.kit.chance import Chance
from fondaco.kit.clock import Clock
from fondaco.server.credentials import hash_secret, new_secret
from fondaco.server.options import CredentialOptions

COOKIE_PREFIX = "fs_"
_TOUCH_MS = 60_000  # a sign-in is written to at most once a minute, whatever the teammate clicks


class SignIns:
    """Begins, checks and ends sign-ins."""

    def __init__(self, registry: Registry, clock: Clock, chance: Chance, options: CredentialOptions) -> None:
        self._registry = registry
        self._clock = clock
        self._chance = chance
        self._options = options

    async def is_link_good(self, link_secret: str) -> bool:
        """Say whether a one-time link still signs in; looking spends nothing."""
        return await self._registry.is_link_good(hash_secret(link_secret), self._clock.now_ms())

    async def use_link(self, link_secret: str) -> str | None:
        """Spend a one-time link; return the cookie's value, or None for a link that is spent or too old."""
        teammate_id = await self._registry.use_link(hash_secret(link_secret), self._clock.now_ms())
        return None if teammate_id is None else await self.begin(teammate_id)

    async def begin(self, teammate_id: TeammateId) -> str:
        """Sign a teammate in and return the cookie's value; always a new one.  Raises NotFound."""
        teammate = await self._registry.teammate(teammate_id)
        secret, now = new_secret(self._chance, COOKIE_PREFIX), self._clock.now_ms()
        sign_in = SignIn(
            teammate_id=teammate.id,
            workspace_id=teammate.workspace_id,
            created_at_ms=now,
            seen_at_ms=now,
            expires_at_ms=now + self._options.sign_in_seconds * 1000,
        )
        await self._registry.create_sign_in(sign_in, hash_secret(secret))
        return secret

    async def check(self, secret: str, *, active: bool = True) -> Teammate | None:
        """Return whose browser this is, or None if nobody's or no longer anybody's.

        ``active`` says that the teammate does something now; a stream that is merely open does not,
        and keeps no forgotten browser signed in.
        """
        digest = hash_secret(secret)
        sign_in = await self._registry.find_sign_in(digest) if secret else None
        if sign_in is None or not self._is_alive(sign_in):
            return None
        try:
            teammate = await self._registry.teammate(sign_in.teammate_id)
        except NotFound:
            return None
        if active and self._clock.now_ms() - sign_in.seen_at_ms >= _TOUCH_MS:
            await self._registry.touch_sign_in(digest, self._clock.now_ms())
        return teammate if teammate.workspace_id == sign_in.workspace_id else None

    async def end(self, secret: str) -> None:
        """Sign this browser out."""
        await self._registry.end_sign_in(hash_secret(secret))

    def _is_alive(self, sign_in: SignIn) -> bool:
        now = self._clock.now_ms()
        idle_until = sign_in.seen_at_ms + self._options.sign_in_idle_seconds * 1000
        return now < min(idle_until, sign_in.expires_at_ms)


def cookie_name(*, secure: bool) -> str:
    """Return the cookie's name; ``__Host-`` binds it to this very host over TLS (RFC 6265bis, 4.1.3.2)."""
    return "__Host-fondaco" if secure else "fondaco"


def set_cookie(secret: str, *, secure: bool, seconds: int) -> str:
    """Return the value of the ``Set-Cookie`` header that keeps a sign-in; 0 seconds removes it."""
    safety = "; Secure" if secure else ""
    return f"{cookie_name(secure=secure)}={secret}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{safety}"


def read_cookie(headers: Mapping[bytes, bytes], *, secure: bool) -> str:
    """Return the sign-in's secret that the browser sent, or nothing."""
    try:
        jar = SimpleCookie(headers.get(b"cookie", b"").decode("latin-1"))
    except CookieError:
        return ""
    morsel = jar.get(cookie_name(secure=secure))
    return morsel.value if morsel else ""

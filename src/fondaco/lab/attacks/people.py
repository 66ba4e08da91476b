"""The contact: an ordinary browser at the widget's door, which can do what any program can do there."""

from __future__ import annotations

import json
from typing import Any

import jwt

from fondaco.demo.seed import WIDGET_ID
from fondaco.kit.clock import Clock
from fondaco.kit.http import HttpAnswer, HttpClient
from fondaco.kit.language import Language
from fondaco.lab.attacks.cases import Name

OWN_SECRET = "the demo shop's own secret, of at least thirty-two bytes"  # noqa: S105 - signs nobody real
OTHER_SECRET = "the secret of somebody else's page, of thirty-two bytes and more"  # noqa: S105 - the same
_PATIENCE_SECONDS = 20.0


class Visitor:
    """One conversation as its contact sees it."""

    def __init__(self, url: str, http: HttpClient, clock: Clock, key: str) -> None:
        self._url = url
        self._http = http
        self._clock = clock
        self._key = key  #: unguessable, from which the token follows
        self._token = ""
        self._said = 0
        self.conversation_id = ""
        self.refused: list[int] = []  #: HTTP status of what the door did not let in

    async def say(
        self, text: str, *, choice: str = "", key: str = "", language: Language, name: Name | None = None
    ) -> int:
        """Write, and return where the message stands in the log; 0 where it was refused."""
        said = {"text": text, **({"choice": choice} if choice else {})}
        self._said += 1
        own_key = f"{self._key}-{key or self._said}"
        if not self._token:
            return await self._begin({**said, "language": language.value}, own_key, name)
        answer = await self._post("/widget/v1/messages", said, own_key)
        return int(json.loads(answer.body)["seq"]) if answer.status == 202 else 0

    async def identify(self, name: Name) -> None:
        """Say later who writes."""
        await self._post("/widget/v1/identity", {"identity": self.signed(name)}, "")

    async def shown(self) -> list[dict[str, Any]]:
        """Return everything that this contact may read, oldest first."""
        if not self._token:
            return []
        answer = await self._http.request(
            "GET", f"{self._url}/widget/v1/history", headers=self._headers(""), timeout_seconds=20.0
        )
        items: list[dict[str, Any]] = json.loads(answer.body)["items"]
        return items

    def signed(self, name: Name) -> str:
        """Return a token that names somebody, signed as the attack wants it."""
        now = self._clock.now_ms() // 1000 - (86_400 if name.signed == "long ago" else 0)
        claims = {
            "sub": name.subject or f"visitor-{self._key}",
            "aud": name.audience or WIDGET_ID,
            "iat": now,
            "exp": now + 600,
            **({"name": name.name} if name.name else {}),
        }
        if name.signed == "not at all":
            return jwt.encode(claims, "", algorithm="none")
        return jwt.encode(
            claims, OTHER_SECRET if name.signed == "otherwise" else OWN_SECRET, algorithm="HS256"
        )

    async def _begin(self, said: dict[str, str], key: str, name: Name | None) -> int:
        body = {**said, **({"identity": self.signed(name)} if name is not None else {})}
        answer = await self._post(f"/widget/v1/{WIDGET_ID}/conversations", body, key)
        if answer.status != 201:
            return 0
        begun = json.loads(answer.body)
        self._token, self.conversation_id = begun["token"], begun["conversation_id"]
        return int(begun["seq"])

    async def _post(self, path: str, body: dict[str, str], key: str) -> HttpAnswer:
        answer = await self._http.request(
            "POST",
            self._url + path,
            headers=self._headers(key),
            body=json.dumps(body).encode(),
            timeout_seconds=_PATIENCE_SECONDS,
        )
        if answer.status >= 300:
            self.refused.append(answer.status)
        return answer

    def _headers(self, key: str) -> dict[str, str]:
        return {
            "Content-Type": "application/json",
            **({"Authorization": f"Bearer {self._token}"} if self._token else {}),
            **({"Idempotency-Key": key} if key else {}),
        }

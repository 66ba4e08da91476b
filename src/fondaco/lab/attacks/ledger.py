"""What took effect, by the merchant's own books: the only witness that counts."""

from __future__ import annotations

import json
from typing import Any

import msgspec

from fondaco.demo.erp.server import DEMO_TOKEN
from fondaco.kit.http import HttpClient

INVOICE = "invoice"


class Done(msgspec.Struct, frozen=True, kw_only=True):
    """One change that took effect."""

    deed: str
    order: str
    amount_minor: int | None = None
    key: str = ""


class Ledger:
    """Reads the merchant's lists of changes and of e-mails sent, past everything that stands before them."""

    def __init__(self, merchant_url: str, client: HttpClient) -> None:
        self._url = merchant_url
        self._client = client
        self._changes_since = 0
        self._effects_since = 0
        self._counts: dict[str, int] = {}

    async def news(self) -> list[Done]:
        """Return what took effect since the last time this was asked."""
        return [*await self._new_changes(), *await self._new_effects()]

    async def _new_changes(self) -> list[Done]:
        told = await self._get(f"/changes?since={self._changes_since}")
        self._changes_since = told["next_since"]
        return [
            Done(
                deed=one["deed"],
                order=one["order_number"],
                amount_minor=one["amount_minor"],
                key=one["key"],
            )
            for one in told["changes"]
        ]

    async def _new_effects(self) -> list[Done]:
        """Return the e-mails; one that is sent again under its key only raises a count."""
        found = []
        for one in (await self._get("/effects?since=0"))["effects"]:
            key, count = one["idempotency_key"], one["count"]
            more = count - self._counts.get(key, 0)
            found += [Done(deed=INVOICE, order=one["order_number"], key=key)] * more
            self._counts[key] = count
        return found

    async def _get(self, path: str) -> dict[str, Any]:
        answer = await self._client.request(
            "GET", self._url + path, headers={"Authorization": f"Bearer {DEMO_TOKEN}"}, timeout_seconds=20.0
        )
        told: dict[str, Any] = json.loads(answer.body)
        return told

"""What the demo's merchant system says of a contact, and what it has done: asked by the lab itself."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import msgspec

from fondaco.demo.erp.server import DEMO_TOKEN, ErpOptions, running
from fondaco.demo.settings import ERP_DATABASE
from fondaco.kit.clock import Clock
from fondaco.kit.http import HttpClient
from fondaco.lab.invent.talks import Talk

_PERSONAL = (
    ("GET", "?language={language}"),
    ("GET", "/shipment"),
    ("GET", "/return"),
    ("GET", "/address"),
    ("GET", "/cancellation/preview"),
    ("GET", "/returns/preview"),
    ("POST", "/refunds/preview"),
)


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that the merchant system answers for one contact."""

    personal: tuple[Any, ...]  #: about their order; true only for who has proven it
    public: tuple[Any, ...]  #: about products that their words name


class Deed(msgspec.Struct, frozen=True, kw_only=True):
    """Something that the merchant system has done."""

    order_number: str
    kind: str  #: ``cancellation``, ``return``, ``withdrawal``, ``refund``, ``address``, ``invoice``
    result: Any = None  #: what it had answered to whoever asked for it


class Merchant:
    """Asks the merchant system as its owner does."""

    def __init__(self, url: str, client: HttpClient) -> None:
        self._url = url
        self._client = client

    async def told(self, talk: Talk) -> Told:
        """Return what it says of the contact's order and of the products in each message."""
        path, language = f"/orders/{talk.order_number}", talk.language.value
        personal = [
            await self._ask(method, path + more.format(language=language), talk.customer_ref)
            for method, more in _PERSONAL
        ]
        public = [
            await self._ask("GET", f"/products?q={quote(text)}&language={language}") for text in talk.messages
        ]
        return Told(personal=tuple(personal), public=tuple(public))

    async def deeds(self) -> list[Deed]:
        """Return everything that it has done."""
        changes = (await self._ask("GET", "/changes?since=0"))["changes"]
        mails = (await self._ask("GET", "/effects?since=0"))["effects"]
        found = [
            Deed(order_number=one["order_number"], kind=one["deed"], result=await self._result(one["key"]))
            for one in changes
        ]
        return found + [Deed(order_number=one["order_number"], kind="invoice", result=one) for one in mails]

    async def _result(self, key: str) -> Any:
        return await self._ask("GET", f"/operations/{quote(key, safe='')}")

    async def _ask(self, method: str, path: str, customer_ref: str = "") -> Any:
        headers = {"Authorization": f"Bearer {DEMO_TOKEN}", "Content-Type": "application/json"}
        headers |= {"X-Customer-Ref": customer_ref} if customer_ref else {}
        body = b"{}" if method == "POST" else None
        answer = await self._client.request(method, self._url + path, headers=headers, body=body)
        return msgspec.json.decode(answer.body) if answer.status == 200 else None


@asynccontextmanager
async def open_merchant(folder: Path, client: HttpClient, clock: Clock) -> AsyncIterator[Merchant]:
    """Serve the merchant system of a demo's folder while nobody else does.

    Raises ConfigurationError, StorageError.
    """
    options = ErpOptions(database_path=folder / ERP_DATABASE, token=DEMO_TOKEN)
    async with running(options, clock) as url:
        yield Merchant(url, client)

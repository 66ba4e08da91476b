"""The demo shop with codes: a parcel goes elsewhere only for who has the code out of the merchant's mail."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from fondaco.app import open_app
from fondaco.config import KnowledgeSettings, Settings, StorageSettings
from fondaco.demo.erp.server import running
from fondaco.demo.settings import WORKSPACE_ID, demo_settings
from fondaco.domain.ids import WorkspaceId
from fondaco.domain.tools import Verification
from fondaco.inbox import InboxOptions
from fondaco.kit.clock import SystemClock
from fondaco.kit.language import Language
from fondaco.knowledge.importing import read_articles
from fondaco.library import Fondaco
from fondaco.preparing import prepare, store_drafts
from tests.scenario.demo_erp import MIRA, TOKEN, Merchant, asking, options
from tests.scenario.test_demo_actions import CONNECTION, deeds
from tests.unit.demo.content import CONTENT

DE, EN, ZH, JA, KO = Language
WISHES = {
    DE: "Bitte ändern Sie die Lieferadresse meiner Bestellung",
    EN: "Please change the delivery address of my order",
    ZH: "我想修改收货地址",
    JA: "お届け先を変更したいです",
    KO: "배송지를 변경하고 싶어요",
}
YES = {DE: "Ja, bitte", EN: "Yes, please", ZH: "好的", JA: "はい、お願いします", KO: "네, 해 주세요"}
ADDRESS = "〒530-0002 大阪市 曽根崎新地1丁目1-1"  # in the country of the order


@dataclass(frozen=True, slots=True)
class Shop:
    fondaco: Fondaco
    merchant: Merchant
    log: list[Any]

    @property
    def code(self) -> str:
        """The code that the log told last."""
        return str([line["one_time_code"] for line in self.log if line["event"] == "demo_mail"][-1])


@asynccontextmanager
async def rialto(folder: Path, log: list[Any]) -> AsyncIterator[Shop]:
    async with AsyncExitStack() as stack:
        address = await stack.enter_async_context(running(options(folder, today=None), SystemClock()))
        own = Settings(
            storage=StorageSettings(url=f"sqlite:///{folder / 'fondaco.db'}"),
            inbox=InboxOptions(burst_ms=0),
            knowledge=KnowledgeSettings(embeddings=False),
        )
        settings = demo_settings(own, address, TOKEN, folder, codes=True)
        app = await stack.enter_async_context(open_app(settings))
        await prepare(app.registry, app.settings, app.clock, app.ids)
        await app.registry.put_connection(CONNECTION)
        wishes = [one for one in read_articles([CONTENT / "articles"]).drafts if one.key == "new-address"]
        await store_drafts(app.registry, WorkspaceId(WORKSPACE_ID), wishes, app.ids)
        await app.librarian.refresh()
        await stack.enter_async_context(app.working())
        merchant = await stack.enter_async_context(asking(address))
        yield Shop(Fondaco(app, CONNECTION), merchant, log)


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Shop]:
    with capture_logs() as log:
        async with rialto(tmp_path, log) as open_shop:
            yield open_shop


@pytest.mark.parametrize("language", list(Language))
async def test_a_parcel_is_redirected_after_the_code_and_the_yes(shop: Shop, language: Language) -> None:
    await shop.fondaco.ask(WISHES[language], language=language)
    await shop.fondaco.ask("RI-10311")
    await shop.fondaco.ask(ADDRESS)

    asked = await shop.fondaco.ask("530-0001")
    before = await deeds(shop.merchant)
    proposal = await shop.fondaco.ask(shop.code)
    receipt = await shop.fondaco.ask(YES[language])

    assert "m•••@example.jp" in asked.text
    assert before == []
    assert "曽根崎新地1丁目1-1" in proposal.text
    assert receipt.handoff is None
    assert await deeds(shop.merchant) == ["address"]


async def test_without_the_right_code_the_parcel_goes_where_it_went(shop: Shop) -> None:
    await shop.fondaco.ask(WISHES[EN], language=EN)
    await shop.fondaco.ask("RI-10311")
    await shop.fondaco.ask(ADDRESS)
    await shop.fondaco.ask("530-0001")

    told = await shop.fondaco.ask("000000")

    assert "2" in told.text
    assert [offer.key for offer in told.offers] == ["code:new"]
    assert await deeds(shop.merchant) == []


async def test_the_merchant_sends_nothing_to_whom_it_does_not_know(shop: Shop) -> None:
    key = {"Idempotency-Key": "key_1"}

    reply = await shop.merchant.ask("POST", "/codes", ref="nobody", headers=key, json={"challenge": "c"})
    keyless = await shop.merchant.ask("POST", "/codes", ref=MIRA, json={"challenge": "c"})

    assert (reply.status, keyless.status) == (404, 400)


def test_the_demo_asks_for_no_code_unless_it_is_told_to(tmp_path: Path) -> None:
    plain = demo_settings(Settings(), "http://127.0.0.1:9", TOKEN, tmp_path)
    coded = demo_settings(Settings(), "http://127.0.0.1:9", TOKEN, tmp_path, codes=True)

    assert {tool.verification for tool in plain.tools} == {Verification.NONE, Verification.MATCHED}
    assert [tool.name for tool in coded.tools if tool.verification is Verification.CODE] == ["change_address"]

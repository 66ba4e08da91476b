"""The demo shop without any model: contacts cancel, send back, get refunds and redirect in five languages."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest

from fondaco.app import open_app
from fondaco.config import KnowledgeSettings, Settings, StorageSettings
from fondaco.demo.erp.server import running
from fondaco.demo.settings import WORKSPACE_ID, demo_settings
from fondaco.domain.access import ChannelKind, Connection
from fondaco.domain.handoffs import HandoffReason
from fondaco.domain.ids import ConnectionId, WorkspaceId
from fondaco.inbox import InboxOptions
from fondaco.kit.clock import SystemClock
from fondaco.kit.language import Language
from fondaco.knowledge.importing import read_articles
from fondaco.library import Fondaco
from fondaco.preparing import prepare, store_drafts
from tests.scenario.demo_erp import TOKEN, Merchant, asking, options
from tests.unit.demo.content import CONTENT

DE, EN, ZH, JA, KO = Language
MISAKI = "RI-10311, 530-0001"  # packed
MIRA = "RI-10482, 10115"  # on its way
JONAS = "RI-10015, 20095"  # sent back and here
WISHES = {"cancel-my-order", "return-goods", "refund-me", "new-address"}
CONNECTION = Connection(
    id=ConnectionId("tests"), workspace_id=WorkspaceId(WORKSPACE_ID), channel=ChannelKind.API, name="Tests"
)


@asynccontextmanager
async def rialto(folder: Path) -> AsyncIterator[tuple[Fondaco, Merchant]]:
    async with AsyncExitStack() as stack:
        address = await stack.enter_async_context(running(options(folder, today=None), SystemClock()))
        own = Settings(
            storage=StorageSettings(url=f"sqlite:///{folder / 'fondaco.db'}"),
            inbox=InboxOptions(burst_ms=0),
            knowledge=KnowledgeSettings(embeddings=False),  # the wishes are known by rules
        )
        app = await stack.enter_async_context(open_app(demo_settings(own, address, TOKEN, folder)))
        await prepare(app.registry, app.settings, app.clock, app.ids)
        await app.registry.put_connection(CONNECTION)
        wishes = [draft for draft in read_articles([CONTENT / "articles"]).drafts if draft.key in WISHES]
        await store_drafts(app.registry, WorkspaceId(WORKSPACE_ID), wishes, app.ids)
        await app.librarian.refresh()
        await stack.enter_async_context(app.working())
        merchant = await stack.enter_async_context(asking(address))
        yield Fondaco(app, CONNECTION), merchant


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[tuple[Fondaco, Merchant]]:
    async with rialto(tmp_path) as open_shop:
        yield open_shop


async def deeds(merchant: Merchant) -> list[str]:
    reply = await merchant.ask("GET", "/changes")
    found = reply.get("changes")
    assert isinstance(found, list)
    return [change["deed"] for change in found]


@pytest.mark.parametrize(
    ("language", "wish", "yes", "asked", "done"),
    [
        (DE, "Bitte stornieren Sie meine Bestellung", "Ja, bitte stornieren", "stornieren?", "ist storniert"),
        (EN, "Please cancel my order", "yes, please cancel it", "Shall I cancel order", "is cancelled"),
        (ZH, "我想取消订单", "好的，请取消", "取消订单 RI-10311 吗", "已取消"),
        (
            JA,
            "注文をキャンセルしたいです",
            "はい、お願いします",
            "キャンセルしてよろしいですか",
            "キャンセルしました",
        ),
        (KO, "주문을 취소하고 싶어요", "네, 취소해 주세요", "취소해 드릴까요", "취소되었습니다"),
    ],
)
async def test_an_order_is_cancelled_in_every_language(
    shop: tuple[Fondaco, Merchant], language: Language, wish: str, yes: str, asked: str, done: str
) -> None:
    fondaco, merchant = shop
    await fondaco.ask(wish, language=language)

    question = await fondaco.ask(MISAKI)
    before = await deeds(merchant)
    receipt = await fondaco.ask(yes)

    assert asked in question.text
    assert [offer.key.partition(":")[0] for offer in question.offers] == ["confirm", "decline"]
    assert before == []
    assert done in receipt.text
    assert receipt.handoff is None
    assert await deeds(merchant) == ["cancellation"]


async def test_what_is_on_its_way_is_not_cancelled_and_the_contact_hears_why(
    shop: tuple[Fondaco, Merchant],
) -> None:
    fondaco, merchant = shop

    answer = await fondaco.ask(f"Ich möchte meine Bestellung stornieren: {MIRA}", language=DE)

    assert answer.text.startswith("Die Bestellung RI-10482 ist schon versandt")
    assert (answer.offers, answer.handoff) == ((), None)
    assert await deeds(merchant) == []


async def test_a_return_asks_for_its_reason_and_gives_a_label(shop: tuple[Fondaco, Merchant]) -> None:
    fondaco, merchant = shop
    await fondaco.ask("I'd like to return something", language=EN)

    why = await fondaco.ask("RI-10077")
    proof = await fondaco.ask("The lamp is too large.")
    question = await fondaco.ask("1010")
    receipt = await fondaco.ask("ok, go ahead")

    assert "reason" in why.text
    assert "postcode" in proof.text
    assert "The reason I pass on: “The lamp is too large.”\nPlease" in question.text
    assert "RT-10077-1" in receipt.text
    assert "https://rialto.example/labels/RT-10077-1.pdf" in receipt.text
    assert await deeds(merchant) == ["return"]


async def test_a_refund_above_the_limit_waits_for_a_teammate(shop: tuple[Fondaco, Merchant]) -> None:
    fondaco, merchant = shop
    await fondaco.ask("Bitte erstatten Sie mir das Geld", language=DE)

    question = await fondaco.ask(JONAS)
    waiting = await fondaco.ask("Ja")

    assert question.text.startswith("Soll ich 189,00 € für die Bestellung RI-10015 erstatten?")
    assert waiting.handoff is HandoffReason.APPROVAL
    assert await deeds(merchant) == []


async def test_a_parcel_is_redirected_to_the_address_as_it_was_understood(
    shop: tuple[Fondaco, Merchant],
) -> None:
    fondaco, merchant = shop
    await fondaco.ask("住所変更 RI-10311", language=JA)

    await fondaco.ask("〒530-0002 大阪市 曽根崎新地1丁目1-1")
    question = await fondaco.ask("530-0001")
    receipt = await fondaco.ask("はい、お願いします")

    assert "530-0002 大阪市 曽根崎新地1丁目1-1" in question.text
    assert "変更しました" in receipt.text
    assert await deeds(merchant) == ["address"]


async def test_a_no_changes_nothing(shop: tuple[Fondaco, Merchant]) -> None:
    fondaco, merchant = shop
    question = await fondaco.ask(f"Please cancel my order {MISAKI}", language=EN)

    told = await fondaco.ask("no, thanks")

    assert "Shall I cancel order RI-10311?" in question.text
    assert told.text == "All right, I won't do it. Nothing has been changed."
    assert await deeds(merchant) == []


async def test_a_yes_with_a_wish_of_its_own_changes_nothing(shop: tuple[Fondaco, Merchant]) -> None:
    fondaco, merchant = shop
    await fondaco.ask(f"Please cancel my order {MISAKI}", language=EN)

    await fondaco.ask("yes, but keep the tea")

    assert await deeds(merchant) == []

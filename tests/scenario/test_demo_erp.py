"""The demo shop's merchant system as fondaco meets it: a real server, asked over HTTP."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import msgspec
import pytest

from fondaco.demo.erp.generate import customer_ref
from fondaco.demo.erp.server import running
from tests.scenario.demo_erp import DAY_MS, HARRY, MIRA, Merchant, StillClock, asking, options


@pytest.fixture
def clock() -> StillClock:
    return StillClock()


@pytest.fixture
async def merchant(tmp_path: Path, clock: StillClock) -> AsyncIterator[Merchant]:
    async with running(options(tmp_path), clock) as address, asking(address) as merchant:
        yield merchant


async def test_without_the_token_only_health_answers(tmp_path: Path, clock: StillClock) -> None:
    async with (
        running(options(tmp_path), clock) as address,
        aiohttp.ClientSession(address) as stranger,
        stranger.get("/health") as health,
        stranger.get("/effects") as effects,
    ):
        assert await health.json() == {"status": "ok", "today": "2026-03-02"}
        assert effects.status == 401
        assert effects.content_type == "application/problem+json"


async def test_a_postcode_or_an_address_identifies(merchant: Merchant) -> None:
    by_postcode = await merchant.identify("RI-10482", "１０１１５")
    by_email = await merchant.identify("ri10482", "Mira.Hoffmann@example.com")

    assert by_postcode.body == by_email.body
    assert (by_postcode.get("matched"), by_postcode.get("customer_ref")) == (True, MIRA)


async def test_a_wrong_proof_and_an_unknown_order_get_the_same_answer(merchant: Merchant) -> None:
    wrong = await merchant.identify("RI-10482", "10116")
    unknown = await merchant.identify("RI-99999", "10115")

    assert wrong.body == unknown.body == b'{"matched":false}'
    assert wrong.status == unknown.status == 200


@pytest.mark.parametrize("part", ["", "/shipment", "/return"])
async def test_somebody_elses_order_is_as_unknown_as_none(merchant: Merchant, part: str) -> None:
    foreign = await merchant.ask("GET", f"/orders/RI-10404{part}", ref=MIRA)
    unknown = await merchant.ask("GET", f"/orders/RI-99999{part}", ref=MIRA)
    unnamed = await merchant.ask("GET", f"/orders/RI-10482{part}", ref="")

    assert foreign.body == unknown.body == unnamed.body
    assert foreign.status == unknown.status == unnamed.status == 404


async def test_an_order_tells_its_state_items_and_total(merchant: Merchant) -> None:
    order = await merchant.ask("GET", "/orders/RI-10482?language=ja")

    assert msgspec.json.decode(order.body) == {
        "order_number": "RI-10482",
        "customer_ref": MIRA,
        "state": "shipped",
        "placed_on": "2026-02-26",
        "item_count": 1,
        "total": {"amount_minor": 4990, "currency": "EUR"},
        "first_item": "青磁の急須",
        "items": [
            {
                "sku": "TK-104",
                "name": "青磁の急須",
                "quantity": 1,
                "price": {"amount_minor": 4990, "currency": "EUR"},
            }
        ],
    }


async def test_a_shipment_tells_when_it_is_promised_and_where_it_was_last(merchant: Merchant) -> None:
    shipment = await merchant.ask("GET", "/orders/RI-10482/shipment")

    body = msgspec.json.decode(shipment.body, type=dict[str, object])
    assert body.pop("tracking_number")
    assert body == {
        "order_number": "RI-10482",
        "state": "in_transit",
        "carrier": "DHL",
        "promised_on": "2026-03-04",
        "last_place": "Leipzig/Halle",
        "last_event_on": "2026-03-01",
        "delivered_on": None,
    }


async def test_a_return_tells_its_refund(merchant: Merchant) -> None:
    refunded = await merchant.ask(
        "GET", "/orders/RI-10020/return", ref=customer_ref("sanne.visser@example.com")
    )
    open_refund = await merchant.ask(
        "GET", "/orders/RI-10015/return", ref=customer_ref("jonas.weber@example.com")
    )
    nothing = await merchant.ask("GET", "/orders/RI-10482/return")

    assert refunded.get("state") == "refunded"
    assert refunded.get("refund") == {"amount_minor": 4590, "currency": "EUR"}
    assert (open_refund.get("state"), open_refund.get("refund")) == ("received", None)
    assert nothing.get("state") == "none"


@pytest.mark.parametrize(
    ("language", "text", "name"),
    [
        ("de", "Gibt es die Bambus-Stehlampe bzw. Stehlampe Bambus noch?", "Stehlampe Bambus"),
        ("en", "Any bamboo floor lamps left?", "Bamboo floor lamp"),
        ("zh", "请问竹制落地灯还有吗？", "竹制落地灯"),
        ("ja", "竹のフロアランプはありますか", "竹のフロアランプ"),
        ("ko", "대나무 플로어 램프 있나요?", "대나무 플로어 램프"),
    ],
)
async def test_a_product_is_found_in_five_languages(
    merchant: Merchant, language: str, text: str, name: str
) -> None:
    product = await merchant.ask("GET", f"/products?language={language}&q={text}")

    assert msgspec.json.decode(product.body) == {
        "found": True,
        "sku": "LA-303",
        "name": name,
        "state": "out",
        "quantity": 0,
        "price": {"amount_minor": 14900, "currency": "EUR"},
        "restock_on": "2026-03-11",
    }


async def test_a_text_about_no_product_finds_none(merchant: Merchant) -> None:
    product = await merchant.ask("GET", "/products?q=Wo ist mein Paket")

    assert product.body == b'{"found":false}'


async def test_the_same_key_sends_once_and_repeats_the_answer(merchant: Merchant) -> None:
    first = await merchant.send_invoice("key-1")
    second = await merchant.send_invoice("key-1")

    assert first.get("sent_to") == "m•••@example.com"
    assert second.body == first.body
    assert "Idempotent-Replayed" not in first.headers
    assert second.headers["Idempotent-Replayed"] == "true"
    assert await merchant.effect_counts() == {"key-1": 1}


async def test_twenty_requests_at_once_with_one_key_have_one_effect(merchant: Merchant) -> None:
    replies = await asyncio.gather(*(merchant.send_invoice("key-1") for _ in range(20)))

    assert {(reply.status, reply.body) for reply in replies} == {(200, replies[0].body)}
    assert sum("Idempotent-Replayed" not in reply.headers for reply in replies) == 1
    assert await merchant.effect_counts() == {"key-1": 1}


async def test_a_key_used_for_another_order_or_body_is_refused(merchant: Merchant) -> None:
    await merchant.send_invoice("key-1")

    other_order = await merchant.send_invoice("key-1", "RI-10404", HARRY)
    other_body = await merchant.ask(
        "POST", "/orders/RI-10482/invoice", headers={"Idempotency-Key": "key-1"}, json={"language": "ko"}
    )

    assert (other_order.status, other_body.status) == (422, 422)
    assert await merchant.effect_counts() == {"key-1": 1}


async def test_an_invoice_of_somebody_elses_order_is_not_sent(merchant: Merchant) -> None:
    reply = await merchant.send_invoice("key-1", "RI-10404", MIRA)

    assert reply.status == 404
    assert await merchant.effect_counts() == {}


@pytest.mark.parametrize(
    ("method", "path", "data", "status", "kind"),
    [
        ("POST", "/orders/RI-10482/invoice", b"{}", 400, "/problems/missing-key"),
        ("POST", "/identify", b"{order", 400, "/problems/bad-json"),
        ("POST", "/identify", b"\xff\xfe", 400, "/problems/bad-json"),
        ("POST", "/identify", b'{"order_number": 5}', 422, "/problems/bad-field"),
        ("POST", "/identify", b"[" * 70_000, 413, "/problems/too-large"),
        ("GET", "/products", None, 400, "/problems/missing-text"),
        ("GET", "/products?q=x&language=fr", None, 400, "/problems/bad-language"),
        ("GET", "/effects?since=x", None, 400, "/problems/bad-since"),
        ("GET", "/nowhere", None, 404, "about:blank"),
        ("DELETE", "/identify", None, 405, "about:blank"),
        ("GET", "/health?fault=explode", None, 400, "/problems/bad-fault"),
    ],
)
async def test_what_cannot_be_accepted_gets_a_problem(
    merchant: Merchant, method: str, path: str, data: bytes | None, status: int, kind: str
) -> None:
    reply = await merchant.ask(method, path, data=data)

    assert (reply.status, reply.get("status"), reply.get("type")) == (status, status, kind)
    assert reply.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("fault", ["reset", "truncated"])
async def test_an_answer_that_is_lost_can_be_looked_up(merchant: Merchant, fault: str) -> None:
    headers = {"Idempotency-Key": "key-1", "X-Fault": fault}

    with pytest.raises(aiohttp.ClientError):
        await merchant.ask("POST", "/orders/RI-10482/invoice", headers=headers)

    history = await merchant.ask("GET", "/invoice-effects/key-1")
    assert (history.get("happened"), history.get("count")) == (True, 1)


async def test_a_status_asked_for_does_nothing_else(merchant: Merchant, clock: StillClock) -> None:
    headers = {"Idempotency-Key": "key-1", "X-Fault": "delay=30,status=503"}

    reply = await merchant.ask("POST", "/orders/RI-10482/invoice", headers=headers)

    history = await merchant.ask("GET", "/invoice-effects/key-1")
    assert (reply.status, history.get("happened")) == (503, False)
    assert clock.slept_seconds == 30


async def test_faults_are_not_obeyed_unless_they_were_asked_for_at_the_start(
    tmp_path: Path, clock: StillClock
) -> None:
    sober = msgspec.structs.replace(options(tmp_path), faults=False)

    async with running(sober, clock) as address, asking(address) as merchant:
        reply = await merchant.ask("GET", "/health", headers={"X-Fault": "status=500"})

    assert reply.status == 200


async def test_the_next_day_tells_the_same_story_and_remembers_what_was_sent(
    tmp_path: Path, clock: StillClock
) -> None:
    following = options(tmp_path, today=None)
    async with running(following, clock) as address, asking(address) as merchant:
        await merchant.send_invoice("key-1")

        clock.at_ms += DAY_MS
        shipment = await merchant.ask("GET", "/orders/RI-10482/shipment")
        again = await merchant.send_invoice("key-1")

    assert (shipment.get("state"), shipment.get("promised_on")) == ("in_transit", "2026-03-05")
    assert (again.get("sent_on"), again.headers["Idempotent-Replayed"]) == ("2026-03-02", "true")

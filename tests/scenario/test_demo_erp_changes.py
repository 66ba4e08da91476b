"""What the demo shop's merchant system changes on request: once, for the right person, and never in doubt."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import jsonschema
import msgspec
import pytest

from fondaco.demo.erp.generate import customer_ref, generate
from fondaco.demo.erp.openapi import document
from fondaco.demo.erp.records import OrderState
from fondaco.demo.erp.server import running
from tests.scenario.demo_erp import DAY_MS, MIRA, TODAY, Merchant, Reply, StillClock, asking, options

MISAKI = customer_ref("misaki.nakamura@example.jp")
ANTON = customer_ref("anton.leitner@example.com")
JONAS = customer_ref("jonas.weber@example.com")
PACKED, DELIVERED, RECEIVED, SHIPPED = "RI-10311", "RI-10077", "RI-10015", "RI-10482"

Deed = tuple[str, str, str, dict[str, object]]

CANCEL: Deed = ("POST", f"/orders/{PACKED}/cancellation", MISAKI, {})
RETURN: Deed = ("POST", f"/orders/{DELIVERED}/returns", ANTON, {"reason": "zu groß"})
REFUND: Deed = ("POST", f"/orders/{RECEIVED}/refunds", JONAS, {"amount": {"amount_minor": 1000}})
MOVE: Deed = ("PUT", f"/orders/{PACKED}/address", MISAKI, {"address": "530-0002 大阪市 曽根崎新地1丁目1-1"})
DEEDS = [CANCEL, RETURN, REFUND, MOVE]
NAMES = ["cancel", "return", "refund", "move"]


@pytest.fixture
def clock() -> StillClock:
    return StillClock()


@pytest.fixture
async def merchant(tmp_path: Path, clock: StillClock) -> AsyncIterator[Merchant]:
    async with running(options(tmp_path), clock) as address, asking(address) as merchant:
        yield merchant


async def do(merchant: Merchant, deed: Deed, key: str = "key-1", fault: str = "") -> Reply:
    method, path, ref, body = deed
    headers = {"Idempotency-Key": key, **({"X-Fault": fault} if fault else {})}
    return await merchant.ask(method, path, ref=ref, headers=headers, json=body)


async def preview(merchant: Merchant, deed: Deed) -> Reply:
    _, path, ref, body = deed
    return await merchant.ask("POST", f"{path}/preview", ref=ref, json=body)


async def changes(merchant: Merchant) -> list[dict[str, object]]:
    reply = await merchant.ask("GET", "/changes")
    return msgspec.json.decode(msgspec.json.encode(reply.get("changes")), type=list[dict[str, object]])


async def test_a_cancelled_order_is_so_everywhere_and_its_money_is_back(merchant: Merchant) -> None:
    before = await merchant.ask("GET", f"/orders/{PACKED}", ref=MISAKI)
    promised = await preview(merchant, CANCEL)

    done = await do(merchant, CANCEL)

    order = await merchant.ask("GET", f"/orders/{PACKED}", ref=MISAKI)
    shipment = await merchant.ask("GET", f"/orders/{PACKED}/shipment", ref=MISAKI)
    money = await merchant.ask("GET", f"/orders/{PACKED}/return", ref=MISAKI)
    assert (promised.get("allowed"), promised.get("reason")) == (True, None)
    assert done.get("refund") == promised.get("refund") == before.get("total")
    assert (before.get("state"), order.get("state")) == ("packed", "cancelled")
    assert shipment.status == 404
    assert (money.get("state"), money.get("refund")) == ("refunded", before.get("total"))


async def test_a_return_gives_number_and_label_and_can_be_withdrawn(merchant: Merchant) -> None:
    promised = await preview(merchant, RETURN)
    announced = await do(merchant, RETURN)
    state = await merchant.ask("GET", f"/orders/{DELIVERED}/return", ref=ANTON)
    withdrawal: Deed = ("POST", f"/orders/{DELIVERED}/returns/withdrawal", ANTON, {})
    withdrawn = await do(merchant, withdrawal, "key-2")
    after = await merchant.ask("GET", f"/orders/{DELIVERED}/return", ref=ANTON)
    again = await do(merchant, RETURN, "key-3")

    assert (promised.get("allowed"), promised.get("item_count")) == (True, 3)
    assert announced.get("return_number") == "RT-10077-1"
    assert announced.get("label_url") == "https://rialto.example/labels/RT-10077-1.pdf"
    assert (state.get("state"), state.get("announced_on")) == ("announced", "2026-03-02")
    assert (withdrawn.get("state"), after.get("state")) == ("none", "none")
    assert again.get("return_number") == "RT-10077-3"


async def test_a_part_of_an_order_comes_back_for_its_own_price(merchant: Merchant) -> None:
    path = f"/orders/{DELIVERED}/returns/preview"
    by_body = await merchant.ask("POST", path, ref=ANTON, json={"items": [{"sku": "TE-101", "quantity": 2}]})
    by_address = await merchant.ask("GET", f"{path}?items=LA-302", ref=ANTON)
    whole = await merchant.ask("GET", path, ref=ANTON)

    parts = [
        msgspec.convert(reply.get("refund"), dict[str, object]) for reply in (by_body, by_address, whole)
    ]
    minor = [msgspec.convert(part["amount_minor"], int) for part in parts]
    assert minor[0] + minor[1] == minor[2]
    assert (by_body.get("item_count"), by_address.get("item_count")) == (2, 1)


async def test_refunds_add_up_to_what_was_paid_and_no_further(merchant: Merchant) -> None:
    everything: Deed = ("POST", f"/orders/{RECEIVED}/refunds", JONAS, {})
    order = await merchant.ask("GET", f"/orders/{RECEIVED}", ref=JONAS)

    first = await do(merchant, REFUND)
    rest = await do(merchant, everything, "key-2")
    more = await do(merchant, REFUND, "key-3")

    status = await merchant.ask("GET", f"/orders/{RECEIVED}/return", ref=JONAS)
    assert first.get("refunded") == {"amount_minor": 1000, "currency": "EUR"}
    assert rest.get("refunded") == order.get("total")
    assert (more.status, more.get("reason")) == (409, "nothing-left")
    assert (status.get("state"), status.get("refund")) == ("refunded", order.get("total"))


async def test_an_order_that_was_cancelled_before_can_be_refunded(merchant: Merchant) -> None:
    cancelled = next(one for one in generate(today=TODAY).orders if one.state is OrderState.CANCELLED)
    deed: Deed = ("POST", f"/orders/{cancelled.order_number}/refunds", cancelled.customer_ref, {})

    done = await do(merchant, deed)

    assert done.get("amount") == {"amount_minor": cancelled.total_minor, "currency": "EUR"}


async def test_a_parcel_goes_to_the_new_address(merchant: Merchant) -> None:
    promised = await preview(merchant, MOVE)
    moved = await do(merchant, MOVE)

    now = await merchant.ask("GET", f"/orders/{PACKED}/address", ref=MISAKI)
    assert promised.get("written") == moved.get("written") == now.get("written")
    assert now.get("address") == {
        "street": "曽根崎新地1丁目1-1",
        "postcode": "530-0002",
        "city": "大阪市",
        "country": "JP",
    }


async def test_an_address_may_come_in_parts_or_in_the_address_of_the_request(merchant: Merchant) -> None:
    parts = {"street": "曽根崎新地1丁目1-1", "postcode": "530-0002", "city": "大阪市"}
    by_parts = await merchant.ask("POST", f"/orders/{PACKED}/address/preview", ref=MISAKI, json=parts)
    by_query = await merchant.ask(
        "GET", f"/orders/{PACKED}/address/preview?address=530-0002 大阪市 曽根崎新地1丁目1-1", ref=MISAKI
    )
    unclear = await merchant.ask("GET", f"/orders/{PACKED}/address/preview?address=Osaka", ref=MISAKI)

    assert by_parts.body == by_query.body
    assert (unclear.get("allowed"), unclear.get("reason")) == (False, "address-unclear")


@pytest.mark.parametrize(
    ("method", "path", "ref", "body", "reason"),
    [
        ("POST", f"/orders/{SHIPPED}/cancellation", MIRA, {}, "already-shipped"),
        ("POST", f"/orders/{SHIPPED}/returns", MIRA, {}, "not-delivered"),
        ("POST", f"/orders/{SHIPPED}/returns/withdrawal", MIRA, {}, "nothing-announced"),
        ("POST", f"/orders/{SHIPPED}/refunds", MIRA, {}, "nothing-returned"),
        ("POST", f"/orders/{RECEIVED}/refunds", JONAS, {"amount": {"amount_minor": 10**9}}, "too-much"),
        (
            "POST",
            f"/orders/{RECEIVED}/refunds",
            JONAS,
            {"amount": {"amount_minor": 1, "currency": "USD"}},
            "wrong-currency",
        ),
        ("PUT", f"/orders/{SHIPPED}/address", MIRA, {"address": "x"}, "already-shipped"),
        ("PUT", f"/orders/{PACKED}/address", MISAKI, {"address": "x"}, "address-unclear"),
    ],
)
async def test_what_the_terms_do_not_allow_is_refused_with_a_reason_and_leaves_no_trace(
    merchant: Merchant, method: str, path: str, ref: str, body: dict[str, object], reason: str
) -> None:
    asked = await preview(merchant, (method, path, ref, body))
    refused = await do(merchant, (method, path, ref, body))

    assert (asked.get("allowed"), asked.get("reason")) == (False, reason)
    assert (refused.status, refused.get("reason"), refused.get("type")) == (
        409,
        reason,
        f"/problems/{reason}",
    )
    assert await changes(merchant) == []
    assert (await merchant.ask("GET", "/operations/key-1")).get("state") == "never_seen"


@pytest.mark.parametrize("deed", DEEDS, ids=NAMES)
async def test_somebody_elses_order_is_not_changed(merchant: Merchant, deed: Deed) -> None:
    method, path, _, body = deed
    foreign = await do(merchant, (method, path, MIRA, body))
    looked_at = await preview(merchant, (method, path, MIRA, body))
    unnamed = await do(merchant, (method, path, "", body))

    assert (foreign.status, looked_at.status, unnamed.status) == (404, 404, 404)
    assert await changes(merchant) == []


@pytest.mark.parametrize("deed", DEEDS, ids=NAMES)
async def test_the_same_key_changes_once_and_repeats_the_answer(merchant: Merchant, deed: Deed) -> None:
    first = await do(merchant, deed)
    second = await do(merchant, deed)

    assert (first.status, second.status) == (200, 200)
    assert second.body == first.body
    assert "Idempotent-Replayed" not in first.headers
    assert second.headers["Idempotent-Replayed"] == "true"
    assert len(await changes(merchant)) == 1


@pytest.mark.parametrize("deed", DEEDS, ids=NAMES)
async def test_twenty_at_once_with_one_key_have_one_effect(merchant: Merchant, deed: Deed) -> None:
    replies = await asyncio.gather(*(do(merchant, deed) for _ in range(20)))

    assert {(reply.status, reply.body) for reply in replies} == {(200, replies[0].body)}
    assert len(await changes(merchant)) == 1


async def test_twenty_refunds_of_everything_at_once_send_it_back_once(merchant: Merchant) -> None:
    everything: Deed = ("POST", f"/orders/{RECEIVED}/refunds", JONAS, {})

    replies = await asyncio.gather(*(do(merchant, everything, f"key-{n}") for n in range(20)))

    assert sorted(reply.status for reply in replies) == [200] + [409] * 19
    assert len(await changes(merchant)) == 1


@pytest.mark.parametrize(
    "other",
    [
        ("POST", f"/orders/{RECEIVED}/refunds", JONAS, {"amount": {"amount_minor": 1001}}),
        ("POST", f"/orders/{RECEIVED}/refunds", JONAS, {}),
        ("POST", f"/orders/{DELIVERED}/returns", ANTON, {}),
        ("POST", f"/orders/{RECEIVED}/invoice", JONAS, {}),
    ],
    ids=["amount", "no amount", "deed and order", "invoice"],
)
async def test_a_key_used_for_something_else_is_refused(merchant: Merchant, other: Deed) -> None:
    await do(merchant, REFUND)

    reply = await do(merchant, other)

    assert (reply.status, reply.get("type")) == (422, "/problems/key-reused")
    assert len(await changes(merchant)) == 1


@pytest.mark.parametrize("fault", ["reset", "truncated"])
@pytest.mark.parametrize("deed", DEEDS, ids=NAMES)
async def test_a_change_whose_answer_is_lost_is_found_out(merchant: Merchant, deed: Deed, fault: str) -> None:
    with pytest.raises(aiohttp.ClientError):
        await do(merchant, deed, fault=fault)

    operation = await merchant.ask("GET", "/operations/key-1", ref=deed[2])
    repeated = await do(merchant, deed)
    assert operation.get("state") == "done"
    assert operation.get("result") == msgspec.json.decode(repeated.body)
    assert len(await changes(merchant)) == 1


async def test_a_status_before_the_work_and_one_after_it_are_told_apart_by_the_operation(
    merchant: Merchant,
) -> None:
    before = await do(merchant, CANCEL, "key-1", "status=500")
    after = await do(merchant, REFUND, "key-2", "after=500")

    unseen = await merchant.ask("GET", "/operations/key-1", ref=MISAKI)
    done = await merchant.ask("GET", "/operations/key-2", ref=JONAS)
    assert (before.status, after.status) == (500, 500)
    assert (unseen.get("state"), unseen.get("result")) == ("never_seen", None)
    assert (done.get("state"), done.get("operation")) == ("done", "refund")


async def test_an_operation_tells_nothing_to_somebody_else(merchant: Merchant) -> None:
    await do(merchant, REFUND)
    await merchant.send_invoice("key-2")

    foreign = await merchant.ask("GET", "/operations/key-1", ref=MIRA)
    invoice = await merchant.ask("GET", "/operations/key-2", ref=MIRA)

    assert (foreign.get("state"), foreign.get("result")) == ("never_seen", None)
    assert (invoice.get("state"), invoice.get("operation")) == ("done", "invoice")


async def test_changes_outlive_the_day_and_the_process(tmp_path: Path, clock: StillClock) -> None:
    following = options(tmp_path, today=None)
    async with running(following, clock) as address, asking(address) as merchant:
        first = await do(merchant, CANCEL)
        clock.at_ms += DAY_MS
        next_day = await merchant.ask("GET", f"/orders/{PACKED}", ref=MISAKI)
    async with running(following, clock) as address, asking(address) as merchant:
        restarted = await merchant.ask("GET", f"/orders/{PACKED}", ref=MISAKI)
        again = await do(merchant, CANCEL)

    assert (next_day.get("state"), restarted.get("state")) == ("cancelled", "cancelled")
    assert again.body == first.body


@pytest.mark.parametrize(
    ("method", "path", "ref", "data", "status", "kind"),
    [
        ("POST", f"/orders/{RECEIVED}/refunds", JONAS, b'{"amount": 5}', 422, "/problems/bad-field"),
        (
            "POST",
            f"/orders/{RECEIVED}/refunds",
            JONAS,
            b'{"amount": {"amount_minor": 0}}',
            422,
            "/problems/bad-field",
        ),
        ("POST", f"/orders/{RECEIVED}/refunds", JONAS, b'{"sum": 5}', 422, "/problems/bad-field"),
        ("POST", f"/orders/{RECEIVED}/refunds", JONAS, b"{", 400, "/problems/bad-json"),
        (
            "GET",
            f"/orders/{RECEIVED}/refunds/preview?amount_minor=-1",
            JONAS,
            None,
            422,
            "/problems/bad-field",
        ),
        ("GET", f"/orders/{RECEIVED}/refunds/preview?sum=1", JONAS, None, 422, "/problems/bad-field"),
        ("GET", f"/orders/{RECEIVED}/refunds", JONAS, None, 405, "about:blank"),
    ],
)
async def test_a_wrong_request_changes_nothing(
    merchant: Merchant, method: str, path: str, ref: str, data: bytes | None, status: int, kind: str
) -> None:
    reply = await merchant.ask(method, path, ref=ref, headers={"Idempotency-Key": "key-1"}, data=data)

    assert (reply.status, reply.get("type")) == (status, kind)
    assert await changes(merchant) == []


async def test_without_a_key_nothing_is_changed(merchant: Merchant) -> None:
    reply = await merchant.ask(*CANCEL[:2], ref=MISAKI)

    assert (reply.status, reply.get("type")) == (400, "/problems/missing-key")
    assert await changes(merchant) == []


async def test_the_document_is_open_and_every_reference_in_it_leads_somewhere(
    tmp_path: Path, clock: StillClock
) -> None:
    async with (
        running(options(tmp_path), clock) as address,
        aiohttp.ClientSession(address) as stranger,
        stranger.get("/openapi.json") as response,
    ):
        served = await response.json()

    text = msgspec.json.encode(served).decode()
    named = {part.split('"', 1)[0] for part in text.split('"#/components/schemas/')[1:]}
    assert served == document()
    assert named <= set(served["components"]["schemas"])


def check(reply: Reply, path: str, method: str) -> None:
    """Raise where the answer is not what the document says of this endpoint."""
    told = document()
    responses = told["paths"][path][method]["responses"]
    (content,) = responses[str(reply.status)]["content"].values()
    schema = {**content["schema"], "components": told["components"]}
    jsonschema.validate(msgspec.json.decode(reply.body), schema)


@pytest.mark.parametrize("deed", DEEDS, ids=NAMES)
async def test_answers_and_problems_are_as_the_document_says(merchant: Merchant, deed: Deed) -> None:
    method, path, _, body = deed
    described = "/".join(["", "orders", "{order_number}", *path.split("/")[3:]])
    (preview_method,) = document()["paths"][f"{described}/preview"]

    looked_at = await preview(merchant, deed)
    done = await do(merchant, deed)
    unknown = await do(merchant, (method, path, MIRA, body), "key-2")
    refused = await do(merchant, (method, f"/orders/{SHIPPED}/{path.split('/')[3]}", MIRA, {}), "key-3")

    check(looked_at, f"{described}/preview", preview_method)
    check(done, described, method.lower())
    check(unknown, described, method.lower())
    check(refused, described, method.lower())
    assert (looked_at.status, done.status, unknown.status, refused.status) == (200, 200, 404, 409)

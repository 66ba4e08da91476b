"""The retail world on a tiny shop of our own."""

from __future__ import annotations

import json
from typing import Any

import pytest

from fondaco.lab.tau.world import changed_records
from tests.unit.lab.tau.worlds import ADDRESS, shop

ELSEWHERE = ADDRESS | {"city": "Emden", "zip": "26721"}


@pytest.mark.parametrize(
    ("name", "arguments", "answer"),
    [
        ("find_user_id_by_email", {"email": "Mira@Example.com"}, "mira"),
        ("find_user_id_by_email", {"email": "nobody@example.com"}, "Error: user not found"),
        (
            "find_user_id_by_name_zip",
            {"first_name": "mira", "last_name": "SAND", "zip": "28195"},
            "mira",
        ),
        (
            "find_user_id_by_name_zip",
            {"first_name": "mira", "last_name": "SAND", "zip": "1"},
            "Error: user not found",
        ),
        ("get_order_details", {"order_id": "#W2"}, "Error: order not found"),
        ("get_product_details", {"product_id": "P2"}, "Error: product not found"),
        ("get_user_details", {"user_id": "otto"}, "Error: user not found"),
        ("list_all_product_types", {}, '{"Lamp": "P1"}'),
        ("calculate", {"expression": "3 * (1.5 + 2)"}, "10.5"),
        ("think", {"thought": "well"}, ""),
        ("transfer_to_human_agents", {"summary": "help"}, "Transfer successful"),
        ("no_such_tool", {}, "Unknown action no_such_tool"),
    ],
)
def test_what_is_looked_up_comes_in_the_published_spelling(
    name: str, arguments: dict[str, Any], answer: str
) -> None:
    assert shop().call(name, arguments) == answer


def test_an_order_is_told_as_json_with_spaces() -> None:
    told = shop().call("get_order_details", {"order_id": "#W1"})

    assert told.startswith('{"order_id": "#W1", "user_id": "mira", "address": {"address1": "1 Quay", ')


def test_a_cancelled_order_gives_a_gift_card_its_money_back() -> None:
    world = shop(paid_by="gift_1")

    told = json.loads(world.call("cancel_pending_order", {"order_id": "#W1", "reason": "ordered by mistake"}))

    assert told["status"] == "cancelled"
    assert told["payment_history"][1] == {
        "transaction_type": "refund",
        "amount": 30.5,
        "payment_method_id": "gift_1",
    }
    assert world.tables["users"]["mira"]["payment_methods"]["gift_1"]["balance"] == 35.5


def test_swapped_items_cost_the_difference_and_close_the_order_for_more() -> None:
    world = shop()
    swap = {"order_id": "#W1", "item_ids": ["11"], "new_item_ids": ["13"], "payment_method_id": "gift_1"}

    told = json.loads(world.call("modify_pending_order_items", swap))

    assert told["items"][0]["item_id"] == "13"
    assert told["payment_history"][1]["amount"] == 2.25
    assert world.tables["users"]["mira"]["payment_methods"]["gift_1"]["balance"] == 2.75
    assert world.call("modify_pending_order_items", swap) == "Error: non-pending order cannot be modified"


def test_an_exchange_notes_what_is_wanted_and_moves_no_money() -> None:
    world = shop("delivered")

    told = json.loads(
        world.call(
            "exchange_delivered_order_items",
            {
                "order_id": "#W1",
                "item_ids": ["12", "11"],
                "new_item_ids": ["13", "12"],
                "payment_method_id": "card_1",
            },
        )
    )

    assert told["exchange_items"] == ["11", "12"]
    assert told["exchange_price_difference"] == 2.25
    assert changed_records(shop("delivered").tables, world.tables).keys() == {"orders"}


def test_another_card_pays_and_the_first_is_paid_back() -> None:
    told = json.loads(
        shop().call("modify_pending_order_payment", {"order_id": "#W1", "payment_method_id": "card_2"})
    )

    assert [one["payment_method_id"] for one in told["payment_history"]] == ["card_1", "card_2", "card_1"]


def test_addresses_of_person_and_order_are_changed_apart() -> None:
    world = shop()

    world.call("modify_user_address", {"user_id": "mira", **ELSEWHERE})

    assert changed_records(shop().tables, world.tables).keys() == {"users"}
    world.call("modify_pending_order_address", {"order_id": "#W1", **ELSEWHERE})
    assert world.tables["orders"]["#W1"]["address"] == ELSEWHERE


RETURN = {"order_id": "#W1", "item_ids": ["11"], "payment_method_id": "card_1"}
SWAP = {"order_id": "#W1", "item_ids": ["11"], "new_item_ids": ["13"], "payment_method_id": "card_1"}
PAY = {"order_id": "#W1", "payment_method_id": "card_2"}
CANCEL = {"order_id": "#W1", "reason": "no longer needed"}


@pytest.mark.parametrize(
    ("status", "name", "arguments", "why"),
    [
        ("delivered", "cancel_pending_order", CANCEL, "non-pending order cannot be cancelled"),
        ("pending", "cancel_pending_order", CANCEL | {"reason": "mood"}, "invalid reason"),
        ("pending", "return_delivered_order_items", RETURN, "non-delivered order cannot be returned"),
        (
            "delivered",
            "return_delivered_order_items",
            RETURN | {"payment_method_id": "card_2"},
            "payment method should be either the original payment method or a gift card",
        ),
        ("delivered", "return_delivered_order_items", RETURN | {"item_ids": ["11", "11"]}, "11 not found"),
        ("pending", "exchange_delivered_order_items", SWAP, "non-delivered order cannot be exchanged"),
        (
            "delivered",
            "exchange_delivered_order_items",
            SWAP | {"item_ids": ["11"], "new_item_ids": ["12"], "payment_method_id": "gift_1"},
            "insufficient gift card balance to pay for the price difference",
        ),
        (
            "pending",
            "modify_pending_order_items",
            SWAP | {"new_item_ids": ["14"]},
            "new item 14 not found or available",
        ),
        (
            "pending",
            "modify_pending_order_items",
            SWAP | {"new_item_ids": []},
            "the number of items to be exchanged should match",
        ),
        (
            "pending",
            "modify_pending_order_items",
            SWAP | {"new_item_ids": ["12"], "payment_method_id": "gift_1"},
            "insufficient gift card balance to pay for the new item",
        ),
        (
            "pending",
            "modify_pending_order_items",
            SWAP | {"payment_method_id": "x"},
            "payment method not found",
        ),
        (
            "pending",
            "modify_pending_order_payment",
            PAY | {"payment_method_id": "card_1"},
            "the new payment method should be different from the current one",
        ),
        (
            "pending",
            "modify_pending_order_payment",
            PAY | {"payment_method_id": "gift_1"},
            "insufficient gift card balance to pay for the order",
        ),
        ("delivered", "modify_pending_order_payment", PAY, "non-pending order cannot be modified"),
        ("pending", "calculate", {"expression": "__import__('os')"}, "invalid characters in expression"),
        ("pending", "calculate", {"expression": "1 / 0"}, "division by zero"),
        ("pending", "calculate", {"expression": "2 ** 9"}, "invalid expression"),
    ],
)
def test_what_the_rules_forbid_is_refused_and_changes_nothing(
    status: str, name: str, arguments: dict[str, Any], why: str
) -> None:
    world = shop(status)

    told = world.call(name, arguments)

    assert told == f"Error: {why}"
    assert changed_records(shop(status).tables, world.tables) == {}


def test_a_missing_argument_is_an_error_and_changes_nothing() -> None:
    world = shop()

    told = world.call("cancel_pending_order", {"order_id": "#W1"})

    assert told.startswith("Error: missing a required argument")
    assert changed_records(shop().tables, world.tables) == {}

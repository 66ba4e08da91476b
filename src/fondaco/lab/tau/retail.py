"""The retail world: 16 tools over orders, products and the people who buy."""

from __future__ import annotations

from collections.abc import Callable

from fondaco.domain.tools import Effect
from fondaco.lab.tau.arithmetic import calculated
from fondaco.lab.tau.retail_orders import (
    cancel,
    exchange_items,
    modify_address,
    modify_items,
    modify_payment,
    return_items,
)
from fondaco.lab.tau.retail_records import ADDRESS, order_of, person_of
from fondaco.lab.tau.world import Record, Refused, Tables, WorldTool

#: Files of the published data, one a table, in the order in which they are hashed anyway.
RETAIL_TABLES = ("orders", "products", "users")


def retail_tools() -> tuple[WorldTool, ...]:
    """Return the published tools by their published names."""
    read, write = Effect.READ, Effect.WRITE
    return (
        WorldTool("calculate", read, _calculate),
        WorldTool("cancel_pending_order", write, cancel),
        WorldTool("exchange_delivered_order_items", write, exchange_items),
        WorldTool("find_user_id_by_email", read, _find_by_email),
        WorldTool("find_user_id_by_name_zip", read, _find_by_name),
        WorldTool("get_order_details", read, _order_details),
        WorldTool("get_product_details", read, _product_details),
        WorldTool("get_user_details", read, _person_details),
        WorldTool("list_all_product_types", read, _product_types),
        WorldTool("modify_pending_order_address", write, modify_address),
        WorldTool("modify_pending_order_items", write, modify_items),
        WorldTool("modify_pending_order_payment", write, modify_payment),
        WorldTool("modify_user_address", write, _modify_own_address),
        WorldTool("return_delivered_order_items", write, return_items),
        WorldTool("think", read, _think),
        WorldTool("transfer_to_human_agents", read, _transfer, ends=True),
    )


def _calculate(_tables: Tables, expression: str) -> str:
    return calculated(expression)


def _think(_tables: Tables, thought: str) -> str:  # noqa: ARG001 - the published tool keeps it in the log
    return ""


def _transfer(_tables: Tables, summary: str) -> str:  # noqa: ARG001 - told to nobody in this world
    return "Transfer successful"


def _find_by_email(tables: Tables, email: str) -> str:
    return _found(tables, lambda person: person["email"].lower() == email.lower())


def _find_by_name(tables: Tables, first_name: str, last_name: str, zip: str) -> str:  # noqa: A002 - published
    def fits(person: Record) -> bool:
        names = [person["name"][part].lower() for part in ("first_name", "last_name")]
        same: bool = person["address"]["zip"] == zip
        return same and names == [first_name.lower(), last_name.lower()]

    return _found(tables, fits)


def _found(tables: Tables, fits: Callable[[Record], bool]) -> str:
    for key, person in tables["users"].items():
        if fits(person):
            return key
    raise Refused("user not found")


def _order_details(tables: Tables, order_id: str) -> Record:
    return order_of(tables, order_id)


def _product_details(tables: Tables, product_id: str) -> Record:
    product = tables["products"].get(product_id)
    if product is None:
        raise Refused("product not found")
    return product


def _person_details(tables: Tables, user_id: str) -> Record:
    return person_of(tables, user_id)


def _product_types(tables: Tables) -> Record:
    return {product["name"]: key for key, product in sorted(tables["products"].items(), key=_by_name)}


def _by_name(row: tuple[str, Record]) -> str:
    name: str = row[1]["name"]
    return name


def _modify_own_address(tables: Tables, user_id: str, **address: str) -> Record:
    person = person_of(tables, user_id)
    person["address"] = {part: address[part] for part in ADDRESS}
    return person

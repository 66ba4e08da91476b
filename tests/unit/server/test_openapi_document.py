from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest

from fondaco.server.api import OPERATIONS
from fondaco.server.asgi import WIDGET_OPERATIONS
from fondaco.server.openapi import document, kinds_of
from fondaco.server.operation import AnyOperation

DOCUMENT = document(OPERATIONS, version="1.2.3", server="https://help.example")


def references(part: Any) -> set[str]:
    if isinstance(part, dict):
        own = {part["$ref"]} if isinstance(part.get("$ref"), str) else set()
        return own.union(*(references(inner) for inner in part.values()))
    if isinstance(part, list):
        return set().union(*(references(inner) for inner in part))
    return set()


def test_the_document_says_what_it_describes() -> None:
    assert DOCUMENT["openapi"] == "3.1.0"
    assert DOCUMENT["info"]["version"] == "1.2.3"
    assert DOCUMENT["servers"] == [{"url": "https://help.example"}]


def test_every_operation_stands_in_it_once() -> None:
    named = [one["operationId"] for path in DOCUMENT["paths"].values() for one in path.values()]

    assert sorted(named) == sorted(one.name for one in OPERATIONS)


def test_every_reference_leads_somewhere() -> None:
    names = {f"#/components/schemas/{name}" for name in DOCUMENT["components"]["schemas"]}

    assert references(DOCUMENT) <= names


def test_the_document_is_json() -> None:
    assert json.loads(msgspec.json.encode(DOCUMENT)) == json.loads(json.dumps(DOCUMENT))


def test_bounds_that_validate_are_bounds_that_are_told() -> None:
    listing = DOCUMENT["paths"]["/v1/conversations"]["get"]["parameters"]

    limit = next(one for one in listing if one["name"] == "limit")

    assert limit["schema"] == {"type": "integer", "minimum": 1, "maximum": 100, "default": 50}
    assert limit["required"] is False


def test_what_must_be_said_is_required() -> None:
    search = DOCUMENT["paths"]["/v1/search"]["get"]["parameters"]
    opening = DOCUMENT["paths"]["/v1/conversations"]["post"]["requestBody"]
    person = DOCUMENT["paths"]["/v1/conversations/{conversation_id}/person"]["post"]["requestBody"]

    assert [one["name"] for one in search if one["required"]] == ["q"]
    assert (opening["required"], person["required"]) == (True, False)


@pytest.mark.parametrize("operation", [*OPERATIONS, *WIDGET_OPERATIONS], ids=lambda one: one.name)
def test_every_operation_says_what_can_go_wrong(operation: AnyOperation) -> None:
    statuses = {kind.status for kind in kinds_of(operation)}

    assert {422, 429, 500, 503} <= statuses
    assert operation.summary
    assert operation.summary[-1] != "."


def test_the_widgets_side_can_be_described_too() -> None:
    described = document(WIDGET_OPERATIONS, version="0")

    assert described["components"]["securitySchemes"].keys() == {"visitor"}

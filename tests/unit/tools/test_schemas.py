"""Values are held against JSON Schemas, without a network and without quoting a secret."""

from __future__ import annotations

from typing import Any

import pytest

from fondaco.domain.errors import ConfigurationError
from fondaco.domain.tools import Parameter, ToolSpec
from fondaco.tools.schemas import Schemas, typed

ADDRESS: dict[str, Any] = {
    "type": "object",
    "properties": {"zip": {"type": "string", "pattern": "^[0-9]{5}$"}},
}
ORDER: dict[str, dict[str, Any]] = {
    "sku": {},
    "quantity": {"type": "integer", "minimum": 1},
    "size": {"enum": ["s", "m", "l"]},
    "colours": {"type": "array", "items": {"type": "string"}},
    "address": {"$ref": "#/$defs/Address"},
    "due": {"type": "string", "format": "date"},
}


def schemas(parameters: dict[str, dict[str, Any]], result: dict[str, Any] | None = None) -> Schemas:
    spec = ToolSpec(
        name="order",
        description="",
        parameters=tuple(
            Parameter(name=name, schema=schema, required=False) for name, schema in parameters.items()
        ),
        definitions={"Address": ADDRESS},
        result_schema=result or {},
    )
    return Schemas(spec)


@pytest.mark.parametrize(
    ("name", "value", "fault"),
    [
        ("sku", 7, 'sku: the value is not of type "string"'),
        ("quantity", "two", 'quantity: the value is not of type "integer"'),
        ("quantity", 0, "quantity: the value is less than the minimum of 1"),
        ("quantity", True, 'quantity: the value is not of type "integer"'),
        ("size", "xl", 'size: the value is not one of "s", "m" or "l"'),
        ("colours", ["red", 3], 'colours.1: the value is not of type "string"'),
        ("address", {"zip": "1011"}, 'address.zip: the value does not match "^[0-9]{5}$"'),
        ("due", "tomorrow", 'due: the value is not a "date"'),
    ],
)
def test_a_wrong_argument_is_named_and_not_quoted(name: str, value: Any, fault: str) -> None:
    assert schemas(ORDER).argument_fault({name: value}) == fault


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("sku", "T-1"),
        ("quantity", 2),
        ("size", "s"),
        ("colours", ["red"]),
        ("address", {"zip": "10115"}),
        ("due", "2026-11-24"),
    ],
)
def test_a_right_argument_passes(name: str, value: Any) -> None:
    assert schemas(ORDER).argument_fault({name: value}) == ""


def test_without_a_schema_every_argument_is_a_text() -> None:
    plain = schemas({"sku": {}})

    assert (plain.argument_fault({"sku": "T-1"}), plain.argument_fault({"sku": 1})) == (
        "",
        "sku: the value is no text",
    )


def test_a_result_is_held_against_its_schema() -> None:
    declared = schemas({}, {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]})

    faults = [declared.result_fault(one) for one in ({"n": 1}, {"n": "1"}, {})]

    assert faults == ["", 'n: the value is not of type "integer"', '"n" is a required property']


def test_that_there_is_nothing_is_a_result_of_every_tool() -> None:
    assert schemas({}, {"type": "object", "required": ["n"]}).result_fault({"found": False}) == ""


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "strin"},
        {"pattern": "("},
        {"$ref": "#/$defs/Nobody"},
        {"$ref": "http://127.0.0.1:9/schema.json"},
        {"$ref": "file:///etc/hostname"},
    ],
)
def test_a_schema_that_is_none_is_found_at_once(schema: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationError, match="Tool 'order': a schema is none"):
        schemas({"sku": schema})


def test_an_expression_that_never_ends_is_given_up() -> None:
    evil = schemas({"sku": {"type": "string", "pattern": r"^(a|a)*(?=b)\1$"}})

    assert evil.argument_fault({"sku": "a" * 40}) != ""


@pytest.mark.parametrize(
    ("text", "schema", "value"),
    [
        ("3", {"type": "integer"}, 3),
        (" 3 ", {"type": "integer"}, 3),
        ("2.5", {"type": "number"}, 2.5),
        ("true", {"type": "boolean"}, True),
        ("3", {"anyOf": [{"type": "integer"}, {"type": "null"}]}, 3),
        ("3", {"type": ["integer", "null"]}, 3),
        ("three", {"type": "integer"}, "three"),
        ("[3]", {"type": "integer"}, "[3]"),
        ("3", {"type": "string"}, "3"),
        ("3", {"type": ["integer", "string"]}, "3"),
        ("3", {}, "3"),
        ("3", {"$ref": "#/$defs/A"}, "3"),
    ],
)
def test_a_text_is_read_as_the_schema_wants_it(text: str, schema: dict[str, Any], value: Any) -> None:
    assert typed(text, schema) == value
    assert type(typed(text, schema)) is type(value)

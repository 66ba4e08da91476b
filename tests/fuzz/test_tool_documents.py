"""Whatever an OpenAPI document or a schema of others holds, it becomes a tool or a configuration error."""

from __future__ import annotations

from contextlib import suppress
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fondaco.domain.errors import ConfigurationError, ToolRefused
from fondaco.domain.tools import Parameter, ToolSpec
from fondaco.kit.http import HttpClient
from fondaco.tools.foreign import told_in_schema
from fondaco.tools.openapi.document import Document
from fondaco.tools.openapi.taking import tools_of
from fondaco.tools.openapi.tool import OpenApiTool
from fondaco.tools.options import SourceToolOptions, ToolSourceOptions
from fondaco.tools.schemas import Schemas
from tests.unit.tools.openapi_shop import document

WORDS = st.sampled_from(
    ["type", "properties", "$ref", "allOf", "required", "in", "name", "schema", "content", "nullable"]
)
TEXTS = st.text(max_size=8) | st.sampled_from(
    ["#/components/schemas/Order", "#/components/parameters/OrderId", "#/", "path", "object", "string"]
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS | TEXTS, inner, max_size=4),
    max_leaves=8,
)
OPERATIONS = st.sampled_from(["getOrder", "changeOrder", "POST /refunds", "upload"])


def places(node: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    return [path, *(place for key, one in inner for place in places(one, (*path, key)))]


PLACES = [place for place in places(document()) if place]


def with_value(tree: dict[str, Any], place: tuple[Any, ...], value: Any) -> dict[str, Any]:
    node: Any = tree
    for part in place[:-1]:
        node = node[part]
    node[place[-1]] = value
    return tree


def taken(tree: dict[str, Any], operation: str) -> OpenApiTool:
    source = ToolSourceOptions(
        openapi="shop.json", base_url="https://shop.example", tools=(SourceToolOptions(operation=operation),)
    )
    [tool] = tools_of(Document(tree, "shop.json"), source, HttpClient(), lambda _: {}, "tool_sources[0]")
    return tool


@given(place=st.sampled_from(PLACES), value=JSON, operation=OPERATIONS)
def test_a_document_with_anything_in_it_is_a_tool_or_an_error(
    place: tuple[Any, ...], value: Any, operation: str
) -> None:
    tree = with_value(deepcopy(document()), place, value)

    with suppress(ConfigurationError):
        tool = taken(tree, operation)
        Schemas(tool.spec).argument_fault({"orderId": "A-1"})
        with suppress(ToolRefused):
            assert tool.request({"orderId": ["A-1", None]}, "key").url.startswith("https://shop.example")


@given(schema=JSON, value=JSON)
def test_a_schema_with_anything_in_it_checks_or_is_an_error(schema: Any, value: Any) -> None:
    given_schema = schema if isinstance(schema, dict) else {"allOf": [schema]}
    spec = ToolSpec(
        name="parcel",
        description="",
        parameters=(Parameter(name="number", schema=told_in_schema(given_schema)),),
    )

    with suppress(ConfigurationError):
        assert isinstance(Schemas(spec).argument_fault({"number": value}), str)


@pytest.mark.parametrize("value", [{}, [], "", 0, None])
def test_a_document_that_is_empty_somewhere_says_so(value: Any) -> None:
    tree = with_value(document(), ("paths",), value)

    with pytest.raises(ConfigurationError):
        taken(tree, "getOrder")

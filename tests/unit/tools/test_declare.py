"""A Python function becomes a tool, or says what is wrong with it."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
import pytest

from fondaco.domain.errors import ConfigurationError, ToolFailed, ToolRefused, ToolUncertain
from fondaco.domain.tools import Effect, ParameterSource
from fondaco.tools import PythonTool, Toolbox, VerifierOptions, tool


async def parcel(number: str, subject: str, message: str, note: str = "") -> dict[str, Any]:
    return {"number": number, "subject": subject, "message": message, "note": note}


async def booked(number: str, idempotency_key: str) -> dict[str, Any]:
    return {"key": idempotency_key}


async def raising(number: str) -> dict[str, Any]:
    raise LookupError(number)


async def refusing(number: str) -> dict[str, Any]:
    raise ToolRefused("no")


async def listing(number: str) -> Any:
    return [number]


async def opaque(number: str) -> dict[str, Any]:
    return {"number": object()}


async def pairs(number: str) -> dict[str, Any]:
    return {"both": (1, 2)}


def plain(number: str) -> Any:
    return {}


class Address(msgspec.Struct):
    street: str
    number: int


class Ordered(msgspec.Struct):
    total: int
    street: str


async def ordered(
    sku: str,
    quantity: Annotated[int, msgspec.Meta(ge=1)],
    size: Literal["s", "l"],
    colours: list[str],
    address: Address,
    weight: float | None = None,
    gift: bool = False,
) -> Ordered:
    return Ordered(total=quantity, street=address.street)


async def untyped(number) -> dict[str, Any]:  # type: ignore[no-untyped-def]
    return {}


async def complicated(number: type[int]) -> dict[str, Any]:
    return {}


NUMBER = {"number": r"\d+"}


def test_parameters_come_from_where_their_names_say() -> None:
    declared = tool("Tells.", patterns={**NUMBER, "note": "x"})(parcel)

    sources = {one.name: (one.source, one.required) for one in declared.spec.parameters}

    assert sources == {
        "number": (ParameterSource.MESSAGE, True),
        "subject": (ParameterSource.SERVER, True),
        "message": (ParameterSource.TEXT, True),
        "note": (ParameterSource.MESSAGE, False),
    }


async def test_a_function_that_takes_the_key_is_idempotent_and_gets_it() -> None:
    declared = tool("Books.", patterns=NUMBER, effect=Effect.WRITE)(booked)

    result = await declared.run({"number": "7"}, "key_1")

    assert declared.spec.idempotent
    assert result == {"key": "key_1"}


def test_a_parameter_with_neither_annotation_nor_pattern_says_what_to_write() -> None:
    with pytest.raises(ConfigurationError, match="'number' has no source: annotate it"):
        tool("Tells.")(untyped)


def test_an_annotation_that_no_schema_expresses_says_what_to_write() -> None:
    with pytest.raises(ConfigurationError, match=r"An annotation of 'complicated' cannot become"):
        tool("Tells.")(complicated)


def test_a_typed_signature_becomes_the_schema_of_the_arguments() -> None:
    declared = tool("Orders.")(ordered)

    schemas = {one.name: (one.schema, one.required) for one in declared.spec.parameters}

    assert schemas == {
        "sku": ({}, True),
        "quantity": ({"type": "integer", "minimum": 1}, True),
        "size": ({"enum": ["l", "s"]}, True),
        "colours": ({"type": "array", "items": {"type": "string"}}, True),
        "address": ({"$ref": "#/$defs/Address"}, True),
        "weight": ({"anyOf": [{"type": "number"}, {"type": "null"}]}, False),
        "gift": ({"type": "boolean"}, False),
    }


def test_a_typed_result_becomes_the_schema_of_the_result() -> None:
    spec = tool("Orders.")(ordered).spec

    assert spec.result_schema == {"$ref": "#/$defs/Ordered"}
    assert set(spec.definitions) == {"Address", "Ordered"}


async def test_a_typed_function_gets_its_own_types_and_may_return_them() -> None:
    arguments = {
        "sku": "T-1",
        "quantity": 2,
        "size": "s",
        "colours": ["red"],
        "address": {"street": "Main", "number": 4},
    }

    result = await tool("Orders.")(ordered).run(arguments, "key")

    assert result == {"total": 2, "street": "Main"}


async def test_arguments_of_other_types_are_refused() -> None:
    with pytest.raises(ToolRefused, match="Expected `int`"):
        await tool("Orders.")(ordered).run({"quantity": "two"}, "key")


def test_a_pattern_for_no_parameter_is_found() -> None:
    with pytest.raises(ConfigurationError, match="'numbre', which is no parameter"):
        tool("Tells.", patterns={**NUMBER, "numbre": "x"})(raising)


def test_a_pattern_that_does_not_compile_is_found() -> None:
    with pytest.raises(ConfigurationError, match="pattern of 'number' does not compile"):
        tool("Tells.", patterns={"number": "("})(raising)


def test_a_function_that_cannot_be_awaited_is_found() -> None:
    with pytest.raises(ConfigurationError, match="async def"):
        tool("Tells.", patterns=NUMBER)(plain)


@pytest.mark.parametrize("function", [raising, listing, opaque])
async def test_what_a_reading_function_does_wrong_is_a_failure(function: Any) -> None:
    declared = tool("Tells.", patterns=NUMBER)(function)

    with pytest.raises(ToolFailed):
        await declared.run({"number": "7"}, "key")


@pytest.mark.parametrize("function", [raising, listing, opaque])
async def test_what_a_writing_function_does_wrong_leaves_a_doubt(function: Any) -> None:
    declared = tool("Books.", patterns=NUMBER, effect=Effect.WRITE)(function)

    with pytest.raises(ToolUncertain):
        await declared.run({"number": "7"}, "key")


async def test_an_error_of_the_house_passes_through() -> None:
    with pytest.raises(ToolRefused):
        await tool("Tells.", patterns=NUMBER)(refusing).run({"number": "7"}, "key")


async def test_a_result_is_the_same_at_once_and_out_of_the_journal() -> None:
    result = await tool("Tells.", patterns=NUMBER)(pairs).run({"number": "7"}, "key")

    assert result == {"both": [1, 2]}


def test_two_tools_of_one_name_are_refused() -> None:
    one: PythonTool = tool("Tells.", patterns=NUMBER)(raising)

    with pytest.raises(ConfigurationError, match="Two tools are named 'raising'"):
        Toolbox((one, one))


def test_a_verifier_that_is_no_tool_says_which_there_are() -> None:
    one: PythonTool = tool("Tells.", patterns=NUMBER)(raising)

    with pytest.raises(ConfigurationError, match="no such tool; declared are: raising"):
        Toolbox((one,), VerifierOptions(tool="identify"))

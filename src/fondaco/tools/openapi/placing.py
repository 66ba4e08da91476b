"""Where each parameter of an operation goes: path, query, header or body."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from typing import Any
from urllib.parse import quote

import msgspec

from fondaco.domain.errors import ConfigurationError
from fondaco.tools.http_calls import as_text, in_header, in_path
from fondaco.tools.openapi.converting import Converter
from fondaco.tools.openapi.document import Document, Operation

#: Headers that are no parameters, whatever a document says (OpenAPI 3.1, 4.8.12.1).
_NOT_OURS = ("accept", "content-type", "authorization")
_JSON = ("application/json", "*/*", "application/*")


class Where(StrEnum):
    """A part of a request."""

    PATH = "path"
    QUERY = "query"
    HEADER = "header"
    BODY = "body"  #: a property of the JSON object
    WHOLE_BODY = "whole_body"  #: the JSON value itself


class Placed(msgspec.Struct, frozen=True, kw_only=True):
    """One parameter of an operation."""

    name: str  #: as the tool calls it
    wire: str  #: as the request calls it
    where: Where
    schema: dict[str, Any]
    required: bool
    explode: bool = True
    style: str = ""


def placed(document: Document, operation: Operation, converter: Converter) -> list[Placed]:
    """Return every parameter of the operation.

    Raises ConfigurationError for a required one that no JSON request over HTTP can carry.
    """
    own = [document.resolved(one) for one in (*operation.shared, *(operation.node.get("parameters") or ()))]
    latest = {(str(one.get("in")), str(one.get("name"))): one for one in own}
    made = [
        one
        for told in latest.values()
        if (one := _parameter(document, operation, told, converter)) is not None
    ]
    return list(_with_own_names([*made, *_body(document, operation, converter)]))


def _parameter(
    document: Document, operation: Operation, told: Mapping[str, Any], converter: Converter
) -> Placed | None:
    name, where = str(told.get("name", "")), str(told.get("in", ""))
    required = bool(told.get("required")) or where == Where.PATH
    if where == Where.HEADER and name.lower() in _NOT_OURS:
        return None
    if where not in (Where.PATH, Where.QUERY, Where.HEADER) or "schema" not in told:
        if required:
            raise ConfigurationError(
                f"{document.name}: {operation.place} needs {name!r} in {where or 'no place'}, which cannot "
                "be sent; leave the operation out."
            )
        return None
    style = str(told.get("style") or "")
    schema = converter.converted(told["schema"])
    if "description" in told and "description" not in schema:
        schema |= converter.converted({"description": told["description"]})
    return Placed(
        name=name,
        wire=name,
        where=Where(where),
        schema=schema,
        required=required,
        explode=bool(told.get("explode", style in ("", "form"))),
        style=style,
    )


def _body(document: Document, operation: Operation, converter: Converter) -> Iterator[Placed]:
    if "requestBody" not in operation.node:
        return
    body = document.resolved(operation.node["requestBody"])
    schema = json_schema_of(body.get("content"))
    if schema is None:
        if body.get("required"):
            raise ConfigurationError(
                f"{document.name}: {operation.place} takes no JSON; leave the operation out."
            )
        return
    properties, needed = _object(document, schema)
    if not properties:
        yield Placed(
            name="body",
            wire="",
            where=Where.WHOLE_BODY,
            schema=converter.converted(schema),
            required=bool(body.get("required")),
        )
    for name, one in properties.items():
        if not document.resolved(one).get("readOnly"):
            inner = converter.converted(one)
            yield Placed(name=name, wire=name, where=Where.BODY, schema=inner, required=name in needed)


def _object(document: Document, schema: Any, depth: int = 0) -> tuple[dict[str, Any], set[str]]:
    """Return the properties of an object's schema with all that it is put together from; none for others."""
    node = document.resolved(schema)
    if depth > 10 or node.get("oneOf") or node.get("anyOf"):
        return {}, set()
    properties = dict(node.get("properties") or {})
    needed = {str(name) for name in node.get("required") or ()}
    for part in node.get("allOf") or ():
        more, also = _object(document, part, depth + 1)
        properties, needed = more | properties, needed | also
    return properties, needed


def json_schema_of(content: Any) -> Any:
    """Return the schema of the JSON among the kinds of content; None where there is none."""
    table = content if isinstance(content, Mapping) else {}
    for kind, media in table.items():
        bare = str(kind).partition(";")[0].strip().lower()
        if (bare in _JSON or bare.endswith("+json")) and isinstance(media, Mapping):
            return media.get("schema", {})
    return None


def _with_own_names(found: Iterable[Placed]) -> Iterator[Placed]:
    """Give a second parameter of one name the place as its beginning."""
    taken: set[str] = set()
    for one in found:
        name = one.name if one.name not in taken else f"{one.where.value}_{one.name}"
        taken.add(name)
        yield msgspec.structs.replace(one, name=name)


def path_of(template: str, found: Iterable[Placed], arguments: Mapping[str, Any]) -> str:
    """Return the path with its parameters in it.  Raises ToolRefused for what would lead elsewhere."""
    path = template
    for one in found:
        if one.where is Where.PATH:
            parts = _listed(arguments.get(one.name, ""))
            path = path.replace(f"{{{one.wire}}}", ",".join(in_path(one.name, part) for part in parts))
    return path


def query_of(found: Iterable[Placed], arguments: Mapping[str, Any]) -> str:
    """Return the query with its question mark; empty where nothing is asked (OpenAPI 3.1, 4.8.12.3)."""
    pairs = [
        pair
        for one in found
        if one.where is Where.QUERY and one.name in arguments
        for pair in _pairs(one, arguments[one.name])
    ]
    asked = "&".join(f"{quote(name, safe='[]')}={quote(value, safe=',')}" for name, value in pairs)
    return f"?{asked}" if asked else ""


def _pairs(one: Placed, value: Any) -> list[tuple[str, str]]:
    if isinstance(value, dict):
        deep = one.style == "deepObject"
        return [(f"{one.wire}[{key}]" if deep else key, as_text(inner)) for key, inner in value.items()]
    if isinstance(value, list) and one.explode:
        return [(one.wire, as_text(inner)) for inner in value]
    return [(one.wire, ",".join(_listed(value)))]


def headers_of(found: Iterable[Placed], arguments: Mapping[str, Any]) -> dict[str, str]:
    """Return the headers that are parameters."""
    return {
        one.wire: in_header(",".join(_listed(arguments[one.name])))
        for one in found
        if one.where is Where.HEADER and one.name in arguments
    }


def body_of(found: Iterable[Placed], arguments: Mapping[str, Any]) -> bytes | None:
    """Return the JSON body; None where the operation takes none."""
    parts = [one for one in found if one.where in (Where.BODY, Where.WHOLE_BODY)]
    given = {one.wire: arguments[one.name] for one in parts if one.name in arguments}
    if not parts or (not given and not any(one.required for one in parts)):
        return None
    whole = any(one.where is Where.WHOLE_BODY for one in parts)
    return msgspec.json.encode(given.get("") if whole else given)


def _listed(value: Any) -> list[str]:
    return [as_text(one) for one in value] if isinstance(value, list) else [as_text(value)]

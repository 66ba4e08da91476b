"""The OpenAPI 3.1 document, made of the declarations that validate."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import msgspec

from fondaco.domain.errors import FondacoError
from fondaco.server import problem
from fondaco.server.access import AnyTeammate, AnyVisitor, Everybody, KeyWith
from fondaco.server.answer import JSON
from fondaco.server.idempotency import HEADER
from fondaco.server.operation import AnyOperation, Nothing
from fondaco.server.problem import Kind, Problem
from fondaco.server.shapes import HIGHEST_SEQ, ID_PATTERN

Json = dict[str, Any]

_REFERENCE = "#/components/schemas/{name}"
_PARAMETER = re.compile(r"{(\w+)}")
_SCHEMES: Json = {
    "key": {"type": "http", "scheme": "bearer", "description": "An API key, `fk_…`."},
    "visitor": {"type": "http", "scheme": "bearer", "description": "A visitor token, `fv_…`."},
    "teammate": {"type": "apiKey", "in": "cookie", "name": "fondaco"},
}


def document(operations: tuple[AnyOperation, ...], *, version: str, server: str = "") -> Json:
    """Return the description of these operations."""
    types = {kind for one in operations for kind in _types(one)} | {Problem}
    ordered = sorted(types, key=repr)
    schemas, components = msgspec.json.schema_components(ordered, ref_template=_REFERENCE)
    known = dict(zip(ordered, schemas, strict=True))
    paths: Json = {}
    for one in operations:
        paths.setdefault(one.path, {})[one.method.lower()] = _operation(one, known, components)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "fondaco",
            "version": version,
            "description": "Customer service that proves every fact, delivers exactly once, or hands over.",
        },
        **({"servers": [{"url": server}]} if server else {}),
        "paths": paths,
        "components": {"schemas": components, "securitySchemes": _used_schemes(operations)},
    }


def _types(one: AnyOperation) -> list[Any]:
    return [kind for kind in (one.query, one.body, *_answers(one)) if kind is not Nothing]


def _answers(one: AnyOperation) -> tuple[Any, ...]:
    return () if one.is_raw else (one.answer,)


def _operation(one: AnyOperation, known: Mapping[Any, Json], components: Mapping[str, Json]) -> Json:
    described: Json = {
        "operationId": one.name,
        "summary": one.summary,
        "tags": [one.path.split("/")[2].partition("{")[0] or "widget"],
        "parameters": [*_path(one), *_query(one, known, components), *_headers(one)],
        "responses": _responses(one, known),
        **_security(one),
    }
    if one.takes_body:
        schema = {"type": "object", "additionalProperties": False} if one.body is Nothing else known[one.body]
        described["requestBody"] = {
            "required": not one.body_is_optional,
            "content": {JSON: {"schema": schema}},
        }
    return described


def _path(one: AnyOperation) -> list[Json]:
    return [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string", "pattern": ID_PATTERN}}
        for name in _PARAMETER.findall(one.path)
    ]


def _query(one: AnyOperation, known: Mapping[Any, Json], components: Mapping[str, Json]) -> list[Json]:
    if one.query is Nothing:
        return []
    schema = components[known[one.query]["$ref"].rpartition("/")[2]]
    required = schema.get("required", ())
    return [
        {"name": name, "in": "query", "required": name in required, "schema": inner}
        for name, inner in schema["properties"].items()
    ]


def _headers(one: AnyOperation) -> list[Json]:
    if one.method == "POST":
        schema = {"type": "string", "pattern": one.key_pattern}
        return [{"name": HEADER, "in": "header", "required": False, "schema": schema}]
    if one.media_type == "text/event-stream":
        schema_of_place = {"type": "integer", "minimum": 0, "maximum": HIGHEST_SEQ}
        return [{"name": "Last-Event-ID", "in": "header", "required": False, "schema": schema_of_place}]
    return []


def _responses(one: AnyOperation, known: Mapping[Any, Json]) -> Json:
    good: Json = {"description": "Done."}
    if one.is_raw:
        good["content"] = {one.media_type: {"schema": {"type": "string"}}}
    elif one.answer is not Nothing:
        good["content"] = {JSON: {"schema": known[one.answer]}}
    if one.method == "POST":
        good["headers"] = {
            "Idempotent-Replayed": {
                "description": "`true` where this answer was given before.",
                "schema": {"type": "string", "enum": ["true"]},
            }
        }
    return {str(one.status): good, **{str(kind.status): _bad(kind) for kind in kinds_of(one)}}


def kinds_of(one: AnyOperation) -> list[Kind]:
    """Return every kind of problem that an operation may answer with, by status."""
    kinds = {problem.kind_of(_sample(error)) for error in one.errors}
    kinds |= {problem.INVALID, problem.TOO_MANY, problem.INTERNAL, problem.BUSY, problem.WRONG_HOST}
    if not isinstance(one.access, Everybody):
        kinds |= {problem.UNAUTHENTICATED, problem.FORBIDDEN}
    if "{" in one.path:
        kinds.add(problem.NOT_FOUND)
    if one.takes_body:
        kinds |= {problem.BAD_REQUEST, problem.TOO_SLOW, problem.TOO_LARGE, problem.NOT_JSON, problem.FULL}
    return sorted(kinds, key=lambda kind: kind.status)


def _sample(error: type[FondacoError]) -> FondacoError:
    return error("")


def _bad(kind: Kind) -> Json:
    answer: Json = {
        "description": f"{kind.title}.",
        "content": {problem.MEDIA_TYPE: {"schema": {"$ref": _REFERENCE.format(name="Problem")}}},
    }
    if kind in {problem.TOO_MANY, problem.BUSY}:
        schema = {"type": "integer", "minimum": 1}
        answer["headers"] = {"Retry-After": {"description": "Seconds to wait.", "schema": schema}}
    return answer


def _security(one: AnyOperation) -> Json:
    match one.access:
        case KeyWith(scope=scope):
            return {"security": [{"key": [scope.value]}]}
        case AnyVisitor():
            return {"security": [{"visitor": []}]}
        case AnyTeammate():
            return {"security": [{"teammate": []}]}
        case Everybody():
            return {"security": []}


def _used_schemes(operations: tuple[AnyOperation, ...]) -> Json:
    used = {name for one in operations for need in _security(one)["security"] for name in need}
    return {name: scheme for name, scheme in _SCHEMES.items() if name in used}

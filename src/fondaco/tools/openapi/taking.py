"""Takes the chosen operations of an OpenAPI document as tools."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from fondaco.domain.errors import ConfigurationError
from fondaco.domain.tools import Effect, Parameter, ToolSpec, Verification
from fondaco.kit.http import HttpClient
from fondaco.tools.declared_parameters import demand_proof, laid_over
from fondaco.tools.foreign import told_of_tool
from fondaco.tools.http_calls import places_of
from fondaco.tools.openapi.converting import Converter
from fondaco.tools.openapi.document import Document, Operation
from fondaco.tools.openapi.placing import json_schema_of, placed
from fondaco.tools.openapi.tool import OpenApiTool, Plan
from fondaco.tools.options import SourceToolOptions, ToolSourceOptions, tool_name, with_options

#: Gives for a tool field -> value -> language -> word.
StateNames = Callable[[str], dict[str, dict[str, dict[str, str]]]]

_SHOWN = 10


def openapi_tools(
    source: ToolSourceOptions, client: HttpClient, names: StateNames, place: str
) -> Iterator[OpenApiTool]:
    """Yield the tools that the operator has chosen.  Raises ConfigurationError, naming ``place``."""
    yield from tools_of(Document.load(Path(source.openapi)), source, client, names, place)


def tools_of(
    document: Document, source: ToolSourceOptions, client: HttpClient, names: StateNames, place: str
) -> Iterator[OpenApiTool]:
    """Yield the chosen tools of a document that is read already.  Raises ConfigurationError."""
    base_url = source.base_url or document.base_url()
    if not base_url:
        raise ConfigurationError(
            f"{place}.base_url is empty, and {source.openapi} names no server with a whole address; "
            "write where its operations are."
        )
    for at, chosen in enumerate(source.tools):
        try:
            yield _taken(document, source, chosen, f"{place}.tools[{at}]").tool(base_url, client, names)
        except (TypeError, AttributeError, KeyError, ValueError, RecursionError) as error:
            raise ConfigurationError(
                f"{place}.tools[{at}]: {document.name} is not as OpenAPI wants it ({error}); correct it."
            ) from error


def _taken(document: Document, source: ToolSourceOptions, chosen: SourceToolOptions, place: str) -> _Taking:
    operation = document.operation(chosen.operation)
    if operation is None:
        raise ConfigurationError(_unknown(document, chosen, place))
    return _Taking(source, chosen, document, operation, place)


class _Taking:
    """One operation on its way to being a tool."""

    def __init__(
        self,
        source: ToolSourceOptions,
        chosen: SourceToolOptions,
        document: Document,
        operation: Operation,
        place: str,
    ) -> None:
        self._source = source
        self._chosen = chosen
        self._document = document
        self._operation = operation
        self._place = place

    def tool(self, base_url: str, client: HttpClient, names: StateNames) -> OpenApiTool:
        operation, chosen, converter = self._operation, self._chosen, Converter(self._document)
        found = placed(self._document, operation, converter)
        used = sorted({place for text in self._source.headers.values() for place in places_of(text)})
        parameters = laid_over(
            (Parameter(name=one.name, schema=one.schema, required=one.required) for one in found),
            chosen.parameters,
            used,
            self._place,
            personal=chosen.verification is not Verification.NONE,
        )
        demand_proof(parameters, chosen.verification, self._place)
        name = tool_name(self._source, operation.id, chosen.name)
        result = self._result(converter)
        spec = ToolSpec(
            name=name,
            description=chosen.description or self._description(),
            parameters=parameters,
            effect=self._effect(),
            state_names=names(name),
            result_schema=result,
            definitions=converter.definitions,
        )
        plan = Plan(
            method=operation.method,
            base_url=base_url,
            path=operation.path,
            headers=self._source.headers,
            placed=tuple(found),
        )
        return OpenApiTool(with_options(spec, chosen), plan, client, f"{self._document.name} {operation.id}")

    def _effect(self) -> Effect:
        reads = self._operation.method in ("GET", "HEAD")
        if self._chosen.effect is Effect.READ and self._operation.method in ("PUT", "PATCH", "DELETE"):
            raise ConfigurationError(
                f"{self._place}.effect is 'read'; leave it out: {self._operation.place} changes something."
            )
        return self._chosen.effect or (Effect.READ if reads else Effect.WRITE)

    def _description(self) -> str:
        node = self._operation.node
        told = [str(node[name]) for name in ("summary", "description") if node.get(name)]
        return told_of_tool(". ".join(dict.fromkeys(told)) or self._operation.place)

    def _result(self, converter: Converter) -> dict[str, Any]:
        """Return the schema of what a good answer holds; a list is wrapped as ``send`` wraps it."""
        responses = self._operation.node.get("responses") or {}
        # Keys of YAML may be numbers.
        by_status = {str(status).upper(): one for status, one in responses.items()}
        good = [by_status[status] for status in ("200", "201", "202", "2XX") if status in by_status]
        if not good or "204" in by_status:
            return {}
        schema = json_schema_of(self._document.resolved(good[0]).get("content"))
        if not schema:
            return {}
        made = converter.converted(schema)
        if self._document.resolved(schema).get("type") == "array":
            return {"type": "object", "properties": {"items": made}, "required": ["items"]}
        return made


def _unknown(document: Document, chosen: SourceToolOptions, place: str) -> str:
    there = [one.id for one in document.operations()]
    more = f" and {len(there) - _SHOWN} more" if len(there) > _SHOWN else ""
    return (
        f"{place}.operation names {chosen.operation!r}, which {document.name} does not have; "
        f"it has: {', '.join(there[:_SHOWN]) or 'none'}{more}."
    )

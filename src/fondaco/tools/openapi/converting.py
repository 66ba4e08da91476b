"""Turns the schemas of an OpenAPI document into JSON Schema (2020-12), with everything they point to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fondaco.domain.errors import ConfigurationError
from fondaco.tools.foreign import told_in_schema
from fondaco.tools.openapi.document import Document

_SCHEMAS = "#/components/schemas/"
#: Keywords that OpenAPI has and JSON Schema has not.
_NO_KEYWORDS = frozenset({"example", "xml", "externalDocs", "discriminator", "nullable"})
#: Their values are data, in which nothing is a keyword.
_DATA = frozenset({"enum", "const", "default", "examples", "required"})
#: Their values are schemas by names of the document's own.
_BY_NAME = frozenset({"properties", "patternProperties", "dependentSchemas", "$defs"})


class Converter:
    """Converts the schemas of one tool and collects their definitions.  Raises ConfigurationError."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self.definitions: dict[str, Any] = {}

    def converted(self, schema: Any) -> dict[str, Any]:
        """Return the schema with references to ``#/$defs``, which ``definitions`` then holds."""
        try:
            made: dict[str, Any] = self._schema(told_in_schema(schema))
        except (ValueError, RecursionError) as error:
            raise ConfigurationError(f"{self._document.name}: a schema cannot be used ({error}).") from error
        return made

    def _schema(self, schema: Any) -> Any:
        if isinstance(schema, bool):
            return schema
        if not isinstance(schema, Mapping):
            raise ConfigurationError(f"{self._document.name}: a schema is no object; correct the document.")
        made = {name: self._value(name, value) for name, value in schema.items() if name not in _NO_KEYWORDS}
        if "required" in made:
            made["required"] = self._required(made, schema)
        return self._from_3_0(made, nullable=schema.get("nullable") is True)

    def _value(self, name: str, value: Any) -> Any:
        if name == "$ref":
            return self._reference(str(value))
        if name in _DATA or not isinstance(value, dict | list):
            return value
        if name in _BY_NAME and isinstance(value, dict):
            return {key: self._schema(one) for key, one in value.items()}
        if isinstance(value, list):
            return [self._schema(one) if isinstance(one, Mapping) else one for one in value]
        return self._schema(value)

    def _reference(self, reference: str) -> str:
        if not reference.startswith(_SCHEMAS):
            raise ConfigurationError(
                f"{self._document.name} points to {reference!r} from a schema; "
                f"put what it means under {_SCHEMAS}."
            )
        name = reference.removeprefix(_SCHEMAS)
        root = name.partition("/")[0]
        if root not in self.definitions:
            self.definitions[root] = {}  # so that a schema that points to itself comes to an end
            target = self._document.resolved({"$ref": _SCHEMAS + root})
            self.definitions[root] = self._schema(told_in_schema(target))
        return f"#/$defs/{name}"

    def _required(self, made: Mapping[str, Any], schema: Mapping[str, Any]) -> list[str]:
        """Leave out what is only ever sent, or only ever received: the schema serves both ways."""
        one_way = {
            name
            for name, one in (schema.get("properties") or {}).items()
            if isinstance(one, Mapping) and (one.get("readOnly") or one.get("writeOnly"))
        }
        return [name for name in made["required"] if name not in one_way]

    def _from_3_0(self, made: dict[str, Any], *, nullable: bool) -> dict[str, Any]:
        if not self._document.is_3_0:
            return made
        for limit, bound in (("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")):
            if isinstance(made.get(limit), bool) and made.pop(limit) and bound in made:
                made[limit] = made.pop(bound)
        return {"anyOf": [made, {"type": "null"}]} if nullable else made

"""Reads an OpenAPI document and follows its references.  Nothing is fetched from anywhere else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from fondaco.domain.errors import ConfigurationError

METHODS = ("get", "head", "post", "put", "patch", "delete")
_MOST_BYTES = 10_000_000
_LONGEST_CHAIN = 20  # of references to references


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation as the document writes it."""

    method: str  #: in capitals
    path: str
    node: Mapping[str, Any]
    shared: tuple[Any, ...]  #: parameters of the whole path

    @property
    def id(self) -> str:
        """What the document calls it, or else its method and path."""
        return str(self.node.get("operationId") or self.place)

    @property
    def place(self) -> str:
        """Method and path, such as ``POST /refunds``."""
        return f"{self.method} {self.path}"


class Document:
    """An OpenAPI document."""

    def __init__(self, tree: Mapping[str, Any], name: str) -> None:
        self.tree = tree
        self.name = name
        version = str(tree.get("openapi", ""))
        if not version.startswith(("3.0", "3.1")):
            raise ConfigurationError(
                f"{name} says openapi: {version or 'nothing'!r}; name a document of OpenAPI 3.0 or 3.1."
            )
        self.is_3_0 = version.startswith("3.0")

    @classmethod
    def load(cls, path: Path) -> Document:
        """Return the document of a JSON or YAML file.  Raises ConfigurationError."""
        try:
            raw = path.read_bytes()
        except OSError as error:
            raise ConfigurationError(
                f"{path} cannot be read ({error.strerror}); name another file."
            ) from error
        if len(raw) > _MOST_BYTES:
            raise ConfigurationError(f"{path} is larger than {_MOST_BYTES} bytes; name a smaller document.")
        tree = _yaml(raw, path) if path.suffix in {".yaml", ".yml"} else _json(raw, path)
        if not isinstance(tree, dict):
            raise ConfigurationError(f"{path} holds no OpenAPI document; its top level must be an object.")
        return cls(tree, str(path))

    def operations(self) -> Iterator[Operation]:
        """Yield every operation, in the order of the document."""
        for path, item in self._table(self.tree.get("paths", {}), "paths").items():
            node = self.resolved(item)
            for method in METHODS:
                if method in node:
                    shared = tuple(node.get("parameters") or ())
                    one = self._table(node[method], f"{method} {path}")
                    yield Operation(method.upper(), str(path), one, shared)

    def operation(self, wanted: str) -> Operation | None:
        """Return the operation of this id, or of this method and path."""
        method, _, path = wanted.partition(" ")
        place = f"{method.upper()} {path}"
        found = (one for one in self.operations() if wanted == one.id or place == one.place)
        return next(found, None)

    def resolved(self, node: Any) -> Mapping[str, Any]:
        """Return what a reference finally points to.  Raises ConfigurationError."""
        for _ in range(_LONGEST_CHAIN):
            table = self._table(node, "a part of it")
            if "$ref" not in table:
                return table
            node = self._at(str(table["$ref"]))
        raise ConfigurationError(f"{self.name}: references go in a circle; correct the document.")

    def base_url(self) -> str:
        """Return the address of the first server; empty where there is none, or only a relative one."""
        servers = self.tree.get("servers") or [{}]
        url = str(self.resolved(servers[0]).get("url", "")) if isinstance(servers, list) else ""
        return url if url.startswith(("http://", "https://")) and "{" not in url else ""

    def _at(self, reference: str) -> Any:
        if not reference.startswith("#/"):
            raise ConfigurationError(
                f"{self.name} points to {reference!r}, outside of itself; bundle it into one document."
            )
        node: Any = self.tree
        for part in reference[2:].split("/"):
            key = part.replace("~1", "/").replace("~0", "~").replace("%7B", "{").replace("%7D", "}")
            if not isinstance(node, dict) or key not in node:
                raise ConfigurationError(f"{self.name} points to {reference!r}, and there is nothing.")
            node = node[key]
        return node

    def _table(self, node: Any, what: str) -> Mapping[str, Any]:
        if not isinstance(node, dict):
            raise ConfigurationError(f"{self.name}: {what} is no object; correct the document.")
        return node


def _json(raw: bytes, path: Path) -> Any:
    try:
        return msgspec.json.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ConfigurationError(f"{path} is no JSON ({error}); name another file.") from error


def _yaml(raw: bytes, path: Path) -> Any:
    try:
        import yaml  # noqa: PLC0415 (an extra)
    except ImportError as error:
        raise ConfigurationError(
            f"{path} is YAML, which needs a library; install fondaco[openapi], or write it as JSON."
        ) from error
    try:
        return yaml.safe_load(raw)
    except (yaml.YAMLError, RecursionError) as error:
        line = str(error).replace("\n", " ")
        raise ConfigurationError(f"{path} is no YAML ({line}); name another file.") from error

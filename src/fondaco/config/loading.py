"""Reads the settings: a TOML file, the environment over it, and secrets that texts name."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from fondaco.config.checks import check
from fondaco.config.lines import line_of
from fondaco.config.reading import Override, Where, build, dotted
from fondaco.config.settings import Settings
from fondaco.domain.errors import ConfigurationError

DEFAULT_FILE = Path("fondaco.toml")  #: read where none is named, if it is there
PREFIX = "FONDACO_"  #: begins the environment variables that are settings
_LEVEL = "__"  #: between the levels of a key: FONDACO_SERVER__PORT is server.port
_SECRET = re.compile(r"\$(\$?)\{(\w+)\}")

Key = tuple[str, ...]
Defaults = Mapping[str, Mapping[str, str]]
_NO_DEFAULTS: Defaults = {}


def load(path: Path | None, environ: Mapping[str, str], defaults: Defaults = _NO_DEFAULTS) -> Settings:
    """Return the settings of a file, or of ``./fondaco.toml`` if it exists, or the defaults.

    ``defaults`` says by section what holds where neither the file nor the environment speaks.

    ``FONDACO_SERVER__PORT=9000`` in ``environ`` replaces what the file says about ``server.port``;
    ``${NAME}`` inside a text of the file is replaced by the variable NAME, ``$${NAME}`` is not.
    Raises ConfigurationError with file, line, key, and what to write instead.
    """
    if path is None and not DEFAULT_FILE.exists():
        return parse("", environ, defaults=defaults)
    file = path or DEFAULT_FILE
    return parse(_text(file), environ, str(file), defaults)


def parse(
    text: str, environ: Mapping[str, str], name: str = "", defaults: Defaults = _NO_DEFAULTS
) -> Settings:
    """Return the settings of a TOML text; ``name`` is what errors call it.  Raises ConfigurationError."""
    where = _where(text, name)
    tree = _completed(_with_secrets(_tables(text, name), environ, where), defaults)
    settings = build(Settings, _overridden(tree, environ), where)
    check(settings, where)
    return settings


def _text(file: Path) -> str:
    try:
        return file.read_bytes().decode("utf-8-sig")
    except FileNotFoundError as error:
        raise ConfigurationError(f"There is no file {file}; name another one with --config.") from error
    except IsADirectoryError as error:
        raise ConfigurationError(
            f"{file} is a folder; name the file in it, such as {file / DEFAULT_FILE}."
        ) from error
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise ConfigurationError(f"{file} line {line} is not UTF-8; save the file as UTF-8.") from error
    except OSError as error:
        raise ConfigurationError(f"{file} cannot be read ({os.strerror(error.errno or 0)}).") from error


def _tables(text: str, name: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        # The message of the standard library ends with line and column.
        raise ConfigurationError(f"{name or 'The configuration'} is not valid TOML: {error}.") from error
    except RecursionError as error:
        raise ConfigurationError(
            f"{name or 'The configuration'} is nested too deeply; no setting has more than a few levels."
        ) from error


def _where(text: str, name: str) -> Where:
    def where(path: Key) -> str:
        line = line_of(text, path)
        if not name or line is None:
            return ""
        return f"{name} line {line}: "

    return where


def _with_secrets(value: Any, environ: Mapping[str, str], where: Where, path: Key = ()) -> Any:
    if isinstance(value, dict):
        return {name: _with_secrets(one, environ, where, (*path, name)) for name, one in value.items()}
    if isinstance(value, list):
        return [_with_secrets(one, environ, where, (*path, str(at))) for at, one in enumerate(value)]
    return _filled(value, environ, where, path) if isinstance(value, str) else value


def _filled(text: str, environ: Mapping[str, str], where: Where, path: Key) -> str:
    def secret(match: re.Match[str]) -> str:
        escaped, name = match.groups()
        if escaped:
            return match.group()[1:]
        if name not in environ:
            raise ConfigurationError(
                f"{where(path)}{dotted(path)} names the environment variable {name}, which is not set; "
                f"set {name} before the start."
            )
        return environ[name]

    return _SECRET.sub(secret, text)


def _completed(tree: dict[str, Any], defaults: Defaults) -> dict[str, Any]:
    for section, values in defaults.items():
        table = tree.setdefault(section, {})
        if isinstance(table, dict):
            table |= {name: value for name, value in values.items() if name not in table}
    return tree


def _overridden(tree: dict[str, Any], environ: Mapping[str, str]) -> dict[str, Any]:
    for variable, value in sorted(environ.items()):
        key = _key_of(variable)
        if key:
            _put(tree, key, Override(value, variable))
    return tree


def _key_of(variable: str) -> Key:
    """Return the key that a variable sets; none for variables that only share the beginning."""
    name = variable.removeprefix(PREFIX)
    key = tuple(part.lower() for part in name.split(_LEVEL))
    known = len(key) > 1 or key[0] in Settings.__struct_fields__
    return key if variable.startswith(PREFIX) and known else ()


def _put(tree: dict[str, Any], key: Key, value: Override) -> None:
    table: Any = tree
    for part in key[:-1]:
        table = table.setdefault(part, {})
        if not isinstance(table, dict):
            raise ConfigurationError(
                f"{value.variable} leads through {part}, which is a list or one value; "
                "set the whole of it as JSON."
            )
    table[key[-1]] = value

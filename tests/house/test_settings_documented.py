"""Every setting stands in `fondaco.toml` and in the reference, with its default, and nothing else does."""

from __future__ import annotations

import re
import tomllib
import types
import typing
from collections.abc import Iterator
from datetime import time
from typing import Any

import msgspec

from fondaco.config import Settings, load, parse
from tests.house.tree import ROOT

REFERENCE = ROOT / "docs" / "reference" / "configuration.md"
EXAMPLE = ROOT / "fondaco.toml"
#: Sections whose values are an example rather than a default.
EXAMPLES = (
    "tools",
    "tool_sources",
    "verification",
    "state_names",
    "action_texts",
    "workspace.teams",
    "llm.providers",
    "llm.models",
    "llm.chains",
    "llm.budgets",
)
SETTING_LINE = re.compile(r"^# ?(?=\[|[a-z_]+ = )", re.MULTILINE)
ROW = re.compile(r"^\| `([^`]+)` \| (`[^`]*`|required) \|", re.MULTILINE)


def settings_of(kind: type[msgspec.Struct], path: str = "") -> Iterator[tuple[str, Any]]:
    """Yield every key as the reference writes it, such as `tools[].url`, with its default."""
    for field in msgspec.structs.fields(kind):
        inner, many = struct_in(field.type)
        key = f"{path}{field.name}{'[]' if many else ''}"
        if inner is None:
            yield (
                key,
                field.default if field.default_factory is msgspec.NODEFAULT else field.default_factory(),
            )
        else:
            yield from settings_of(inner, f"{key}.")


def struct_in(kind: Any) -> tuple[type[msgspec.Struct] | None, bool]:
    many = typing.get_origin(kind) is tuple
    options = typing.get_args(kind) if many or isinstance(kind, types.UnionType) else (kind,)
    found = next((one for one in options if isinstance(one, type) and issubclass(one, msgspec.Struct)), None)
    return found, many and found is not None


def written(default: Any) -> str:
    """Return a default as TOML writes it; TOML has no null and no enumerations."""
    if default is msgspec.NODEFAULT:
        return "required"
    plain = msgspec.to_builtins(default, builtin_types=(time,))
    if isinstance(plain, time):
        return f"`{plain.isoformat()}`"
    return f"`{msgspec.json.encode(plain).decode().replace(',', ', ')}`"


def keys_in(value: Any, path: str = "") -> Iterator[str]:
    """Yield the keys of a TOML tree as the reference writes them."""
    if isinstance(value, dict) and not is_free(path):
        for name, inner in value.items():
            yield from keys_in(inner, f"{path}.{name}" if path else name)
    elif isinstance(value, list) and value and isinstance(value[0], dict) and not is_one(path):
        for item in value:
            yield from keys_in(item, f"{path}[]")
    else:
        yield path


def is_one(path: str) -> bool:
    """Return whether this key is one setting, whatever is in it."""
    return path in {key for key, _ in settings_of(Settings)}


def is_free(path: str) -> bool:
    """Return whether the names below this key are the operator's own."""
    return path in {key for key, default in settings_of(Settings) if isinstance(default, dict)}


def uncommented() -> str:
    return SETTING_LINE.sub("", EXAMPLE.read_text(encoding="utf-8"))


def with_lists(value: Any) -> Any:
    """Return the tree with lists where Python has tuples."""
    if isinstance(value, dict):
        return {name: with_lists(one) for name, one in value.items()}
    return [with_lists(one) for one in value] if isinstance(value, list | tuple) else value


def value_at(tree: Any, path: str) -> Any:
    for part in path.split("."):
        tree = tree[part]
    return tree


def test_a_key_inside_a_list_of_tables_is_found() -> None:
    assert list(keys_in({"tools": [{"name": "a"}], "server": {"port": 1}})) == ["tools[].name", "server.port"]


def test_a_default_is_written_as_toml_writes_it() -> None:
    assert [written(one) for one in (("a", "b"), True, time(9), msgspec.NODEFAULT)] == [
        '`["a", "b"]`',
        "`true`",
        "`09:00:00`",
        "required",
    ]


def test_the_reference_names_every_setting_with_its_default_and_no_other() -> None:
    documented = dict(ROW.findall(REFERENCE.read_text(encoding="utf-8")))

    assert documented == {key: written(default) for key, default in settings_of(Settings)}


def test_the_example_names_every_setting_and_no_other() -> None:
    assert set(keys_in(tomllib.loads(uncommented()))) == {key for key, _ in settings_of(Settings)}


def test_the_example_shows_the_defaults() -> None:
    told = tomllib.loads(uncommented())
    plain = with_lists(msgspec.to_builtins(Settings(), builtin_types=(time,)))
    shown = [key for key, _ in settings_of(Settings) if not key.startswith(EXAMPLES)]

    assert {key: value_at(told, key) for key in shown} == {key: value_at(plain, key) for key in shown}


def test_the_example_is_what_would_be_so_anyway() -> None:
    assert load(EXAMPLE, {}) == Settings()


def test_the_example_works_with_every_line_of_it_in_force() -> None:
    settings = parse(uncommented(), {"ERP_TOKEN": "secret"}, "fondaco.toml")

    assert [tool.name for tool in settings.tools] == [
        "identify",
        "order",
        "cancel",
        "send_code",
        "check_code",
    ]

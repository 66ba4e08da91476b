"""A function fits a screen; a file over 400 lines has a reason."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from tests.house.allowances import LONG_FILES, LONG_FUNCTIONS
from tests.house.tree import own_lines, python, statements

FUNCTION_LINES = 40
FILE_LINES = 400


def long_functions(name: str, source: str) -> list[str]:
    functions = (
        node for node in statements(source) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    )
    return [f"{name}:{function.name}" for function in functions if own_lines(function) > FUNCTION_LINES]


def long_files(files: Iterable[tuple[str, str]]) -> list[str]:
    return [name for name, source in files if source.count("\n") > FILE_LINES]


def test_a_function_of_forty_lines_passes_whatever_its_docstring_says() -> None:
    source = 'def short():\n    """Say.\n\n    More.\n    """\n' + "    x = 1\n" * 40

    assert long_functions("short.py", source) == []


def test_a_function_of_forty_one_lines_is_found() -> None:
    source = "async def long():\n" + "    x = 1\n" * 41

    assert long_functions("long.py", source) == ["long.py:long"]


def test_only_a_file_over_four_hundred_lines_is_found() -> None:
    files = [("short.py", "x = 1\n" * 400), ("long.py", "x = 1\n" * 401)]

    assert long_files(files) == ["long.py"]


def test_every_function_fits_a_screen_or_is_excused() -> None:
    found = [place for name, source in python("src", "tests") for place in long_functions(name, source)]

    assert sorted(found) == sorted(LONG_FUNCTIONS)


def test_every_file_is_short_or_is_excused() -> None:
    found = long_files(python("src", "tests"))

    assert sorted(found) == sorted(LONG_FILES)

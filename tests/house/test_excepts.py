"""Only a worker's loop may catch everything; whoever tidies up and raises again has caught nothing."""

from __future__ import annotations

import ast

import pytest

from tests.house.allowances import BROAD_EXCEPTS
from tests.house.tree import python, statements

EVERYTHING = {"Exception", "BaseException"}


def broad_excepts(source: str) -> int:
    handlers = (node for node in statements(source) if isinstance(node, ast.ExceptHandler))
    return sum(is_broad(handler.type) and not raises_again(handler) for handler in handlers)


def raises_again(handler: ast.ExceptHandler) -> bool:
    last = handler.body[-1]
    return isinstance(last, ast.Raise) and last.exc is None


def is_broad(caught: ast.expr | None) -> bool:
    if isinstance(caught, ast.Tuple):
        return any(is_broad(one) for one in caught.elts)
    return caught is None or (isinstance(caught, ast.Name) and caught.id in EVERYTHING)


@pytest.mark.parametrize(
    "handler", ["except (OSError, ValueError):\n    x = 2\n", "except BaseException:\n    x = 2\n    raise\n"]
)
def test_a_narrow_except_and_one_that_raises_again_pass(handler: str) -> None:
    source = f"try:\n    x = 1\n{handler}"

    assert broad_excepts(source) == 0


@pytest.mark.parametrize("caught", ["", " Exception", " BaseException", " (OSError, Exception)"])
def test_a_broad_except_is_found(caught: str) -> None:
    source = f"try:\n    x = 1\nexcept{caught}:\n    x = 2\n"

    assert broad_excepts(source) == 1


def test_nothing_but_the_excused_loops_catches_everything() -> None:
    found = {name: broad_excepts(source) for name, source in python("src")}

    assert {name: count for name, count in found.items() if count} == dict.fromkeys(BROAD_EXCEPTS, 1)

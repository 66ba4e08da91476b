"""Every error of the domain says what went wrong, and what to do."""

from __future__ import annotations

import ast

from tests.house.tree import python, statements


def silent_errors(source: str) -> list[str]:
    classes = (node for node in statements(source) if isinstance(node, ast.ClassDef))
    return [error.name for error in classes if not ast.get_docstring(error)]


def test_an_error_with_a_sentence_passes() -> None:
    assert (
        silent_errors('class BudgetSpent(Exception):\n    """No money is left; raise the budget."""\n') == []
    )


def test_an_error_without_a_sentence_is_found() -> None:
    assert silent_errors("class BudgetSpent(Exception):\n    pass\n") == ["BudgetSpent"]


def test_every_error_of_the_domain_has_a_sentence() -> None:
    found = [error for _, source in python("src/fondaco/domain/errors.py") for error in silent_errors(source)]

    assert found == []

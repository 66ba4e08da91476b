"""The worlds' pocket calculator."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping

from fondaco.lab.tau.world import Refused

_ALLOWED = frozenset("0123456789+-*/(). ")
_OPERATIONS: Mapping[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}
_LONGEST = 500  # so that nesting stays below what Python's parser takes


def calculated(expression: str) -> str:
    """Return the value of a sum, rounded to two places.  Raises Refused."""
    if not _ALLOWED.issuperset(expression):
        raise Refused("invalid characters in expression")
    if len(expression) > _LONGEST:
        raise Refused("expression is too long")
    try:
        return str(round(float(_value(ast.parse(expression.strip(), mode="eval").body)), 2))
    except (SyntaxError, ArithmeticError) as error:
        raise Refused(str(error)) from error


def _value(node: ast.expr) -> float:
    match node:
        case ast.Constant(value=int() | float() as number):
            return number
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -_value(operand)
        case ast.UnaryOp(op=ast.UAdd(), operand=operand):
            return _value(operand)
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _OPERATIONS:
            return _OPERATIONS[type(op)](_value(left), _value(right))
        case _:
            raise Refused("invalid expression")

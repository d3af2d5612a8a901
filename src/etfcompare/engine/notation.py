"""A formula's own source as a line of algebra, in words and in numbers.

What users read is what is computed: nothing is written twice, so nothing can differ.
"""

from __future__ import annotations

import ast
import copy
import inspect
import operator
import textwrap
from collections.abc import Callable
from functools import cache
from typing import NamedTuple

_SIGNS: dict[type[ast.operator], tuple[str, int]] = {
    ast.Add: ("+", 1),
    ast.Sub: ("−", 1),
    ast.Mult: ("×", 2),
    ast.Div: ("/", 2),
    ast.Pow: ("^", 3),
}
_RELATIONS: dict[type[ast.cmpop], tuple[str, Callable[[float, float], bool]]] = {
    ast.Eq: ("is", operator.eq),
    ast.LtE: ("≤", operator.le),
    ast.Gt: (">", operator.gt),
    ast.Lt: ("<", operator.lt),
    ast.GtE: ("≥", operator.ge),
}
_PHRASES = {
    "least": "min({}, {})",
    "most": "max({}, {})",
    "positive": "({})",
    "log": "ln({})",
    "exp": "exp({})",
    "root": "√({})",
    "normal": "Φ({})",
    "power": "({}) ^ ({})",
    "given": "{1}",
    "over_horizon": "{} over the horizon, but {} on the first {} of {}",
}
_RATIO, _PICK, _OVER_HORIZON = "ratio", "pick", "over_horizon"


class Algebra(NamedTuple):
    """A formula written out."""

    text: str
    inputs: tuple[str, ...]
    """The names that occur in it, in its order, each once."""


def algebra(
    formula: Callable[..., float],
    name: Callable[[str], str],
    value: Callable[[str], float] | None = None,
) -> Algebra:
    """Write a formula as algebra.

    Args:
        formula: The function of a figure.
        name: What to write for an input or a constant: its label, or its value.
        value: The value of an input, where only the case that applies is to be written.
    """
    expression = _expression(formula)
    if value is not None:
        expression = _Case(value).visit(copy.deepcopy(expression))
    names = (one.id for one in ast.walk(expression) if isinstance(one, ast.Name))
    functions = {*_PHRASES, _RATIO, _PICK}
    inputs = tuple(dict.fromkeys(one for one in names if one not in functions))
    return Algebra(_text(expression, name, 0), inputs)


@cache
def _expression(formula: Callable[..., float]) -> ast.expr:
    """Return what a function returns, its local names replaced by what they stand for."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(formula)))
    function = tree.body[0]
    assert isinstance(function, ast.FunctionDef)
    meant: dict[str, ast.expr] = {}
    for statement in function.body:
        if isinstance(statement, ast.Assign):
            target = statement.targets[0]
            assert isinstance(target, ast.Name)
            meant[target.id] = _Inline(meant).visit(statement.value)
        if isinstance(statement, ast.Return) and statement.value is not None:
            inlined: ast.expr = _Inline(meant).visit(statement.value)
            return inlined
    raise TypeError(f"{formula.__name__} returns nothing")


class _Inline(ast.NodeTransformer):
    def __init__(self, meant: dict[str, ast.expr]) -> None:
        self.meant = meant

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return self.meant.get(node.id, node)


class _Case(ast.NodeTransformer):
    """Keeps of every choice the branch that is taken."""

    def __init__(self, value: Callable[[str], float]) -> None:
        self.value = value

    def visit_Call(self, node: ast.Call) -> ast.expr:
        function = node.func.id if isinstance(node.func, ast.Name) else ""
        if function == _PICK:
            condition, then, otherwise = node.args
            taken: ast.expr = self.visit(then if self._holds(condition) else otherwise)
            return taken
        if function == _OVER_HORIZON and not self._number(node.args[2]) > 0:
            full: ast.expr = self.visit(node.args[0])
            return full
        self.generic_visit(node)
        return node

    def _holds(self, condition: ast.expr) -> bool:
        if isinstance(condition, ast.Compare):
            _, relation = _RELATIONS[type(condition.ops[0])]
            left, right = condition.left, condition.comparators[0]
            return relation(self._number(left), self._number(right))
        return bool(self._number(condition))

    def _number(self, node: ast.expr) -> float:
        if isinstance(node, ast.Constant) and isinstance(node.value, int | float):
            return float(node.value)
        assert isinstance(node, ast.Name), ast.unparse(node)
        return self.value(node.id)


def _text(node: ast.expr, name: Callable[[str], str], binding: int) -> str:
    match node:
        case ast.Name(id=key):
            return name(key)
        case ast.Constant(value=value):
            return f"{value:g}" if isinstance(value, int | float) else str(value)
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return f"−{_text(operand, name, 3)}"
        case ast.BinOp(left=left, op=sign_of, right=right):
            sign, strength = _SIGNS[type(sign_of)]
            text = f"{_text(left, name, strength)} {sign} {_text(right, name, strength + 1)}"
            return f"({text})" if strength < binding else text
        case ast.Compare(left=left, ops=[relation], comparators=[right]):
            sign, _ = _RELATIONS[type(relation)]
            return f"{_text(left, name, 1)} {sign} {_text(right, name, 1)}"
        case ast.Call(func=ast.Name(id=function), args=arguments):
            return _call(function, arguments, name, binding)
        case _:
            raise TypeError(f"no notation for {ast.unparse(node)}")


def _call(
    function: str, arguments: list[ast.expr], name: Callable[[str], str], binding: int
) -> str:
    if function == _RATIO:
        divided = ast.BinOp(left=arguments[0], op=ast.Div(), right=arguments[1])
        return _text(divided, name, binding)
    if function == _PICK:
        condition, then = (_text(one, name, 1) for one in arguments[:2])
        text = f"{then} if {condition}, else {_text(arguments[2], name, 0)}"
        return f"({text})" if binding else text
    return _PHRASES[function].format(*(_text(one, name, 0) for one in arguments))

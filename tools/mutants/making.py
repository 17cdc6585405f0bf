"""Making mutants: what is changed in a tree, one place at a time.

A mutant is a changed comparison, operator, number, truth value, condition, return value or filter, or a call
left out. Annotations, decorators (flags of dataclasses, sizes of caches), texts, `raise`, `assert` and the
`strict=True` of a `zip` are left alone, the last because it only asserts that lengths are alike: what does
not fail by it does the same without. What runs at import is left out where mutants are compiled.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

__all__ = ["ROOT", "Mutant", "mutants"]

ROOT = Path(__file__).resolve().parents[2]

_COMPARED: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
_OPERATED: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult,
    ast.Pow: ast.Mult,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
    ast.BitXor: ast.BitOr,
    ast.LShift: ast.RShift,
    ast.RShift: ast.LShift,
}
_LEFT_ALONE = {"annotation", "returns", "decorator_list", "bases", "type_comment"}


class Place(NamedTuple):
    """Where in a tree a node hangs."""

    parent: ast.AST
    field: str
    at: int | None

    def hang(self, node: ast.AST) -> None:
        """Put a node there."""
        if self.at is None:
            setattr(self.parent, self.field, node)
        else:
            getattr(self.parent, self.field)[self.at] = node


class Mutant(NamedTuple):
    """One changed place of one file: the `number`-th of the file's mutants."""

    file: str
    number: int
    line: int
    change: str

    @property
    def name(self) -> str:
        """By which it can be asked for."""
        return f"{self.file}#{self.number}"

    def __str__(self) -> str:
        return f"{self.name} in line {self.line}: {self.change}"


def places(node: ast.AST) -> Iterator[tuple[Place, ast.AST]]:
    """Yield every node that may be changed, outer ones first."""
    for field, held in ast.iter_fields(node):
        if field in _LEFT_ALONE:
            continue
        for at, child in enumerate(held) if isinstance(held, list) else ((None, held),):
            if isinstance(child, ast.AST) and not (_left_alone(child) or _asserts_lengths(node, child)):
                yield Place(node, field, at), child
                yield from places(child)


def _left_alone(node: ast.AST) -> bool:
    """Whether a node and all in it stays as it is."""
    if isinstance(node, ast.Assign):
        return any(isinstance(to, ast.Name) and to.id in ("__all__", "TypeAlias") for to in node.targets)
    if isinstance(node, ast.AnnAssign) and ast.unparse(node.annotation) == "TypeAlias":
        return True
    docstring = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    return docstring or isinstance(node, ast.Raise | ast.Assert | ast.Import | ast.ImportFrom | ast.JoinedStr)


def _asserts_lengths(call: ast.AST, keyword: ast.AST) -> bool:
    """Whether a keyword is the ``strict=True`` of a ``zip``."""
    return (
        isinstance(call, ast.Call)
        and isinstance(keyword, ast.keyword)
        and ast.unparse(call.func) == "zip"
        and ast.unparse(keyword) == "strict=True"
    )


def changes(node: Any, place: Place) -> Iterator[ast.AST]:
    """Yield what may stand in a node's place."""
    change = _CHANGES.get(type(node))
    if change is not None:
        yield from change(node)
    if place.field == "test" and not isinstance(node, ast.Compare | ast.UnaryOp):
        yield ast.UnaryOp(ast.Not(), node)
    if place.field == "ifs":
        yield ast.Constant(True)


def _comparisons(node: Any) -> Iterator[ast.AST]:
    """Yield a comparison with each of its operators exchanged."""
    for at, operator in enumerate(node.ops):
        for other in _COMPARED[type(operator)]:
            changed = copy.deepcopy(node)
            changed.ops[at] = other()
            yield changed


def _operations(node: Any) -> Iterator[ast.AST]:
    """Yield the opposite operation."""
    if not _type_union(node):
        yield ast.BinOp(node.left, _OPERATED[type(node.op)](), node.right)


def _constants(node: Any) -> Iterator[ast.AST]:
    """Yield the other truth value, or the next number; texts stay."""
    if isinstance(node.value, bool):
        yield ast.Constant(not node.value)
    elif isinstance(node.value, int | float):
        yield ast.Constant(node.value + 1)


def _returns(node: Any) -> Iterator[ast.AST]:
    """Yield the return of nothing in place of something."""
    if node.value is not None and not (isinstance(node.value, ast.Constant) and node.value.value is None):
        yield ast.Return(ast.Constant(None))


def _calls(node: Any) -> Iterator[ast.AST]:
    """Yield nothing done in place of a call for its effect."""
    if isinstance(node.value, ast.Call):
        yield ast.Pass()


_CHANGES: dict[type[ast.AST], Callable[[Any], Iterable[ast.AST]]] = {
    ast.Compare: _comparisons,
    ast.BoolOp: lambda node: [
        ast.BoolOp(ast.Or() if isinstance(node.op, ast.And) else ast.And(), node.values)
    ],
    ast.BinOp: _operations,
    ast.AugAssign: lambda node: [ast.AugAssign(node.target, _OPERATED[type(node.op)](), node.value)],
    # A copy: a node that hangs in two places is compiled with the position that was copied last.
    ast.UnaryOp: lambda node: [copy.copy(node.operand)],
    ast.Constant: _constants,
    ast.Return: _returns,
    ast.Continue: lambda _: [ast.Break()],
    ast.Break: lambda _: [ast.Continue()],
    ast.Expr: _calls,
}


def _type_union(node: ast.BinOp) -> bool:
    """Whether ``|`` stands between types."""
    return (
        isinstance(node.op, ast.BitOr) and isinstance(node.right, ast.Constant) and node.right.value is None
    )


def mutants(file: str) -> Iterator[tuple[Mutant, ast.Module]]:
    """Yield each mutant of a file with its tree, which is only good until the next one is asked for."""
    tree = ast.parse((ROOT / file).read_text())
    number = 0
    for place, node in list(places(tree)):
        for changed in changes(node, place):
            line = getattr(node, "lineno", 0)
            shown = f"{ast.unparse(node).splitlines()[0]}  →  {ast.unparse(changed).splitlines()[0]}"
            place.hang(ast.copy_location(changed, node))
            yield Mutant(file, number, line, shown), tree
            place.hang(node)
            number += 1

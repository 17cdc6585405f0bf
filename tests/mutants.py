"""`python -m tests.mutants`: change the core in one place at a time, and see whether a test notices.

A mutant is a changed comparison, operator, number, truth value, condition, return value or filter, or a call
left out. Annotations, decorators (flags of dataclasses, sizes of caches), texts, `raise`, `assert` and what
runs at import are left alone. Each mutant runs in a process forked from one that has read all the tests, by
exchanging the code of loaded functions; nothing on disk is changed. What lived is printed, to be judged by
hand: some mutants change nothing that can be seen.
"""

from __future__ import annotations

import argparse
import ast
import copy
import gc
import inspect
import os
import random
import resource
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import _lru_cache_wrapper
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any, NamedTuple

import hypothesis
import pytest
from _pytest.runner import runtestprotocol

ROOT = Path(__file__).resolve().parent.parent
CORE = (
    "perimeter/prove/*.py",
    "perimeter/evaluate.py",
    "perimeter/conditions.py",
    "perimeter/matchers.py",
    "perimeter/readings.py",
    "perimeter/addresses.py",
)
BENEATH = ("addresses", "conditions", "evaluate", "actions")
"""Tests of what the proof stands on, which cannot notice a change of the proof."""
ABOVE = (
    "prove",
    "prove_exemptions",
    "prove_lockouts",
    "prove_networks",
    "prove_automaton",
    "prove_keys",
    "subtle_policies",
    "compare",
    "build",
    "attacks",
    "attacks_on_work",
    "resources",
)
TESTS = tuple(f"tests/perimeter/test_{name}.py" for name in (*BENEATH, *ABOVE))
"""In the order in which they run."""
SLOW = (
    "tests/perimeter/test_prove_properties.py",
    "tests/perimeter/test_build_properties.py",
    "tests/perimeter/test_prove_corpus.py",
    "tests/judges/test_smt.py",
)
"""Those that follow where none of the others has noticed, but for `--quick`."""
SECONDS = 90
"""Of processor time for one mutant: thrice what all the tests need. What takes longer has been noticed."""
MEMORY = 3 * 2**30

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
            if isinstance(child, ast.AST) and not _left_alone(child):
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
    ast.UnaryOp: lambda node: [node.operand],
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


def codes_of(picked: Sequence[Mutant]) -> dict[Mutant, CodeType]:
    """Compile mutants; left out are those that change what runs at import, or what a closure holds, where no
    code can be exchanged.
    """
    found: dict[Mutant, CodeType] = {}
    for file in {mutant.file for mutant in picked}:
        path = str(ROOT / file)
        original = compile((ROOT / file).read_text(), path, "exec")
        for mutant, tree in mutants(file):
            if mutant in picked:
                code = compile(ast.fix_missing_locations(tree), path, "exec")
                if _same_at_import(original, code) and _same_closures(original, code):
                    found[mutant] = code
    return {mutant: found[mutant] for mutant in picked if mutant in found}


def noticed(
    mutant: Mutant, code: CodeType, items: Sequence[pytest.Item], loaded: Sequence[object]
) -> str | None:
    """Return which test notices a mutant, None where none does."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        ended = 3
        try:
            os.close(reading)
            ended = _tested(mutant, code, items, loaded, writing)
        finally:
            os._exit(ended)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        said = pipe.read().decode(errors="replace")
    _, status = os.waitpid(child, 0)
    if os.WIFEXITED(status) and os.WEXITSTATUS(status) > 1:
        raise RuntimeError(f"{mutant} could not be tried")
    return None if status == 0 else said or "no end in time"


def _tested(
    mutant: Mutant, changed: CodeType, items: Sequence[pytest.Item], loaded: Sequence[object], pipe: int
) -> int:
    """Run the tests in this process until one fails; 0 when all of them pass."""
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    # Bounds of time are for an idle machine: here they would notice mutants that nothing else does.
    time.process_time = lambda: 0.0
    put_in_place(mutant, changed, loaded)
    for at, item in enumerate(items):
        for report in runtestprotocol(
            item, log=False, nextitem=items[at + 1] if at + 1 < len(items) else None
        ):
            if report.failed:
                os.write(pipe, report.nodeid.encode()[:400])
                return 1
    return 0


def put_in_place(mutant: Mutant, changed: CodeType, loaded: Sequence[object]) -> None:
    """Change the functions that are loaded already, and forget what has been computed with them."""
    codes = {(code.co_qualname, code.co_firstlineno): code for code in _all_codes(changed)}
    for held in loaded:
        if isinstance(held, _lru_cache_wrapper):
            held.cache_clear()
        elif isinstance(held, FunctionType) and held.__code__.co_filename == str(ROOT / mutant.file):
            known = held.__code__
            held.__code__ = codes.get((known.co_qualname, known.co_firstlineno), known)


def functions_of_the_core() -> list[object]:
    """Return every function that is loaded from the core, and every cache around one."""
    return [
        held
        for held in gc.get_objects()
        if isinstance(held, FunctionType | _lru_cache_wrapper)
        and (getattr(held, "__module__", None) or "").startswith("perimeter")
    ]


def _all_codes(code: CodeType) -> Iterator[CodeType]:
    """Yield a code object and all within it."""
    yield code
    for const in code.co_consts:
        if isinstance(const, CodeType):
            yield from _all_codes(const)


def _same_at_import(one: CodeType, other: CodeType) -> bool:
    """Whether two modules differ in nothing but the bodies of functions."""
    left, right = list(_run_at_import(one)), list(_run_at_import(other))
    return len(left) == len(right) and all(
        _without_inner(mine) == _without_inner(theirs) for mine, theirs in zip(left, right, strict=True)
    )


def _same_closures(one: CodeType, other: CodeType) -> bool:
    """Whether each function that both modules have holds the same variables of those around it."""
    held = {(code.co_qualname, code.co_firstlineno): code.co_freevars for code in _all_codes(one)}
    return all(
        held.get((code.co_qualname, code.co_firstlineno), code.co_freevars) == code.co_freevars
        for code in _all_codes(other)
    )


def _run_at_import(code: CodeType) -> Iterator[CodeType]:
    """Yield the code of a module outside its functions: its own, that of classes and of comprehensions."""
    yield code
    for const in code.co_consts:
        if isinstance(const, CodeType) and (
            not const.co_flags & inspect.CO_OPTIMIZED or const.co_name.endswith(("comp>", "genexpr>"))
        ):
            yield from _run_at_import(const)


def _without_inner(code: CodeType) -> CodeType:
    """Return a code object without those within it."""
    return code.replace(co_consts=tuple(c for c in code.co_consts if not isinstance(c, CodeType)))


def in_order(mutant: Mutant, items: Sequence[pytest.Item]) -> list[pytest.Item]:
    """Return the tests that can notice a mutant, those of its own file first."""
    own = f"test_{Path(mutant.file).stem}.py"
    if "/prove/" in mutant.file:
        items = [item for item in items if item.path.stem.removeprefix("test_") not in BENEATH]
    return sorted(items, key=lambda item: item.path.name != own)


class Mutating:
    """A pytest plugin that runs all tests once for every mutant, and before that once as they are."""

    def __init__(self, picked: Mapping[Mutant, CodeType]) -> None:
        self.picked = picked

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Called by pytest after it has read the tests, in place of running them."""
        started = time.monotonic()
        counted: Counter[str] = Counter()
        loaded = functions_of_the_core()
        gc.freeze()
        for mutant in [*self.picked][:1]:
            as_it_is = compile((ROOT / mutant.file).read_text(), str(ROOT / mutant.file), "exec")
            failing = noticed(mutant, as_it_is, session.items, loaded)
            if failing is not None:
                pytest.exit(f"{failing} fails without any change", returncode=2)
        for mutant, code in self.picked.items():
            by = noticed(mutant, code, in_order(mutant, session.items), loaded)
            counted[mutant.file] += by is not None
            print(f"{'killed' if by else 'LIVED '} {mutant}{f'   [{by}]' if by else ''}", flush=True)
        for file, of in sorted(Counter(mutant.file for mutant in self.picked).items()):
            print(f"{file}: {counted[file]} of {of} killed")
        print(f"{counted.total()} of {len(self.picked)} killed; {time.monotonic() - started:.0f} s")
        return True


def main() -> int:
    """Print what was killed and by which test, and what lived."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("files", nargs="*", help="files of the core; without any, all that is proved with")
    parser.add_argument("--sample", type=int, default=200, help="how many mutants to try")
    parser.add_argument("--seed", type=int, default=1, help="which ones")
    parser.add_argument("--skip", type=int, default=0, help="leave out the first so many of them")
    parser.add_argument("--only", nargs="+", metavar="FILE#NUMBER", help="these mutants, as they are printed")
    parser.add_argument("--quick", action="store_true", help="without properties, corpus and solvers")
    asked = parser.parse_args()
    os.chdir(ROOT)
    files = asked.files or [str(path.relative_to(ROOT)) for glob in CORE for path in sorted(ROOT.glob(glob))]
    every = [mutant for file in files for mutant, _ in mutants(file)]
    if asked.only:
        picked = [mutant for mutant in every if mutant.name in asked.only]
    else:
        random.Random(asked.seed).shuffle(every)
        picked = every[asked.skip : asked.sample]
    codes = codes_of(picked)
    print(f"{len(codes)} of {len(every)} mutants", flush=True)
    hypothesis.settings.register_profile(
        "mutants",
        database=None,
        deadline=None,
        derandomize=True,
        phases=(hypothesis.Phase.explicit, hypothesis.Phase.generate),
    )
    hypothesis.settings.load_profile("mutants")
    flags = ["-q", "-s", "--noconftest", "-p", "no:xdist", "-p", "no:cacheprovider", "-p", "no:drift-check"]
    tests = [test for test in (TESTS if asked.quick else (*TESTS, *SLOW)) if Path(test).exists()]
    return int(pytest.main([*flags, *tests], plugins=[Mutating(codes)]))


if __name__ == "__main__":
    raise SystemExit(main())

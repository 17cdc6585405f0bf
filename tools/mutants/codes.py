"""The code of mutants: compiled, and exchanged for that of loaded functions; nothing on disk is changed."""

from __future__ import annotations

import ast
import gc
import inspect
from collections.abc import Iterator, Sequence
from functools import _lru_cache_wrapper
from types import CodeType, FunctionType

from tools.mutants.making import ROOT, Mutant, mutants

__all__ = ["code_as_it_is", "codes_of", "functions_of_the_core", "put_in_place"]


def codes_of(picked: Sequence[Mutant]) -> dict[Mutant, CodeType]:
    """Compile mutants, except those that change what runs at import or what a closure holds, whose code
    cannot be exchanged.
    """
    found: dict[Mutant, CodeType] = {}
    for file in {mutant.file for mutant in picked}:
        original = code_as_it_is(file)
        for mutant, tree in mutants(file):
            if mutant in picked:
                code = compile(ast.fix_missing_locations(tree), str(ROOT / file), "exec")
                if _same_at_import(original, code) and _same_closures(original, code):
                    found[mutant] = code
    return {mutant: found[mutant] for mutant in picked if mutant in found}


def code_as_it_is(file: str) -> CodeType:
    """Compile a file without any change."""
    return compile((ROOT / file).read_text(), str(ROOT / file), "exec")


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
        and (getattr(held, "__module__", None) or "").startswith("s3_perimeter")
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

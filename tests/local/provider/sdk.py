"""What the pulumi_aws SDK declares of a resource type, read from its source without importing it."""

from __future__ import annotations

import ast
import functools
import importlib.util
from dataclasses import dataclass
from pathlib import Path

Shape = str | tuple[str, "Shape"] | tuple[str, dict[str, "Shape"]]
"""``text``, ``flag``, ``whole``, ``content``, ("list", item), ("map", item) or ("block", fields)."""

SCALARS = {"_builtins.str": "text", "_builtins.bool": "flag", "_builtins.int": "whole"}


@dataclass(frozen=True, slots=True)
class Declared:
    """A resource class: its inputs, which of them are required, and every output."""

    inputs: dict[str, Shape]
    required: frozenset[str]
    outputs: dict[str, Shape]


@functools.cache
def package() -> Path:
    """Where pulumi_aws is installed."""
    spec = importlib.util.find_spec("pulumi_aws")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent


@functools.cache
def classes(path: str) -> dict[str, ast.ClassDef]:
    """The classes of a module of the SDK."""
    tree = ast.parse((package() / path).read_text())
    return {node.name: node for node in tree.body if isinstance(node, ast.ClassDef)}


@functools.cache
def by_token() -> dict[str, tuple[str, str]]:
    """Module path and class name of every resource class of s3, iam, kms and ec2, by token."""
    found = {}
    for service in ("s3", "iam", "kms", "ec2"):
        for path in sorted((package() / service).glob("*.py")):
            relative = f"{service}/{path.name}"
            text = path.read_text()
            marker = '@pulumi.type_token("'
            if marker not in text:
                continue
            token, _, rest = text.partition(marker)[2].partition('")')
            found[token] = (relative, rest.partition("class ")[2].partition("(")[0])
    return found


def declared(token: str) -> Declared:
    """What the SDK declares of a type."""
    path, name = by_token()[token]
    service, module = path.partition("/")[0], classes(path)
    arguments = module.get(f"{name}Args") or module[f"{name}InitArgs"]
    names = getters(arguments)
    given = parameters(arguments)
    inputs = {names[key][0]: shape(service, annotation) for key, (annotation, _) in given.items()}
    required = frozenset(names[key][0] for key, (_, needed) in given.items() if needed)
    lookup = module[f"_{name}State"]
    known = getters(lookup)
    state = {known[key][0]: shape(service, each) for key, (each, _) in parameters(lookup).items()}
    public = {output for output, _ in getters(module[name]).values()}
    return Declared(inputs, required, {key: state.get(key, "text") for key in public})


def getters(node: ast.ClassDef) -> dict[str, tuple[str, ast.expr | None]]:
    """The properties of a class: Pulumi's name and the type, by Python's name."""
    found: dict[str, tuple[str, ast.expr | None]] = {}
    for method in node.body:
        if isinstance(method, ast.FunctionDef):
            for decorator in method.decorator_list:
                if ast.unparse(decorator).startswith("pulumi.getter"):
                    named = isinstance(decorator, ast.Call) and decorator.keywords
                    name = method.name
                    if named and isinstance(decorator, ast.Call):
                        name = ast.literal_eval(decorator.keywords[0].value)
                    found[method.name] = (name, method.returns)
    return found


def parameters(node: ast.ClassDef) -> dict[str, tuple[ast.expr, bool]]:
    """The keyword arguments of a class: type and whether it has to be given."""
    for method in node.body:
        if isinstance(method, ast.FunctionDef) and method.name == "__init__":
            found = method.args
            pairs = zip(found.kwonlyargs, found.kw_defaults, strict=True)
            return {
                each.arg: (each.annotation or ast.Constant(None), default is None) for each, default in pairs
            }
    return {}


def shape(service: str, annotation: ast.expr) -> Shape:
    """A type annotation's shape."""
    if isinstance(annotation, ast.Subscript):
        outer = ast.unparse(annotation.value)
        inner = annotation.slice
        if outer in ("pulumi.Input", "Optional"):
            return shape(service, inner)
        parts = inner.elts if isinstance(inner, ast.Tuple) else [inner]
        if outer == "Union":
            return shape(service, parts[0])
        return (
            ("list", shape(service, parts[0])) if outer == "Sequence" else ("map", shape(service, parts[1]))
        )
    name = ast.unparse(annotation).strip("'")
    if name in SCALARS:
        return SCALARS[name]
    if name.startswith("pulumi."):
        return "content"
    node = classes(f"{service}/_inputs.py")[name]
    names = getters(node)
    return (
        "block",
        {names.get(key, (key, None))[0]: shape(service, each) for key, (each, _) in parameters(node).items()},
    )

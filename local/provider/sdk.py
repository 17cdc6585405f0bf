"""What the pulumi_aws SDK declares, as a Pulumi schema, read from its source without importing it.

The package has three thousand modules, so one file is read for one type, when that type is asked for. Its
code is generated, so every property is a getter of one layout, whose return annotation says its type.
"""

from __future__ import annotations

import ast
import functools
import importlib.util
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

Spec = dict[str, Any]
"""An object of the schema (https://www.pulumi.com/docs/iac/extend/schema/), such as a type or a resource."""

CLASS = re.compile(r"^class (\w+)", re.MULTILINE)
GETTER = re.compile(
    r'@pulumi\.getter(?:\(name="(\w+)"\))?\n'
    r'(?:    @_utilities\.deprecated\("""(?:[^"]|"(?!""))*"""\)\n)?'
    r"    def (\w+)\(self\) -> (.+):\n"
)
RESOURCE_TOKEN = re.compile(r"@pulumi\.type_token\(\"(aws:[^\"]+)\"\)")
FUNCTION_TOKEN = re.compile(r"pulumi\.runtime\.invoke\('(aws:[^']+)'")
RESOURCE = re.compile(r"^class (\w+)\(pulumi\.(?:Custom|Provider)Resource\)", re.MULTILINE)
SECRETS = re.compile(r"additional_secret_outputs=(\[[^\]]*\])")
ALIAS = re.compile(r'pulumi\.Alias\(type_="([^"]+)"\)')
FUNCTION = re.compile(r"^def \w+_output\(((?:.|\n)*?),?\s*opts: ", re.MULTILINE)
RESULT = re.compile(r"typ=(\w+)\)")
ARGUMENT = re.compile(r"__args__\['(\w+)'\] = (\w+)")
SCALARS: Mapping[str, Spec] = {
    "_builtins.str": {"type": "string"},
    "_builtins.bool": {"type": "boolean"},
    "_builtins.int": {"type": "integer"},
    "_builtins.float": {"type": "number"},
    "Any": {"$ref": "pulumi.json#/Any"},
    "pulumi.Asset": {"$ref": "pulumi.json#/Asset"},
    "pulumi.Archive": {"$ref": "pulumi.json#/Archive"},
}
REFERENCE = "#/types/"
OUTPUT_TYPE = "Output"
"""What the name of a type ends in that is of ``outputs.py``: results of functions alone have them."""


@functools.cache
def package() -> Path:
    """Return where pulumi_aws is installed. Raises ModuleNotFoundError where it is not."""
    spec = importlib.util.find_spec("pulumi_aws")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("pulumi_aws is not installed; python3 local/bootstrap.py installs it")
    return Path(spec.origin).parent


def folder(module: str) -> Path:
    """Return the folder of a token's module: ``lambda`` is ``lambda_``, ``index`` is the package itself."""
    if module == "index":
        return package()
    plain = package() / module
    return plain if plain.is_dir() else package() / f"{module}_"


def modules() -> list[str]:
    """Return the module names of the package's tokens."""
    found = (path.name.rstrip("_") for path in package().iterdir() if (path / "__init__.py").exists())
    return ["index", *sorted(name for name in found if name != "config")]


@functools.cache
def files(module: str, token: re.Pattern[str]) -> Mapping[str, Path]:
    """Return the file of every resource type (``RESOURCE_TOKEN``) or function (``FUNCTION_TOKEN``), by
    token.
    """
    found = {}
    for path in sorted(folder(module).glob("[!_]*.py")):
        found.update(dict.fromkeys(token.findall(path.read_text()), path))
    return found


def resources() -> list[str]:
    """Return the token of every resource type."""
    return [token for module in modules() for token in files(module, RESOURCE_TOKEN)]


def functions() -> list[str]:
    """Return the token of every function."""
    return [token for module in modules() for token in files(module, FUNCTION_TOKEN)]


def module_of(token: str) -> str:
    """Return the module of a token such as ``aws:s3/bucket:Bucket``."""
    return token.partition(":")[2].partition("/")[0]


@functools.cache
def classes(path: Path) -> Mapping[str, list[tuple[str, str, str]]]:
    """Return the getters of each class of a file: Pulumi's name where it is another, Python's name,
    annotation.
    """
    parts = CLASS.split(path.read_text()) if path.exists() else [""]
    return {name: GETTER.findall(text) for name, text in zip(parts[1::2], parts[2::2], strict=True)}


@functools.cache
def resource(token: str) -> Spec:
    """Return a resource type, as the schema has it. Raises KeyError where the SDK has none of that token."""
    module = module_of(token)
    return declared(module, files(module, RESOURCE_TOKEN)[token])


def provider() -> Spec:
    """Return the configuration of the provider, as the schema has it."""
    return declared("index", package() / "provider.py")


def declared(module: str, path: Path) -> Spec:
    """Return the resource that a file declares."""
    text, found = path.read_text(), classes(path)
    name = RESOURCE.findall(text)[0]
    inputs = fields(module, found[f"{name}Args" if f"{name}Args" in found else f"{name}InitArgs"])
    outputs, state = fields(module, found[name]), fields(module, found.get(f"_{name}State", []))
    secrets = ast.literal_eval(match[1]) if (match := SECRETS.search(text)) else []
    properties = {key: {**(state.get(key) or field)[0]} for key, field in outputs.items()}
    for key in secrets:
        properties[key]["secret"] = True
    return {
        "inputProperties": {key: field for key, (field, _) in inputs.items()},
        "requiredInputs": sorted(key for key, (_, required) in inputs.items() if required),
        "properties": properties,
        "required": sorted(key for key, (_, required) in outputs.items() if required),
        "aliases": [{"type": each} for each in dict.fromkeys(ALIAS.findall(text))],
    }


@functools.cache
def function(token: str) -> Spec:
    """Return a function, as the schema has it. Raises KeyError where the SDK has none of that token."""
    module = module_of(token)
    path = files(module, FUNCTION_TOKEN)[token]
    text = path.read_text()
    names = {python: key for key, python in ARGUMENT.findall(text)}
    signature = FUNCTION.search(text)
    head = ast.parse(f"def f({signature[1] if signature else ''}): pass")
    inputs = {
        names[each.arg]: typed(module, argument(each.annotation))
        for each in ast.walk(head)
        if isinstance(each, ast.arg) and each.annotation and each.arg in names
    }
    result = RESULT.findall(text)[0]
    return {"inputs": structured(inputs), "outputs": structured(fields(module, classes(path)[result]))}


def argument(annotation: ast.expr) -> ast.expr:
    """Return a function argument's annotation without the ``Input[Optional[…]]`` that even required ones
    have.
    """
    for wrapping in ("pulumi.Input", "Optional"):
        if isinstance(annotation, ast.Subscript) and ast.unparse(annotation.value) == wrapping:
            annotation = annotation.slice
    return annotation


@functools.cache
def structure(reference: str) -> Spec:
    """Return the object type that a ``$ref`` names, as the schema has it."""
    _, module, name = reference.removeprefix(REFERENCE).split(":")
    module = module.partition("/")[0]
    found = classes(folder(module) / "_inputs.py").get(f"{name}Args")
    if found is None:
        found = classes(folder(module) / "outputs.py")[name.removesuffix(OUTPUT_TYPE)]
    return structured(fields(module, found))


def structured(members: Mapping[str, tuple[Spec, bool]]) -> Spec:
    """Return an object type with these properties."""
    return {
        "type": "object",
        "properties": {key: field for key, (field, _) in members.items()},
        "required": sorted(key for key, (_, required) in members.items() if required),
    }


def fields(module: str, getters: list[tuple[str, str, str]]) -> dict[str, tuple[Spec, bool]]:
    """Return the properties of a class: type, and whether there always is a value; by Pulumi's name."""
    return {name or python: annotated(module, note) for name, python, note in getters}


@functools.cache
def annotated(module: str, annotation: str) -> tuple[Spec, bool]:
    """``typed`` of an annotation's text."""
    return typed(module, ast.parse(annotation, mode="eval").body)


def typed(module: str, annotation: ast.expr) -> tuple[Spec, bool]:
    """Return an annotation's type, and whether it says that there always is a value."""
    if isinstance(annotation, ast.Subscript):
        outer, inner = ast.unparse(annotation.value), annotation.slice
        if outer in ("pulumi.Input", "pulumi.Output"):
            return typed(module, inner)
        if outer == "Optional":
            return typed(module, inner)[0], False
        parts = inner.elts if isinstance(inner, ast.Tuple) else [inner]
        if outer == "Sequence":
            return {"type": "array", "items": typed(module, parts[0])[0]}, True
        if outer == "Mapping":
            return {"type": "object", "additionalProperties": typed(module, parts[1])[0]}, True
        return union([typed(module, part)[0] for part in parts if not other_spelling(part)]), True
    name = annotation.value if isinstance(annotation, ast.Constant) else ast.unparse(annotation)
    return SCALARS.get(str(name)) or named(module, str(name)), True


def other_spelling(alternative: ast.expr) -> bool:
    """Whether this is an object type once more: as a dictionary, or as a function gives it."""
    name = alternative.value if isinstance(alternative, ast.Constant) else ""
    return isinstance(name, str) and (name.endswith("ArgsDict") or name.startswith("outputs."))


def union(alternatives: list[Spec]) -> Spec:
    """Return one of several types."""
    different = [each for index, each in enumerate(alternatives) if each not in alternatives[:index]]
    if {"$ref": "pulumi.json#/Asset"} in different:  # which an archive is too
        return {"$ref": "pulumi.json#/Asset"}
    return different[0] if len(different) == 1 else {"oneOf": different}


def named(module: str, name: str) -> Spec:
    """Return what a class name in an annotation stands for: an object type, or an enumeration of texts."""
    elsewhere, _, own = name.rpartition(".")
    if elsewhere == "outputs":
        inputs, outputs = (classes(folder(module) / f"{kind}.py") for kind in ("_inputs", "outputs"))
        known, found = own in outputs, own if f"{own}Args" in inputs else f"{own}{OUTPUT_TYPE}"
    else:
        module = elsewhere.strip("_") or module
        known, found = own.endswith("Args"), own.removesuffix("Args")
    return {"$ref": f"{REFERENCE}aws:{module}/{found}:{found}"} if known else {"type": "string"}


def references(spec: Any) -> Iterator[str]:
    """Yield the object types that a part of the schema names."""
    if isinstance(spec, dict):
        for key, value in spec.items():
            if key == "$ref" and isinstance(value, str) and value.startswith(REFERENCE):
                yield value
            else:
                yield from references(value)
    elif isinstance(spec, list):
        for value in spec:
            yield from references(value)

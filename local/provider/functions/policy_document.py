"""aws.iam.get_policy_document: a policy's JSON text from its statements."""

from __future__ import annotations

import json
import zlib
from typing import Any

from local.provider.values import Props


def policy_document(_session: object, arguments: Props) -> Props:
    """Return the document, the documents that it is made from merged in: by sid, later over earlier."""
    version, identity = arguments.get("version") or "2012-10-17", arguments.get("policyId")
    sources, overrides = (
        [json.loads(each) for each in arguments.get(f"{kind}PolicyDocuments") or [] if each]
        for kind in ("source", "override")
    )
    statements = [each for source in sources for each in as_list(source.get("Statement"))]
    own = [to_statement(each, version) for each in arguments.get("statements") or []]
    for statement in [*own, *(each for over in overrides for each in as_list(over.get("Statement")))]:
        merge(statements, statement)
    identity = identity or next((each["Id"] for each in sources if each.get("Id")), None)
    identity = next((each["Id"] for each in reversed(overrides) if each.get("Id")), identity)
    body: Props = {"Version": version, **({"Id": identity} if identity else {}), "Statement": statements}
    return {
        **arguments,
        "id": str(zlib.crc32(json.dumps(body).encode())),
        "json": json.dumps(body, indent=2),
        "minifiedJson": json.dumps(body, separators=(",", ":")),
        "version": version,
    }


LISTS = {
    "actions": "Action",
    "notActions": "NotAction",
    "resources": "Resource",
    "notResources": "NotResource",
}


def as_list(value: Any) -> list[Any]:
    """Return a value that may stand alone, as a list."""
    return value if isinstance(value, list) else [] if value is None else [value]


def merge(statements: list[Props], statement: Props) -> None:
    """Put a statement in the place of the one with its sid, else at the end."""
    for index, each in enumerate(statements):
        if statement.get("Sid") and each.get("Sid") == statement["Sid"]:
            statements[index] = statement
            return
    statements.append(statement)


def to_statement(declared: Props, version: str) -> Props:
    """Return one statement; the placeholder ``&{`` is a policy variable's ``${``."""
    found: Props = {}
    if declared.get("sid"):
        found["Sid"] = declared["sid"]
    found["Effect"] = declared.get("effect") or "Allow"
    for key, name in LISTS.items():
        if declared.get(key):
            found[name] = shortest([variable(each, version) for each in sorted(declared[key])])
    for key, name in (("principals", "Principal"), ("notPrincipals", "NotPrincipal")):
        if declared.get(key):
            found[name] = principals(declared[key])
    for condition in declared.get("conditions") or []:
        values = [variable(each, version) for each in condition["values"]]
        operator = found.setdefault("Condition", {}).setdefault(condition["test"], {})
        before = as_list(operator.get(condition["variable"]))
        operator[condition["variable"]] = shortest([*before, *values])
    return found


def principals(declared: list[Props]) -> Any:
    """``Principal``: everybody is spelled ``*``, others by their kind."""
    if any(each["type"] == "*" for each in declared):
        return "*"
    found: dict[str, list[str]] = {}
    for each in declared:
        found.setdefault(each["type"], []).extend(each["identifiers"])
    return {kind: shortest(sorted(set(names))) for kind, names in found.items()}


def variable(value: str, version: str) -> str:
    """Return the value with its placeholders for policy variables, which only this version has, resolved."""
    return value.replace("&{", "${") if version == "2012-10-17" else value


def shortest(values: list[str]) -> Any:
    """Return one value by itself, several as a list."""
    return values[0] if len(values) == 1 else values


FUNCTIONS = {"aws:iam/getPolicyDocument:getPolicyDocument": policy_document}

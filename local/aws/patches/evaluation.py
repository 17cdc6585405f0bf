"""Policy evaluation as IAM documents it, where the emulator's own evaluator falls short.

AWS: IAM User Guide, "Policy evaluation logic", "Global condition context keys", "Policy variables" and
"NotPrincipal". What ministack does instead:

- It lacks ``aws:ViaAWSService`` and ``aws:PrincipalIsAWSService``; AWS has them in every request.
- It gives an anonymous request principal keys; AWS gives none, and the account ``anonymous``.
- It lacks ``aws:UserAgent``, ``aws:Referer``, ``s3:authType``, ``s3:signatureversion``, ``s3:signatureAge``
  and ``s3:TlsVersion``.
- It takes policy variables literally; AWS replaces them in documents of version 2012-10-17.
- A statement with ``NotPrincipal`` never matches.
"""

from __future__ import annotations

import contextvars
import dataclasses
import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from ministack.core import iam_evaluator

from local.aws.patches.patch import instead_of

NEVER = "\x00"
"""Matches nothing: what a pattern with a variable that has no value becomes."""

VARIABLE = re.compile(r"\$\{([^}]*)\}")
LITERAL = {"*": "*", "?": "?", "$": "$"}
PRINCIPAL_KEYS = {
    "aws:principalarn",
    "aws:principalisawsservice",
    "aws:principalorgid",
    "aws:userid",
    "aws:username",
}
"""Absent from an anonymous request."""

facts: contextvars.ContextVar[Mapping[str, str]] = contextvars.ContextVar("facts", default={})  # noqa: B039
"""Condition keys of the running request that the emulator does not know, in lower case."""


@instead_of(iam_evaluator, "_resolve_condition_key")
def condition_key(original: Callable[..., Any], key: str, context: Any) -> Any:
    """Return the value of a condition key, None where it is absent."""
    name = key.lower()
    if context.principal_type == "Anonymous":
        if name in PRINCIPAL_KEYS:
            return None
        if name == "aws:principalaccount":
            return "anonymous"
    if name in facts.get():
        return facts.get()[name]
    value = original(key, context)
    if value is None and name in ("aws:viaawsservice", "aws:principalisawsservice"):
        return "false"
    return value


@instead_of(iam_evaluator, "_first_match")
def first_match(original: Callable[..., Any], context: Any, statements: list[Any], effect: str) -> Any:
    """Return the first statement that matches, with its policy variables replaced by their values."""
    for statement in statements:
        if original(context, [expanded(statement, context)], effect):
            return statement
    return None


def expanded(statement: Any, context: Any) -> Any:
    """Return the statement with its variables replaced; itself where it has none."""

    def value(found: re.Match[str]) -> str:
        name, _, default = found[1].partition(",")
        if name in LITERAL:
            return LITERAL[name]
        known = iam_evaluator._resolve_condition_key(name.strip(), context)
        return str(known) if known is not None else default.strip().strip("'") or NEVER

    def replaced(pattern: Any) -> Any:
        if isinstance(pattern, list):
            return [replaced(item) for item in pattern]
        return VARIABLE.sub(value, pattern) if isinstance(pattern, str) else pattern

    if "${" not in json.dumps([statement.resources, statement.not_resources, statement.conditions]):
        return statement
    return dataclasses.replace(
        statement,
        resources=replaced(statement.resources),
        not_resources=replaced(statement.not_resources),
        conditions={
            operator: {key: replaced(values) for key, values in keys.items()}
            for operator, keys in statement.conditions.items()
        },
    )


def without_variables(document: dict[str, Any]) -> dict[str, Any]:
    """Return the document with ``${`` taken literally where its version (not 2012-10-17) has no variables."""
    if document.get("Version") == "2012-10-17" or "${" not in json.dumps(document):
        return document
    literal: dict[str, Any] = json.loads(json.dumps(document).replace("${", "$\\u0001{"))
    return literal


def decoded(document: Any) -> Any:
    """Return a policy document as data, None where it is not JSON."""
    if not isinstance(document, str):
        return document
    try:
        return json.loads(document)
    except ValueError:
        return None


@instead_of(iam_evaluator, "parse_policy_document")
def parse(original: Callable[..., Any], document: Any) -> Any:
    """Statements of a document; what the evaluator selected itself (a bare ``Statement``) is past this."""
    found = decoded(document)
    if isinstance(found, dict) and set(found) != {"Statement"}:
        found = without_variables(found)
    return original(found)


@instead_of(iam_evaluator, "evaluate_resource_policy")
def resource_policy(
    original: Callable[..., Any],
    document: Any,
    context: Any,
    service: str | None = None,
    named_only: bool = False,
    direct_only: bool = False,
) -> Any:
    """Return the decision of a resource's own policy, ``NotPrincipal`` included."""
    found = decoded(document)
    if isinstance(found, dict):
        found = without_variables(found)
        statements = found.get("Statement", [])
        kept = [
            {**{key: part for key, part in each.items() if key != "NotPrincipal"}, "Principal": "*"}
            if isinstance(each, dict) and "NotPrincipal" in each
            else each
            for each in ([statements] if isinstance(statements, dict) else statements)
            if not left_out(each, context, service, named_only or direct_only)
        ]
        found = {**found, "Statement": kept}
    return original(found, context, service=service, named_only=named_only, direct_only=direct_only)


def left_out(statement: Any, context: Any, service: str | None, named: bool) -> bool:
    """Whether a statement with ``NotPrincipal`` leaves the caller out (or, ``named``, names nobody)."""
    if not isinstance(statement, dict) or "NotPrincipal" not in statement:
        return False
    excepted = statement["NotPrincipal"]
    return (
        named
        or bool(iam_evaluator._names_caller(excepted, context.principal_arn))
        or bool(service and iam_evaluator._service_principal_matches(excepted, service))
    )

"""Policy evaluation as IAM documents it, where the emulator's own evaluator falls short.

AWS: IAM User Guide, "Policy evaluation logic", "Global condition context keys", "Policy variables" and
"NotPrincipal". What ministack 1.5.33 does instead:

- It lacks ``aws:ViaAWSService`` and ``aws:PrincipalIsAWSService``; AWS has them in every request.
- It gives an anonymous request principal keys; AWS gives none, and the account ``anonymous``.
- It lacks ``aws:UserAgent``, ``aws:Referer``, ``s3:authType``, ``s3:signatureversion``, ``s3:signatureAge``
  and ``s3:TlsVersion``.
- It takes policy variables literally; AWS replaces them in documents of version 2012-10-17.
- A statement with ``NotPrincipal`` never matches.
- An ACL lets an anonymous or foreign caller in past a Deny of the bucket's policy.
"""

from __future__ import annotations

import contextvars
import dataclasses
import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from ministack.core import iam_evaluator
from ministack.services import s3

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


def apply() -> None:
    """Replace the evaluator's functions."""
    iam_evaluator._resolve_condition_key = condition_key(iam_evaluator._resolve_condition_key)
    iam_evaluator._first_match = first_match(iam_evaluator._first_match)
    iam_evaluator.parse_policy_document = parse(iam_evaluator.parse_policy_document)
    iam_evaluator.evaluate_resource_policy = resource_policy(iam_evaluator.evaluate_resource_policy)
    s3._foreign_bucket_allows = denied_first(s3._foreign_bucket_allows)


def condition_key(original: Callable[..., Any]) -> Callable[..., Any]:
    """Return the value of a condition key, None where it is absent."""

    def resolve(key: str, context: Any) -> Any:
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

    return resolve


def first_match(original: Callable[..., Any]) -> Callable[..., Any]:
    """Return the first statement that matches, with its policy variables replaced by their values."""

    def match(context: Any, statements: list[Any], effect: str) -> Any:
        for statement in statements:
            if original(context, [expanded(statement, context)], effect):
                return statement
        return None

    return match


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


def parse(original: Callable[..., Any]) -> Callable[..., Any]:
    """Statements of a document; what the evaluator selected itself (a bare ``Statement``) is past this."""

    def parsed(document: Any) -> Any:
        found = decoded(document)
        if isinstance(found, dict) and set(found) != {"Statement"}:
            found = without_variables(found)
        return original(found)

    return parsed


def resource_policy(original: Callable[..., Any]) -> Callable[..., Any]:
    """Return the decision of a resource's own policy, ``NotPrincipal`` included."""

    def decide(
        document: Any,
        context: Any,
        service: str | None = None,
        named_only: bool = False,
        direct_only: bool = False,
    ) -> Any:
        found = decoded(document)
        if isinstance(found, dict):
            found = without_variables(found)
            statements = found.get("Statement", [])
            statements = [statements] if isinstance(statements, dict) else statements
            found = {
                **found,
                "Statement": [
                    {**{key: part for key, part in each.items() if key != "NotPrincipal"}, "Principal": "*"}
                    if isinstance(each, dict) and "NotPrincipal" in each
                    else each
                    for each in statements
                    if not left_out(each, context, service, named_only or direct_only)
                ],
            }
        return original(found, context, service=service, named_only=named_only, direct_only=direct_only)

    return decide


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


def denied_first(original: Callable[..., Any]) -> Callable[..., Any]:
    """Whether a caller who does not own the bucket is allowed: never past a Deny of its policy."""

    def allows(
        owner: str,
        bucket: str,
        key: str,
        method: str,
        query: dict[str, Any],
        caller: str,
        headers: dict[str, str] | None = None,
    ) -> bool:
        policy = s3._bucket_policies.get_scoped(owner, None, bucket)
        context = of_foreigner(bucket, key, method, query, caller)
        if policy and iam_evaluator.evaluate_resource_policy(policy, context).decision == "Deny":
            return False
        return bool(original(owner, bucket, key, method, query, caller, headers))

    return allows


def of_foreigner(bucket: str, key: str, method: str, query: dict[str, Any], caller: str) -> Any:
    """Return the context of a request by somebody who does not own the bucket: an account, or the
    anonymous.
    """
    from ministack.core.iam_actions import _s3_action

    path = f"/{bucket}/{key}" if key else f"/{bucket}"
    return iam_evaluator.EvalContext(
        principal_arn=f"arn:aws:iam::{caller}:root" if caller else "*",
        principal_type="Root" if caller else "Anonymous",
        principal_account=caller or "",
        action=f"s3:{_s3_action(method, path, query) or 'GetObject'}",
        resource_arn=f"arn:aws:s3:::{path[1:]}",
        region=s3.get_region(),
    )

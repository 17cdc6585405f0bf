"""Sessions of people who sign in with a SAML identity provider: AssumeRoleWithSAML.

ministack does not have the operation. AWS: API Reference of STS, "AssumeRoleWithSAML"; IAM User Guide,
"Available keys for SAML-based AWS STS federation". Nobody checks the assertion's signature here.
"""

from __future__ import annotations

import base64
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qs
from xml.etree import ElementTree

from ministack.core import iam_evaluator
from ministack.core.responses import get_region
from ministack.services import iam, sts

from local.aws.patches.iam import Parameters, given
from local.aws.patches.patch import instead_of
from local.aws.patches.request import Answer

SAML, TOKEN = "AssumeRoleWithSAML", "AssumeRoleWithWebIdentity"
Served = Callable[..., Awaitable[Answer]]


@instead_of(sts, "handle_request")
async def served(
    original: Served, method: str, path: str, headers: dict[str, str], body: bytes, query: dict[str, Any]
) -> Answer:
    """STS with AssumeRoleWithSAML: served as a token is, with another question about the trust policy."""
    parameters = {**query, **parse_qs(body.decode("utf-8", errors="replace"))}
    if given(parameters, "Action") != SAML:
        return await original(method, path, headers, body, query)
    parameters |= {"Action": [TOKEN], "ProviderId": [given(parameters, "PrincipalArn")]}
    status, said, answer = await original(method, path, headers, b"", parameters)
    return status, said, answer.replace(TOKEN.encode(), SAML.encode())


@instead_of(sts, "_web_identity_trust_denied")
def denied(original: Callable[..., Any], role_arn: str, parameters: Parameters, as_json: bool) -> Any:
    """The emulator's refusal of who may not assume the role, also by an assertion; None lets them."""
    assertion, provider = given(parameters, "SAMLAssertion"), given(parameters, "PrincipalArn")
    if not assertion:
        return original(role_arn, parameters, as_json)
    account, name = role_arn.split(":")[4], role_arn.rpartition("/")[2]
    context = iam_evaluator.EvalContext(
        principal_arn=provider,
        principal_type="SAMLUser",
        principal_account=account,
        action=f"sts:{SAML}",
        resource_arn=role_arn,
        region=get_region(),
        service_context=keys_of(assertion),
    )
    trust = (iam._roles.get_scoped(account, None, name) or {}).get("AssumeRolePolicyDocument", "{}")
    if iam_evaluator.evaluate_trust_policy(trust, provider, context):
        return None
    return sts._error(403, "AccessDenied", f"Not authorized to perform sts:{SAML}", ns="sts")


def keys_of(assertion: str) -> dict[str, str]:
    """The condition keys that an assertion carries: whom it is about, and to which endpoint it is sent."""
    try:
        root = ElementTree.fromstring(base64.b64decode(assertion))  # noqa: S314
    except (ValueError, ElementTree.ParseError):
        return {}
    keys = {}
    for element in root.iter():
        if element.tag.endswith("}NameID"):
            keys["saml:sub"] = element.text or ""
        elif element.tag.endswith("}SubjectConfirmationData"):
            keys["saml:aud"] = element.get("Recipient", "")
    return keys


@instead_of(iam_evaluator, "_trust_principal_matches")
def named(original: Callable[..., bool], principal: Any, caller: str, federated: bool) -> bool:
    """Whether a trust policy names the caller; a SAML provider is named as one of tokens is."""
    return original(principal, caller, federated or ":saml-provider/" in caller)

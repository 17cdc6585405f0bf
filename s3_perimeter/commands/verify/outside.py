"""Ways to be outside of the fence: another endpoint, a proxy, a profile, or IAM's policy simulator."""

from __future__ import annotations

import argparse
import os
from dataclasses import dataclass
from typing import Any

from s3_perimeter.aws import Aws, Keys
from s3_perimeter.commands.verify.requests import s3_client
from s3_perimeter.stack.deployed import Stack, User

__all__ = ["Outside", "outsides", "simulate"]


@dataclass(frozen=True, slots=True)
class Outside:
    """One vantage point outside of the allow-list, through which requests can be made."""

    name: str
    endpoint: str | None = None
    proxy: str | None = None
    profile: str | None = None

    def client(self, region: str | None, keys: Keys | None, run: str) -> Any:
        """Return an S3 client that comes from there."""
        return s3_client(
            region, keys=keys, endpoint=self.endpoint, proxy=self.proxy, profile=self.profile, run=run
        )

    def sts(self, operator: Aws) -> Any:
        """Return a client of STS that comes from there, as the operator; None where only S3 is reached there.

        Raises CommandError where the profile or the endpoint is none.
        """
        # On the embedded AWS one endpoint has every service; elsewhere this one has S3 alone.
        if self.endpoint and not os.environ.get("AWS_ENDPOINT_URL"):
            return None
        return Aws(
            profile=self.profile or operator.profile,
            region=operator.region,
            endpoint=self.endpoint,
            keys=operator.credentials(),
            proxy=self.proxy,
        ).client("sts")


def outsides(arguments: argparse.Namespace) -> list[Outside]:
    """Return the outsides at hand, by arguments first, else by the environment (`make env` sets it)."""
    found = [Outside(f"through endpoint {url}", endpoint=url) for url in arguments.outside_endpoint]
    found += [Outside(f"through proxy {url}", proxy=url) for url in arguments.proxy]
    found += [Outside(f"through profile {name}", profile=name) for name in arguments.via_profile]
    if found:
        return found
    variables = {"IPv4": "OUTSIDE_ENDPOINT_URL", "IPv6": "OUTSIDE_ENDPOINT_URL_IPV6"}
    return [
        Outside(f"from outside over {version}", endpoint=os.environ[variable])
        for version, variable in variables.items()
        if os.environ.get(variable)
    ]


def simulate(
    operator: Aws, stack: Stack, user: User, actions: dict[str, str], address: str
) -> dict[str, str]:
    """IAM's own decision on the user's actions from an address: action to `allowed`, `explicitDeny`,
    `implicitDeny`.

    `actions` maps each action to the ARN it is asked of. Raises CommandError where IAM does not answer.
    """
    decisions: dict[str, str] = {}
    context = [
        {"ContextKeyName": "aws:SourceIp", "ContextKeyType": "ip", "ContextKeyValues": [address]},
        {"ContextKeyName": "aws:SecureTransport", "ContextKeyType": "boolean", "ContextKeyValues": ["true"]},
        {"ContextKeyName": "aws:ViaAWSService", "ContextKeyType": "boolean", "ContextKeyValues": ["false"]},
        {
            "ContextKeyName": "aws:PrincipalIsAWSService",
            "ContextKeyType": "boolean",
            "ContextKeyValues": ["false"],
        },
        {"ContextKeyName": "aws:PrincipalArn", "ContextKeyType": "string", "ContextKeyValues": [user.arn]},
        {"ContextKeyName": "s3:TlsVersion", "ContextKeyType": "numeric", "ContextKeyValues": ["1.3"]},
    ]
    for action, resource in actions.items():
        with operator.words_for("asking IAM's policy simulator"):
            answer = operator.client("iam").simulate_principal_policy(
                PolicySourceArn=user.arn,
                CallerArn=user.arn,
                ActionNames=[action],
                ResourceArns=[resource],
                **({"ResourcePolicy": stack.policy} if stack.policy else {}),
                ContextEntries=context,
            )
        decisions[action] = answer["EvaluationResults"][0]["EvalDecision"]
    return decisions

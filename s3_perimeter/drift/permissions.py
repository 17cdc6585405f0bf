"""The least-privilege IAM policy that a check needs, out of the controls themselves."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from s3_perimeter.drift.controls import CONTROLS, Control
from s3_perimeter.drift.facts import Call
from s3_perimeter.drift.subjects import (
    Account,
    Bucket,
    Group,
    Key,
    OrganizationPolicy,
    Policy,
    Role,
    Subject,
    User,
)

__all__ = ["actions", "calls_of", "policy", "policy_text"]

_SAMPLE_BUCKET = Bucket("BUCKET", "arn:aws:s3:::BUCKET", "REGION", "ACCOUNT")
SAMPLES: dict[str, Subject] = {
    "account": Account("ACCOUNT", "arn:aws:iam::ACCOUNT:root", "REGION", _SAMPLE_BUCKET),
    "bucket": _SAMPLE_BUCKET,
    "user": User("USER", "arn:aws:iam::ACCOUNT:user/USER"),
    "group": Group("GROUP", "arn:aws:iam::ACCOUNT:group/GROUP"),
    "role": Role("ROLE", "arn:aws:iam::ACCOUNT:role/ROLE"),
    "policy": Policy("POLICY", "arn:aws:iam::ACCOUNT:policy/POLICY"),
    "key": Key("arn:aws:kms:REGION:ACCOUNT:key/KEY", "REGION"),
    "organization": OrganizationPolicy(
        "POLICY", "arn:aws:organizations::ACCOUNT:policy/ORGANIZATION/resource_control_policy/POLICY"
    ),
}


def calls_of(control: Control[Any]) -> Iterator[Call]:
    """Yield the calls that a control can lead to, on a sample of its subject."""
    sample = SAMPLES[control.scope]
    yield from control.reads(sample)
    yield from control.follows(sample)


def actions(controls: Iterable[Control[Any]] = CONTROLS) -> list[str]:
    """Return every IAM action that these controls need, sorted."""
    return sorted({call.action for control in controls for call in calls_of(control) if call.action})


def policy(controls: Iterable[Control[Any]] = CONTROLS) -> dict[str, Any]:
    """Return the policy, a statement a service; every action in it only reads, none reads an object."""
    needed = actions(controls)
    services = sorted({action.partition(":")[0] for action in needed}, key=lambda name: (name == "s3", name))
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": f"DriftCheckReads{service.capitalize()}",
                "Effect": "Allow",
                "Action": [action for action in needed if action.startswith(f"{service}:")],
                "Resource": "*",
            }
            for service in services
        ],
    }


def policy_text(controls: Iterable[Control[Any]] = CONTROLS) -> str:
    """Return the policy as text; that of all controls, so of a strict check, is the file that is shipped."""
    return json.dumps(policy(controls), indent=2) + "\n"

"""`vpcEndpoints` and `breakGlassPrincipals`: who is let in from outside the allow-list, by name.

Source: IAM User Guide, "IAM identifiers" (ARNs).
"""

from __future__ import annotations

import re
from collections.abc import Callable

from s3_perimeter.documents.nodes import clipped
from s3_perimeter.partitions import PARTITIONS
from s3_perimeter.settings.forms import items, told
from s3_perimeter.settings.report import Report

__all__ = ["read_break_glass", "read_vpc_endpoints"]

ENDPOINT = re.compile(r"vpce-(?:[0-9a-f]{8}|[0-9a-f]{17})", re.ASCII)
_ARN = f"arn:(?:{'|'.join(PARTITIONS)})"
PRINCIPAL = re.compile(_ARN + r":iam::[0-9]{12}:(?:role|user)/[\x21-\x7e]{1,512}", re.ASCII)
SESSION = re.compile(rf"arn:({'|'.join(PARTITIONS)}):sts::([0-9]{{12}}):assumed-role/([^/]+)/.+", re.ASCII)
ROOT = re.compile(rf"(?:{_ARN}:iam::)?[0-9]{{12}}(?::root)?", re.ASCII)
ARN_FORM = "write the ARN of one role or user, `arn:aws:iam::111122223333:role/break-glass`"


def read_vpc_endpoints(value: object, report: Report) -> tuple[str, ...]:
    """The ids of the VPC endpoints whose requests are let in."""
    return _read(value, report, 'write a list such as `["vpce-0a1b2c3d4e5f67890"]`', _endpoint)


def read_break_glass(value: object, report: Report) -> tuple[str, ...]:
    """The ARNs of the principals that are let in from anywhere."""
    return _read(
        value, report, 'write a list such as `["arn:aws:iam::111122223333:role/break-glass"]`', _principal
    )


def _read(
    value: object, report: Report, example: str, judge: Callable[[str, Report], bool]
) -> tuple[str, ...]:
    """The good elements of a list of texts, each once."""
    found: dict[str, int] = {}
    for position, entry in enumerate((() if value is None else items(value, report, example)) or (), 1):
        here = report.at(f"entry {position}")
        if not isinstance(entry, str) or not entry:
            here.mistake(f"{told(entry)} stands where text is expected", example)
        elif judge(entry, here):
            if entry in found:
                here.warn(f"`{entry}` is there already, as entry {found[entry]}", "keep one of the two")
            found.setdefault(entry, position)
    return tuple(found)


def _endpoint(entry: str, report: Report) -> bool:
    """Whether this is a VPC endpoint's id."""
    if ENDPOINT.fullmatch(entry):
        return True
    problem = f"{told(entry)} is no id of a VPC endpoint"
    if entry.startswith("vpc-"):
        problem = f"{told(entry)} is a VPC, and one VPC endpoint has to be named"
    report.mistake(
        problem, "write an id such as `vpce-0a1b2c3d4e5f67890` (`aws ec2 describe-vpc-endpoints` tells it)"
    )
    return False


def _principal(entry: str, report: Report) -> bool:
    """Whether this is the ARN of exactly one role or user."""
    session = SESSION.fullmatch(entry)
    if "*" in entry or "?" in entry or "${" in entry:
        report.mistake(
            f"{told(entry)} has a wildcard or variable, so it names nobody in particular", ARN_FORM
        )
    elif session:
        partition, account, role = session.groups()
        report.mistake(
            f"{told(entry)} is one session; the exemption is for the role behind it",
            f"write `arn:{partition}:iam::{account}:role/{clipped(role)}` with its path, if it has one",
        )
    elif ROOT.fullmatch(entry):
        report.mistake(f"{told(entry)} is a whole account", ARN_FORM)
    elif not PRINCIPAL.fullmatch(entry):
        report.mistake(f"{told(entry)} is no ARN of a role or user", ARN_FORM)
    else:
        return True
    return False

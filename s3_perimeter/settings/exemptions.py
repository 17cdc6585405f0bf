"""`vpcEndpoints` and `breakGlassPrincipals`: who has access from outside the allow-list, by name.

Source: IAM User Guide, "IAM identifiers" (ARNs); AWS Organizations API Reference, "Organization" (ids).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from s3_perimeter.documents.nodes import clipped
from s3_perimeter.partitions import PARTITIONS
from s3_perimeter.settings.forms import fields, items, shown
from s3_perimeter.settings.report import Report

__all__ = ["read_break_glass", "read_vpc_endpoints"]

_ARN = f"arn:(?:{'|'.join(PARTITIONS)})"
_HEX = "(?:[0-9a-f]{8}|[0-9a-f]{17})"
ENDPOINT = re.compile(f"vpce-{_HEX}", re.ASCII)
OWNERS = {
    "organization": (re.compile("o-[a-z0-9]{10,32}", re.ASCII), "the id of an organization, `o-a1b2c3d4e5`"),
    "account": (re.compile("[0-9]{12}", re.ASCII), 'an account\'s twelve digits as text, `"111122223333"`'),
    "vpc": (
        re.compile(_ARN + f":ec2:[a-z0-9-]+:[0-9]{{12}}:vpc/vpc-{_HEX}", re.ASCII),
        "the ARN of a VPC, `arn:aws:ec2:eu-west-1:111122223333:vpc/vpc-0a1b2c3d4e5f67890`",
    ),
}
"""What all VPC endpoints can be exempt by, with the form of its name and that in words."""
ENDPOINT_FORMS = (
    "write an id such as `vpce-0a1b2c3d4e5f67890` (`aws ec2 describe-vpc-endpoints` shows it), or for all of "
    'their endpoints `{"organization": "o-…"}`, `{"account": "…"}` or `{"vpc": "arn:aws:ec2:…"}`'
)
PRINCIPAL = re.compile(_ARN + r":iam::[0-9]{12}:(?:role|user)/[\x21-\x7e]{1,512}", re.ASCII)
SESSION = re.compile(rf"arn:({'|'.join(PARTITIONS)}):sts::([0-9]{{12}}):assumed-role/([^/]+)/.+", re.ASCII)
ROOT = re.compile(rf"(?:{_ARN}:iam::)?[0-9]{{12}}(?::root)?", re.ASCII)
ARN_FORM = "write the ARN of one role or user, `arn:aws:iam::111122223333:role/break-glass`"


def read_vpc_endpoints(value: object, report: Report) -> tuple[str, ...]:
    """Return the VPC endpoints whose requests are exempt, by name: the id of one, or what owns all of
    them.
    """
    return _read(value, report, 'write a list such as `["vpce-0a1b2c3d4e5f67890"]`', _endpoint, _owner)


def read_break_glass(value: object, report: Report) -> tuple[str, ...]:
    """Return the ARNs of the principals that have access from anywhere."""
    return _read(
        value, report, 'write a list such as `["arn:aws:iam::111122223333:role/break-glass"]`', _principal
    )


def _read(
    value: object,
    report: Report,
    example: str,
    judge: Callable[[str, Report], bool],
    of_object: Callable[[object, Report], str | None] | None = None,
) -> tuple[str, ...]:
    """Return the good elements of a list of texts, each once; `of_object` reads those that are objects."""
    found: dict[str, int] = {}
    for position, entry in enumerate((() if value is None else items(value, report, example)) or (), 1):
        here = report.at(f"entry {position}")
        if of_object and isinstance(entry, Mapping):
            entry = of_object(entry, here)
            if entry is None:
                continue
        if not isinstance(entry, str) or not entry:
            here.mistake(f"expected text, found {shown(entry)}", example)
        elif judge(entry, here):
            if entry in found:
                here.warn(f"`{entry}` is already entry {found[entry]}", "keep one of the two")
            found.setdefault(entry, position)
    return tuple(found)


def _endpoint(entry: str, report: Report) -> bool:
    """Whether this names VPC endpoints."""
    if ENDPOINT.fullmatch(entry) or any(form.fullmatch(entry) for form, _ in OWNERS.values()):
        return True
    problem = f"{shown(entry)} is not the id of a VPC endpoint"
    if entry.startswith("vpc-"):
        problem = (
            f"{shown(entry)} is a VPC; a VPC is named by its ARN, which holds its region and account too"
        )
    report.mistake(problem, ENDPOINT_FORMS)
    return False


def _owner(entry: object, report: Report) -> str | None:
    """Return the name in an object with exactly one of `organization`, `account` and `vpc`."""
    before = len(report.mistakes)
    given = fields(entry, report, tuple(OWNERS)) or {}
    if len(report.mistakes) > before:
        return None
    if len(given) != 1:
        what = "none" if not given else "several"
        report.mistake(
            f"the object has {what} of `organization`, `account` and `vpc`", "write exactly one in each entry"
        )
        return None
    ((kind, name),) = given.items()
    form, words = OWNERS[kind]
    if not isinstance(name, str) or not form.fullmatch(name):
        report.at(f"`{kind}`").mistake(f"{shown(name)} is not {words.partition(',')[0]}", f"write {words}")
        return None
    return name


def _principal(entry: str, report: Report) -> bool:
    """Whether this is the ARN of exactly one role or user."""
    session = SESSION.fullmatch(entry)
    if "*" in entry or "?" in entry or "${" in entry:
        report.mistake(
            f"{shown(entry)} has a wildcard or variable, so it names nobody in particular", ARN_FORM
        )
    elif session:
        partition, account, role = session.groups()
        report.mistake(
            f"{shown(entry)} is one session; the exemption is for the role behind it",
            f"write `arn:{partition}:iam::{account}:role/{clipped(role)}` with its path, if it has one",
        )
    elif ROOT.fullmatch(entry):
        report.mistake(f"{shown(entry)} is a whole account", ARN_FORM)
    elif not PRINCIPAL.fullmatch(entry):
        report.mistake(f"{shown(entry)} is not the ARN of a role or user", ARN_FORM)
    else:
        return True
    return False

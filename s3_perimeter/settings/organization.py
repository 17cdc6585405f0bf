"""An organization's perimeter: the config of a stack that fences many buckets by resource control policies.

Source: AWS Organizations API Reference, the patterns of "AttachPolicy" and "CreatePolicy".
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from s3_perimeter.also_exempt import AlsoExempt
from s3_perimeter.errors import PerimeterError
from s3_perimeter.fence import Perimeter, other_kind
from s3_perimeter.settings.forms import fields, flag, items, one_line, shown, unknown
from s3_perimeter.settings.report import Report, SettingsError
from s3_perimeter.settings.settings import Settings

__all__ = ["EXEMPT", "ONLY_OF_ORGANIZATIONS", "ORGANIZATION_KEYS", "OrganizationSettings", "read_exempt"]

_SHARED = (
    "allowedNetworks",
    "vpcEndpoints",
    "breakGlassPrincipals",
    "trustAwsServices",
    "mustReach",
    "tags",
    "protect",
)
"""What means the same as in the config of one bucket."""
ONLY_OF_ORGANIZATIONS = ("targets", "buckets", "exempt", "policyName")
"""What only such a stack's config has."""
ORGANIZATION_KEYS = (*_SHARED, *ONLY_OF_ORGANIZATIONS)
"""Every config key of such a stack, without its namespace."""

EXEMPT = {
    "services": "services",
    "forwardAccess": "forward_access",
    "principalAccounts": "principal_accounts",
    "principalTag": "principal_tag",
    "resourceTag": "resource_tag",
}
"""The fields of `exempt`, each with the field of `AlsoExempt` that it is."""
LOG_DELIVERY = "logging.s3.amazonaws.com"

_TARGET = re.compile(r"r-[0-9a-z]{4,32}|ou-[0-9a-z]{4,32}-[a-z0-9]{8,32}|[0-9]{12}", re.ASCII)
_BUCKETS = re.compile(r"[a-z0-9.*?-]{1,63}", re.ASCII)
_TARGETS = 'write a list such as `["ou-ab12-11111111"]`, or of account ids'
_PATTERNS = 'write a list of names and patterns, such as `["acme-*"]`; `["*"]` is every bucket'
_LONGEST_NAME = 120


@dataclass(frozen=True, slots=True)
class OrganizationSettings:
    """What such a stack's config says, checked, with every default filled in.

    `access` holds the allow-list, its exemptions, tags and protection. `targets` are ids of roots,
    organizational units and accounts, and `buckets` the names and patterns of names that are fenced.
    """

    access: Settings
    targets: tuple[str, ...]
    buckets: tuple[str, ...]
    exempt: AlsoExempt
    policy_name: str | None

    @classmethod
    def parse(
        cls,
        config: Mapping[str, object],
        *,
        project: str,
        stack: str,
        today: date,
        later_targets: bool = False,
        kind: str = "config key",
    ) -> OrganizationSettings:
        """Read the config as `Settings.parse` does; SettingsError lists every mistake in it. With
        `later_targets`, some targets are only known later, so that there may be no other. `kind` is what
        messages call a key.
        """
        report = Report()
        for key in config:
            if key not in ORGANIZATION_KEYS:
                where = report.of(key if isinstance(key, str) else shown(key))
                unknown(key, ORGANIZATION_KEYS, where, kind)
        given = {key: value for key, value in config.items() if value is not None and value != ""}
        targets = _listed(given.get("targets"), report.of("targets"), _TARGETS, _target)
        if not targets and not later_targets and "targets" not in {each.key for each in report.mistakes}:
            report.of("targets").mistake("the policy is attached to nothing", _TARGETS)
        buckets = _listed(given.get("buckets"), report.of("buckets"), _PATTERNS, _pattern)
        exempt = read_exempt(given.get("exempt"), report.of("exempt"))
        name = _policy_name(given.get("policyName"), report.of("policyName"))
        try:
            shared = {key: value for key, value in given.items() if key in _SHARED}
            access = Settings.parse(shared, project=project, stack=stack, today=today)
        except SettingsError as error:
            raise SettingsError(
                (*report.mistakes, *error.mistakes), (*report.warnings, *error.warnings)
            ) from error
        if not access.trust_aws_services and LOG_DELIVERY not in exempt.services:
            report.of("exempt").warn(
                "S3's log delivery is denied, so none of these buckets receives access logs any more",
                f"add `{LOG_DELIVERY}` to `services`; each log bucket's own policy says whose logs it takes",
            )
        if report.mistakes:
            raise SettingsError(report.mistakes, (*report.warnings, *access.warnings))
        object.__setattr__(access, "warnings", (*report.warnings, *access.warnings))
        return cls(access, targets, buckets or ("*",), exempt, name)

    def perimeters(self, partition: str = "aws") -> list[Perimeter]:
        """Return the perimeter of each name and pattern."""
        return [self.access.perimeter(partition=partition, bucket=each) for each in self.buckets]


def _listed(
    value: object, report: Report, example: str, judge: Callable[[str, Report], bool]
) -> tuple[str, ...]:
    """Return the good elements of a list of texts, each once."""
    found: dict[str, None] = {}
    for position, entry in enumerate((() if value is None else items(value, report, example)) or (), 1):
        here = report.at(f"entry {position}")
        if not isinstance(entry, str) or not entry:
            here.mistake(f"{shown(entry)} is not text", example)
        elif judge(entry, here):
            found[entry] = None
    return tuple(found)


def _target(entry: str, report: Report) -> bool:
    """Whether this is the id of a root, an organizational unit or an account."""
    if _TARGET.fullmatch(entry):
        return True
    report.mistake(
        f"{shown(entry)} is not the id of a root, an organizational unit or an account",
        "write an id such as `ou-ab12-11111111` (`aws organizations list-roots` and what is below)",
    )
    return False


def _pattern(entry: str, report: Report) -> bool:
    """Whether this is the name of a general purpose bucket, or a pattern of such names."""
    if not _BUCKETS.fullmatch(entry):
        report.mistake(f"{shown(entry)} is not a bucket name and not a pattern of names", _PATTERNS)
        return False
    problem = other_kind(entry)
    if problem:
        report.mistake(problem, "name general purpose buckets")
    return problem is None


def read_exempt(value: object, report: Report) -> AlsoExempt:
    """Return who is exempt in addition, field by field; nobody where the config says nothing."""
    given = (fields(value, report, tuple(EXEMPT)) if value is not None else None) or {}
    asked: dict[str, object] = {}
    for name, content in given.items():
        here = report.at(f"`{name}`")
        if name == "forwardAccess":
            asked[EXEMPT[name]] = flag(content, here) or False
        elif name.endswith("Tag"):
            asked[EXEMPT[name]] = one_line(content, here, "write the key of a tag") or ""
        else:
            asked[EXEMPT[name]] = _listed(content, here, "write a list of texts", lambda *_: True)
    found = {}
    for name, content in asked.items():
        try:
            AlsoExempt(**{name: content})  # type: ignore[arg-type]
        except PerimeterError as error:
            key = next(key for key, field in EXEMPT.items() if field == name)
            problem, _, remedy = str(error).partition("\n\nhint: ")
            report.at(f"`{key}`").mistake(problem.partition(": ")[2], remedy)
        else:
            found[name] = content
    return AlsoExempt(**found)  # type: ignore[arg-type]


def _policy_name(value: object, report: Report) -> str | None:
    """Return the beginning of the policies' names, if the config says one."""
    if value is None:
        return None
    return one_line(value, report, "write a short name", _LONGEST_NAME)

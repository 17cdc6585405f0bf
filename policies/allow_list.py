"""The allow-list that a deployment is judged by, and where it comes from.

In this order: the stack's own config as the engine sent it; the pack's config, for programs that know
nothing of this project; and, only where the engine sends no config at all (``pulumi policy analyze``), what
the state itself says is in force. Where none of them speaks nothing can be proved, and every bucket is
refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Final

from perimeter import Perimeter
from perimeter.settings import NAMESPACE, Settings, SettingsError
from policies import kinds
from policies.deployment import Bucket, Deployment
from policies.pack_config import PackConfigError
from policies.session import Session
from policies.values import Properties, Value, unknown_within

SEALING_RULE: Final = "bucket-policy-denies-outside"
BY_BUCKET: Final = "allowedNetworksByBucket"
KEYS: Final = (
    "allowedNetworks",
    "vpcEndpoints",
    "breakGlassPrincipals",
    "trustAwsServices",
    "mustReach",
)


@dataclass(frozen=True, slots=True)
class Listed:
    """One declared allow-list with its exemptions. ``source`` names the place that a person would edit."""

    settings: Settings
    source: str
    pattern: str = "*"


@dataclass(frozen=True, slots=True)
class AllowList:
    """What may come in: a list for every bucket, and before it those of single buckets by name."""

    lists: tuple[Listed, ...]

    def of(self, bucket: Bucket) -> Listed:
        """The list that this bucket is judged by: the one with the longest pattern that its name matches."""
        matching = [listed for listed in self.lists if fnmatchcase(bucket.name or "", listed.pattern)]
        return max(matching, key=lambda listed: (len(listed.pattern), listed.pattern))

    def perimeter(self, bucket: Bucket) -> Perimeter:
        """The perimeter that this bucket has to have; its name must be known."""
        if bucket.name is None:
            raise ValueError("a perimeter needs the bucket's name")
        return self.of(bucket).settings.perimeter(partition=partition(bucket), bucket=bucket.name)


@dataclass(frozen=True, slots=True)
class NoAllowList:
    """Why there is no allow-list to judge by, and how to give one."""

    problem: str
    fix: str


def allow_list(session: Session, deployment: Deployment) -> AllowList | NoAllowList:
    """The allow-list of this run."""
    for source, config in _sources(session, deployment):
        if not config:
            continue
        if unknown_within(dict(config)):
            return NoAllowList(f"{source} is not known during preview", _FIX)
        lists = []
        for pattern, networks in ("*", config.get("allowedNetworks")), *_by_bucket(session):
            place = source if pattern == "*" else f"the pack's config (`{SEALING_RULE}.{BY_BUCKET}`)"
            project, stack = _identity(session, deployment)
            asked = {**config, "allowedNetworks": networks}
            if pattern != "*":
                asked.pop("mustReach", None)
            try:
                settings = Settings.parse(asked, project=project, stack=stack, today=session.today)
            except SettingsError as error:
                return NoAllowList(f"{place} has a mistake: {error}", "mend it; the lines above say how")
            lists.append(Listed(settings, place, pattern))
        return AllowList(tuple(lists))
    return NoAllowList("there is no allow-list to judge it by", _FIX)


def _by_bucket(session: Session) -> list[tuple[str, Value]]:
    """The lists of single buckets in the pack's config."""
    given = session.pack_config.get(SEALING_RULE, {}).get(BY_BUCKET)
    if given is None:
        return []
    if not isinstance(given, Mapping):
        raise PackConfigError(
            f"`{BY_BUCKET}` is not an object\n\nhint: write a list of networks for each pattern"
        )
    return sorted(given.items())


def partition(bucket: Bucket) -> str:
    """The AWS partition of the bucket's ARN, by the region that it is in."""
    region = next(
        (found.region for found in (bucket.resource, *bucket.sidecars) if found and found.region), ""
    )
    return next((name for prefix, name in _PARTITIONS.items() if region.startswith(prefix)), "aws")


def _sources(session: Session, deployment: Deployment) -> list[tuple[str, Properties]]:
    found: list[tuple[str, Properties]] = []
    if session.stack is not None:
        own = {
            name.removeprefix(f"{NAMESPACE}:"): value
            for name, value in session.stack.config.items()
            if name.startswith(f"{NAMESPACE}:")
        }
        found.append((f"the stack's config (`{NAMESPACE}:allowedNetworks`)", own))
    pack = session.pack_config.get(SEALING_RULE, {})
    found.append(
        (
            f"the pack's config (`{SEALING_RULE}.allowedNetworks`)",
            {key: pack[key] for key in KEYS if key in pack},
        )
    )
    if session.stack is None:
        found.append(("the stack's output `allowedNetworks`", _in_force(deployment)))
    return found


def _in_force(deployment: Deployment) -> Properties:
    """What the stack's own outputs say is in force."""
    for stack in deployment.of(kinds.STACK):
        return {key: stack.outputs[key] for key in KEYS if key in stack.outputs}
    return {}


def _identity(session: Session, deployment: Deployment) -> tuple[str, str]:
    """Project and stack: as the engine sent them, else as they stand in every URN."""
    if session.stack is not None:
        return session.stack.project, session.stack.stack
    parts = deployment.resources[0].urn.split("::") if deployment.resources else []
    return (parts[1], parts[0].rpartition(":")[2]) if len(parts) > 1 else (NAMESPACE, "unknown")


_PARTITIONS: Final[Mapping[str, str]] = {
    "cn-": "aws-cn",
    "us-gov-": "aws-us-gov",
    "us-iso-": "aws-iso",
    "us-isob-": "aws-iso-b",
    "eu-isoe-": "aws-iso-e",
    "us-isof-": "aws-iso-f",
    "eusc-": "aws-eusc",
}
_FIX: Final = (
    f"set the stack's config key `{NAMESPACE}:allowedNetworks` (pulumi config set --path "
    f"'{NAMESPACE}:allowedNetworks[0]' 203.0.113.0/24), or give `{SEALING_RULE}` an `allowedNetworks` in the "
    "pack's config"
)

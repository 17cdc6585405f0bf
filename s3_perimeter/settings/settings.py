"""Settings: a stack's config, validated as a whole and frozen."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from types import MappingProxyType

from s3_perimeter.addresses import AddressSet
from s3_perimeter.fence import ExpiringNetworks, Perimeter
from s3_perimeter.settings.access_logs import AccessLogs, read_access_logs
from s3_perimeter.settings.allowed import (
    AllowedNetwork,
    addresses_of,
    expiring_networks,
    read_allowed_networks,
)
from s3_perimeter.settings.bucket_names import advice_on_name, derived_name, log_name
from s3_perimeter.settings.encryption import Encryption, read_encryption
from s3_perimeter.settings.exemptions import read_break_glass, read_vpc_endpoints
from s3_perimeter.settings.forms import flag, shown, unknown
from s3_perimeter.settings.must_reach import read_must_reach
from s3_perimeter.settings.report import ConfigWarning, Report, SettingsError
from s3_perimeter.settings.roles import Role, read_roles
from s3_perimeter.settings.tags import read_tags
from s3_perimeter.settings.url_age import read_url_age
from s3_perimeter.settings.users import User, read_users

__all__ = ["KEYS", "Settings"]

KEYS = (
    "allowedNetworks",
    "bucketName",
    "users",
    "roles",
    "encryption",
    "accessLogs",
    "versioning",
    "tags",
    "protect",
    "vpcEndpoints",
    "breakGlassPrincipals",
    "trustAwsServices",
    "mustReach",
    "maxUrlAge",
)
"""Every config key of a stack, without its namespace."""

THROUGH_ENDPOINTS_ALONE = (
    "the allow-list is empty, so only requests through the exempt VPC endpoints reach the bucket; whoever "
    "deploys has to come through one of them too",
    "run every deployment from such a VPC, or name the deploying role in `breakGlassPrincipals`",
)


@dataclass(frozen=True, slots=True)
class Settings:
    """What a stack's config says, checked, with every default filled in.

    `allowed` keeps the entries as written; `bucket_name` is None where the name is derived by `bucket`.
    """

    project: str
    stack: str
    allowed: tuple[AllowedNetwork, ...]
    bucket_name: str | None
    users: tuple[User, ...]
    roles: tuple[Role, ...]
    encryption: Encryption
    access_logs: AccessLogs
    versioning: bool
    tags: Mapping[str, str] = field(hash=False)
    protect: bool
    vpc_endpoints: tuple[str, ...]
    break_glass: tuple[str, ...]
    trust_aws_services: bool
    must_reach: AddressSet
    max_url_age: timedelta | None
    warnings: tuple[ConfigWarning, ...] = field(default=(), compare=False)

    @classmethod
    def parse(
        cls,
        config: Mapping[str, object],
        *,
        project: str,
        stack: str,
        today: date,
        later: Collection[str] = (),
    ) -> Settings:
        """Read the config of a stack, keys without namespace; SettingsError lists every mistake in it.

        Values are as Pulumi hands them over (text, JSON text for lists and objects) or decoded; one that is
        empty text or None is not set. `today` is the day in UTC: entries that expired before it are mistakes.
        What is known only `later`, by key, is left out unread: without `allowedNetworks` nothing is allowed,
        and `mustReach` is not held against it.
        """
        report = Report()
        for key in config:
            if key not in KEYS:
                unknown(key, KEYS, report.of(key if isinstance(key, str) else shown(key)), "config key")
        config = {
            key: value
            for key, value in config.items()
            if key not in later and value is not None and value != ""
        }
        local = _is_local(stack)
        before = len(report.mistakes)
        vpc_endpoints = read_vpc_endpoints(config.get("vpcEndpoints"), report.of("vpcEndpoints"))
        endpoints = bool(vpc_endpoints) or "vpcEndpoints" in later or len(report.mistakes) > before
        before = len(report.mistakes)
        known = "allowedNetworks" not in later
        allowed = (
            read_allowed_networks(
                config.get("allowedNetworks"),
                report.of("allowedNetworks"),
                today=today,
                endpoints=endpoints,
                rehearsal=local,
            )
            if known
            else ()
        )
        complete = known and len(report.mistakes) == before
        settings = cls(
            project=project,
            stack=stack,
            allowed=allowed,
            bucket_name=_bucket_name(config.get("bucketName"), report.of("bucketName")),
            users=read_users(config.get("users"), report.of("users")),
            roles=read_roles(config.get("roles"), report.of("roles")),
            encryption=read_encryption(config.get("encryption"), report.of("encryption")),
            access_logs=read_access_logs(config.get("accessLogs"), report.of("accessLogs")),
            versioning=_flag(config, "versioning", report, default=True),
            tags=MappingProxyType(read_tags(config.get("tags"), report.of("tags"))),
            protect=_flag(config, "protect", report, default=not local),
            vpc_endpoints=vpc_endpoints,
            break_glass=read_break_glass(
                config.get("breakGlassPrincipals"), report.of("breakGlassPrincipals")
            ),
            trust_aws_services=_flag(config, "trustAwsServices", report, default=False),
            must_reach=read_must_reach(
                config.get("mustReach"), report.of("mustReach"), allowed, complete=complete
            ),
            max_url_age=read_url_age(config.get("maxUrlAge"), report.of("maxUrlAge")),
            warnings=(),
        )
        if complete and not (settings.allowed or settings.break_glass):
            report.of("allowedNetworks").warn(*THROUGH_ENDPOINTS_ALONE)
        if settings.bucket_name and settings.bucket_name == settings.access_logs.bucket:
            report.of("accessLogs").at("`bucket`").mistake(
                f"`{settings.bucket_name}` would log to itself, and each log would be logged again",
                "name another bucket, or leave `bucket` out",
            )
        order = {key: position for position, key in enumerate(KEYS)}
        mistakes = sorted(report.mistakes, key=lambda found: order.get(found.key, -1))
        warnings = tuple(sorted(report.warnings, key=lambda found: order.get(found.key, -1)))
        if mistakes:
            raise SettingsError(mistakes, warnings)
        object.__setattr__(settings, "warnings", warnings)
        return settings

    @property
    def allowed_addresses(self) -> AddressSet:
        """Every address of the allow-list, the expiring ones included."""
        return addresses_of(self.allowed)

    @property
    def expiring(self) -> tuple[ExpiringNetworks, ...]:
        """The addresses that stop being allowed, with the moment."""
        return expiring_networks(self.allowed)

    def bucket(self, account: str) -> str:
        """Return the bucket's name: as configured, or derived from project, stack and account."""
        return self.bucket_name or derived_name(self.project, self.stack, account)

    def log_bucket(self, account: str) -> str:
        """Return the name of the bucket that access logs go to: the configured one, or the stack's own."""
        return self.access_logs.bucket or log_name(self.bucket(account))

    def perimeter(
        self, *, account: str | None = None, partition: str = "aws", bucket: str | None = None
    ) -> Perimeter:
        """Return the perimeter that these settings ask for; `bucket` names the bucket if nothing else
        does.
        """
        name = bucket or self.bucket_name or (self.bucket(account) if account else None)
        if name is None:
            raise ValueError("a derived bucket name needs the account: give `account` or `bucket`")
        return Perimeter(
            bucket=name,
            allowed=self.allowed_addresses,
            account=account,
            partition=partition,
            vpc_endpoints=self.vpc_endpoints,
            break_glass=self.break_glass,
            trust_aws_services=self.trust_aws_services,
            expiring=self.expiring,
        )


def _is_local(stack: str) -> bool:
    """Whether the stack is for the embedded AWS by its name: `local`, or `local-` and more."""
    name = stack.rpartition("/")[2]
    return name == "local" or name.startswith("local-")


def _bucket_name(value: object, report: Report) -> str | None:
    """Return the configured name of the bucket, if there is one."""
    if value is None:
        return None
    if not isinstance(value, str):
        report.mistake(
            f"{shown(value)} is not a bucket name", "write the name in double quotes, or leave it out"
        )
        return None
    advice = advice_on_name(value)
    if advice:
        report.mistake(advice.problem, advice.remedy)
    return value


def _flag(config: Mapping[str, object], key: str, report: Report, *, default: bool) -> bool:
    """Return a setting that is on or off."""
    value = config.get(key)
    read = None if value is None else flag(value, report.of(key))
    return default if read is None else read

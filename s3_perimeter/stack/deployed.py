"""A stack as commands see it: what is deployed, who was given keys, and what its config says."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from s3_perimeter.reporting.errors import CommandError
from s3_perimeter.reporting.saying import note
from s3_perimeter.stack.pulumi import pulumi_json

if TYPE_CHECKING:
    from s3_perimeter.semantics.reach import Reach
    from s3_perimeter.settings import Settings

__all__ = [
    "AccessKey",
    "Resource",
    "Role",
    "Stack",
    "User",
    "add_stack_arguments",
    "config_values",
    "read_stack",
]

NAMESPACE: Final = "s3-perimeter"
COMPONENT: Final = "s3-perimeter:index:PrivateBucket"
ROLE_COMPONENT: Final = "s3-perimeter:index:RemoteRole"
# How an exported state marks a secret (pulumi/sdk, resource properties: the signature key and its secret
# mark).
SIGNATURE: Final = "4dabf18193072939515e22adb298388d"
SECRET_MARK: Final = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105


@dataclass(frozen=True, slots=True)
class Resource:
    """One deployed resource; secrets are kept out of what is printed of it."""

    urn: str
    type: str
    id: str
    parent: str
    inputs: Mapping[str, Any] = field(repr=False)
    outputs: Mapping[str, Any] = field(repr=False)

    @property
    def name(self) -> str:
        """The name that the program gave it."""
        return self.urn.rpartition("::")[2]

    def text(self, key: str) -> str | None:
        """An output, or else an input, where it is a text that is not empty."""
        value = self.outputs.get(key) or self.inputs.get(key)
        return value if isinstance(value, str) and value else None


@dataclass(frozen=True, slots=True)
class AccessKey:
    """One access key slot of a user; `secret` is there only where secrets were asked for."""

    slot: str
    id: str
    secret: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class User:
    """A remote person: the name in the config, the name in IAM, and the access keys."""

    name: str
    iam_name: str
    arn: str
    keys: tuple[AccessKey, ...]


@dataclass(frozen=True, slots=True)
class Role:
    """A role of people who sign in elsewhere: the name in the config, the name in IAM, and its trust
    policy.
    """

    name: str
    iam_name: str
    arn: str
    trust: str
    longest_seconds: int


@dataclass(frozen=True)
class Stack:
    """One stack of this project, as it was last deployed, with the config as it is now."""

    name: str
    project: str
    directory: Path
    resources: tuple[Resource, ...] = field(repr=False)
    outputs: Mapping[str, Any] = field(repr=False)
    config: Mapping[str, object] = field(repr=False)
    region: str | None = None
    pending: tuple[str, ...] = ()
    """What a deployment was doing as it broke off; AWS may have done it or not."""
    asked: str = ""
    """The name that was asked for, such as `org/project/dev`."""

    @property
    def reference(self) -> str:
        """The name by which commands find this stack, of whatever organization it is."""
        return self.asked or self.name

    def of(self, *types: str) -> Iterator[Resource]:
        """The deployed resources of these types, such as `aws:s3/bucketPolicy:BucketPolicy`, in the state's
        order.
        """
        return (resource for resource in self.resources if resource.type in types)

    @cached_property
    def settings(self) -> Settings:
        """The config, checked. Raises SettingsError with every mistake in it."""
        from s3_perimeter.settings import Settings

        today = datetime.now(UTC).date()
        return Settings.parse(self.config, project=self.project, stack=self.name, today=today)

    def say_warnings(self) -> None:
        """Print to standard error what is legal in the config and probably not meant."""
        for warning in self.settings.warnings:
            note(warning)

    @cached_property
    def bucket(self) -> str:
        """The fenced bucket's name: an output, or the component's own where a deployment broke off before it
        wrote any. Raises CommandError where there is none yet.
        """
        if isinstance(given := self.outputs.get("bucket"), str):
            return given
        own = [each for each in self.of("aws:s3/bucket:Bucket") if type_of(each.parent) == COMPONENT]
        names = [name for each in own if (name := each.text("bucket") or each.id)]
        if len(names) == 1:
            return names[0]
        if not names:
            raise CommandError(
                f"stack `{self.name}` has no bucket yet: its deployment broke off before it was made",
                f"run `pulumi up --stack {self.reference}` again",
            )
        raise CommandError(
            f"stack `{self.name}` has several buckets, and no output `bucket` says which: {', '.join(names)}",
            "export the one that is meant as `bucket`",
        )

    @cached_property
    def reach(self) -> Reach | None:
        """Who the deployed policy lets pass as of now; None where none is deployed, or it is no policy."""
        from s3_perimeter.documents.document import PolicyDocument, PolicyError
        from s3_perimeter.semantics.reach import Reach

        if self.policy is None:
            return None
        try:
            policy = PolicyDocument.parse(self.policy)
        except PolicyError:
            return None
        return Reach(policy, self.bucket, datetime.now(UTC), self.partition, self.account)

    @cached_property
    def allowed_networks(self) -> list[str]:
        """The allow-list in force: an output, or what the deployed policy lets pass."""
        given = self.outputs.get("allowedNetworks")
        if isinstance(given, list):
            return [str(entry["cidr"] if isinstance(entry, dict) else entry) for entry in given]
        return list(self.reach.allowed().cidrs()) if self.reach else []

    @property
    def account(self) -> str | None:
        """The account's id, out of the first deployed ARN that has one."""
        for resource in self.resources:
            parts = (resource.text("arn") or "").split(":")
            if len(parts) > 4 and parts[4].isdigit():
                return parts[4]
        return None

    @property
    def partition(self) -> str:
        """The partition of the bucket's ARN."""
        arns = [
            str(self.outputs.get("bucketArn") or ""),
            *(each.text("arn") or "" for each in self.resources),
        ]
        return next((arn.split(":")[1] for arn in arns if arn.startswith("arn:")), "aws")

    @property
    def policy(self) -> str | None:
        """The bucket policy as deployed, if one is."""
        for resource in self.of("aws:s3/bucketPolicy:BucketPolicy"):
            if resource.text("bucket") == self.bucket:
                return resource.text("policy")
        return None

    @property
    def log_place(self) -> tuple[str, str, bool]:
        """Bucket and prefix of the access logs, and whether their names are the prefix and a time alone."""
        for resource in self.of(
            "aws:s3/bucketLogging:BucketLogging", "aws:s3/bucketLoggingV2:BucketLoggingV2"
        ):
            if resource.text("bucket") == self.bucket and (target := resource.text("targetBucket")):
                partitioned = "partitionedPrefix" in json.dumps(
                    resource.inputs.get("targetObjectKeyFormat") or {}
                )
                return target, resource.text("targetPrefix") or "", not partitioned
        raise CommandError(
            f"stack `{self.name}` has no access logging",
            "deploy it with `pulumi up`; the config key is `accessLogs`",
        )

    @cached_property
    def users(self) -> tuple[User, ...]:
        """Every remote person of the stack, in the state's order."""
        return tuple(self._user(resource) for resource in self.of("aws:iam/user:User"))

    def user(self, name: str | None) -> User:
        """The user of that name (in the config or in IAM), or the only one. Raises CommandError."""
        names = ", ".join(user.name for user in self.users) or "none"
        if name is None and len(self.users) == 1:
            return self.users[0]
        for user in self.users:
            if name in (user.name, user.iam_name):
                return user
        if name is None and not self.users:
            roles = ", ".join(role.name for role in self.roles)
            way_out = f"name a role with --role: {roles}" if roles else "the config key is `users`"
            raise CommandError(f"stack `{self.name}` has no user", way_out)
        if name is None:
            raise CommandError(f"stack `{self.name}` has several users: {names}", "name one with --user")
        raise CommandError(f"stack `{self.name}` has no user `{name}`", f"its users are: {names}")

    def _user(self, resource: Resource) -> User:
        iam_name = resource.text("name") or resource.id
        # The component that holds a user is called COMPONENT-PERSON, its keys COMPONENT-PERSON-SLOT.
        keys = tuple(
            AccessKey(
                key.name.removeprefix(resource.name).lstrip("-") or key.name,
                key.id,
                secret if isinstance(secret := key.outputs.get("secret"), str) else None,
            )
            for key in self.of("aws:iam/accessKey:AccessKey")
            if key.text("user") in (iam_name, resource.id)
        )
        people = self._people("users", [{"name": "remote-user"}])
        return User(named(iam_name, people), iam_name, resource.text("arn") or iam_name, keys)

    @cached_property
    def roles(self) -> tuple[Role, ...]:
        """Every role of ours for people, in the state's order; a program's other roles are none."""
        people = list(self._people("roles", []))
        return tuple(
            Role(
                named(iam_name, people),
                iam_name,
                resource.text("arn") or iam_name,
                resource.text("assumeRolePolicy") or "{}",
                int(resource.outputs.get("maxSessionDuration") or 3600),
            )
            for resource in self.of("aws:iam/role:Role")
            if type_of(resource.parent) == ROLE_COMPONENT
            and (iam_name := resource.text("name") or resource.id)
        )

    def role(self, name: str) -> Role:
        """The role of that name (in the config or in IAM). Raises CommandError."""
        for role in self.roles:
            if name in (role.name, role.iam_name):
                return role
        names = ", ".join(role.name for role in self.roles) or "none"
        raise CommandError(
            f"stack `{self.name}` has no role `{name}`",
            f"its roles are: {names}; the config key is `roles`, and `pulumi up` makes them",
        )

    def _people(self, key: str, default: list[dict[str, str]]) -> Iterator[str]:
        """The names that the config gives to users or roles; a config with mistakes still names them."""
        given = self.config.get(key)
        for entry in given if isinstance(given, list) else default:
            if isinstance(entry, Mapping) and isinstance(entry.get("name"), str):
                yield entry["name"]


def named(iam_name: str, people: Iterable[str]) -> str:
    """The name in the config of what IAM knows by that name; the latter where the config names nobody so."""
    longest_first = sorted(people, key=len, reverse=True)
    return next(
        (person for person in longest_first if iam_name == person or iam_name.endswith(f"-{person}")),
        iam_name,
    )


def add_stack_arguments(parser: argparse.ArgumentParser, *, required: bool = True) -> None:
    """Give a command `--stack` and `--cwd`; where a stack is required, the selected one is the default."""
    said = "the stack (default: the selected one)" if required else "the stack"
    parser.add_argument("--stack", "-s", metavar="NAME", help=said)
    parser.set_defaults(stack_needed=required)
    parser.add_argument(
        "--cwd", "-C", type=Path, metavar="DIR", help="the folder with Pulumi.yaml (default: here)"
    )


def read_stack(
    name: str, *, directory: Path | None = None, secrets: bool = False, config_needed: bool = True
) -> Stack:
    """Read a deployed stack of this project, also where its last deployment broke off.

    Raises CommandError where it does not exist, is empty, was not made by s3-perimeter, or cannot be opened;
    where its config cannot be read, only if that is needed.
    """
    shown = ["--show-secrets"] if secrets else []
    with ThreadPoolExecutor(2) as both:
        export = both.submit(
            pulumi_json, ["stack", "export", "--stack", name, *shown], stack=name, directory=directory
        )
        config = both.submit(
            pulumi_json, ["config", "--json", "--stack", name], stack=name, directory=directory
        )
        exported = export.result()
        try:
            configured = config.result()
        except CommandError:
            if config_needed:
                raise
            configured = {}
    resources = tuple(state_resources(exported))
    if not resources:
        raise CommandError(
            f"stack `{name}` is empty: nothing is deployed", f"run `pulumi up --stack {name}` first"
        )
    root = next((resource for resource in resources if resource.type == "pulumi:pulumi:Stack"), None)
    outputs = root.outputs if root else {}
    project = resources[0].urn.split("::")[1]
    ours = isinstance(outputs.get("bucket"), str) and "allowedNetworks" in outputs
    if not ours and not any(resource.type == COMPONENT for resource in resources):
        raise CommandError(
            f"stack `{name}` of project `{project}` was not made by s3-perimeter: it has no outputs "
            f"`bucket` and `allowedNetworks`, and no {COMPONENT}",
            "is this the right folder? `perimeter check` judges any policy, from a file",
        )
    region = outputs.get("region") or (configured.get("aws:region") or {}).get("value")
    return Stack(
        name=name.rpartition("/")[2],
        project=project,
        directory=directory or Path(),
        resources=resources,
        outputs=outputs,
        config=config_values(configured),
        region=region if isinstance(region, str) else None,
        pending=tuple(pending_in(exported)),
        asked=name,
    )


def config_values(configured: Mapping[str, Any]) -> dict[str, object]:
    """What `pulumi config --json` prints, decoded: this project's keys without their namespace, empty ones
    left out.
    """
    own = f"{NAMESPACE}:"
    found: dict[str, object] = {}
    for key, entry in configured.items():
        value = entry.get("objectValue", entry.get("value"))
        if key.startswith(own) and value not in ("", None):
            found[key.removeprefix(own)] = value
    return found


def state_resources(exported: Mapping[str, Any]) -> Iterator[Resource]:
    """The resources of an exported state that are there; those that only wait for their deletion are not."""
    for entry in (exported.get("deployment") or {}).get("resources") or ():
        if not entry.get("delete"):
            yield Resource(
                urn=entry["urn"],
                type=entry["type"],
                id=entry.get("id", ""),
                parent=entry.get("parent", ""),
                inputs=opened(entry.get("inputs") or {}),
                outputs=opened(entry.get("outputs") or {}),
            )


def pending_in(exported: Mapping[str, Any]) -> Iterator[str]:
    """The operations that a deployment had begun and not ended, such as `updating BucketPolicy NAME`."""
    for entry in (exported.get("deployment") or {}).get("pending_operations") or ():
        resource = entry.get("resource") or {}
        name = str(resource.get("urn") or "").rpartition("::")[2]
        yield f"{entry.get('type')} {str(resource.get('type') or '').rpartition(':')[2]} {name}"


def type_of(urn: str) -> str:
    """The type of the resource that a URN names."""
    parts = urn.split("::")
    return parts[2].rpartition("$")[2] if len(parts) > 3 else ""


def opened(value: Any) -> Any:
    """A value of the state with its secrets opened where the CLI decrypted them, and None where it did
    not.
    """
    if isinstance(value, dict):
        if value.get(SIGNATURE) == SECRET_MARK:
            return json.loads(value["plaintext"]) if "plaintext" in value else None
        return {key: opened(item) for key, item in value.items()}
    if isinstance(value, list):
        return [opened(item) for item in value]
    return value

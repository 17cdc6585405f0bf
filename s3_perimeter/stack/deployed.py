"""A stack as commands see it: what is deployed, and what its config says."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

from s3_perimeter.reporting.errors import CommandError
from s3_perimeter.reporting.saying import note
from s3_perimeter.stack.config import own_config
from s3_perimeter.stack.export import configured, exported, start_config, start_export
from s3_perimeter.stack.people import AccessKey, Role, User, roles_of, users_of
from s3_perimeter.stack.state import State, type_of

if TYPE_CHECKING:
    from s3_perimeter.access.reach import Reach
    from s3_perimeter.settings import ConfigMistake, ConfigWarning, Settings

__all__ = ["AccessKey", "Role", "Stack", "User", "read_stack"]

COMPONENT: Final = "s3-perimeter:index:PrivateBucket"
RemarkT = TypeVar("RemarkT", "ConfigMistake", "ConfigWarning")
ALLOW_LIST: Final = "allowedNetworks"


@dataclass(frozen=True)
class Stack:
    """One stack of this project, as it was last deployed, with the config as it is now."""

    state: State = field(repr=False)
    directory: Path
    config: Mapping[str, object] = field(repr=False)
    region: str | None = None

    @property
    def reference(self) -> str:
        """The name by which commands find this stack, of whatever organization it is."""
        return self.state.asked or self.name

    @property
    def name(self) -> str:
        """The stack's name, without that of its organization."""
        return self.state.stack

    @property
    def project(self) -> str:
        """The project's name."""
        return self.state.project

    @property
    def outputs(self) -> Mapping[str, Any]:
        """What the program exported."""
        return self.state.outputs

    @property
    def pending(self) -> tuple[str, ...]:
        """What a deployment was doing as it broke off, such as `updating BucketPolicy NAME`; AWS may have
        done it or not.
        """
        return tuple(map(_in_words, self.state.pending))

    @cached_property
    def settings(self) -> Settings:
        """The config, checked; where it has no allow-list, what the component was given when it was deployed.

        Raises SettingsError with every mistake in it.
        """
        from s3_perimeter.settings import Settings, SettingsError

        given = {} if ALLOW_LIST in self.config else self._arguments()
        today = datetime.now(UTC).date()
        try:
            found = Settings.parse(
                {**self.config, **given}, project=self.project, stack=self.name, today=today
            )
        except SettingsError as error:
            raise SettingsError(_placed(error.mistakes, given), _placed(error.warnings, given)) from error
        return replace(found, warnings=_placed(found.warnings, given))

    def _arguments(self) -> dict[str, object]:
        """Return what the component that made the bucket was given about access, as the config names it."""
        makers = {
            each.parent
            for each in self.state.of("s3/bucket")
            if self.bucket in (each.text("bucket"), each.id)
        }
        given: dict[str, object] = {}
        for each in self.state.resources:
            if each.type == COMPONENT and each.urn in makers:
                given = dict(each.inputs)
                temporary = given.pop("temporaryNetworks", None)
                if temporary is not None:
                    lists = (given.get(ALLOW_LIST), temporary)
                    given[ALLOW_LIST] = [entry for one in lists if isinstance(one, list) for entry in one]
        return given

    def say_warnings(self) -> None:
        """Print to standard error what is legal in the config and probably not meant.

        A component warns of its own arguments, whenever the program runs.
        """
        for warning in self.settings.warnings if ALLOW_LIST in self.config else ():
            note(warning)

    @cached_property
    def bucket(self) -> str:
        """The fenced bucket's name: an output, or the component's own where a deployment broke off before it
        wrote any. Raises CommandError where there is none yet.
        """
        if isinstance(given := self.outputs.get("bucket"), str):
            return given
        own = [each for each in self.state.of("s3/bucket") if type_of(each.parent or "") == COMPONENT]
        names = [name for each in own if (name := each.text("bucket") or each.id)]
        if len(names) == 1:
            return names[0]
        if not names:
            raise CommandError(
                f"stack `{self.name}` has no bucket yet: its deployment was interrupted before the bucket "
                "was created",
                f"run `pulumi up --stack {self.reference}` again",
            )
        raise CommandError(
            f"stack `{self.name}` has several buckets, and no output `bucket` says which: {', '.join(names)}",
            "export the one that is meant as `bucket`",
        )

    @cached_property
    def reach(self) -> Reach | None:
        """Who the deployed policy lets pass as of now; None where none is deployed, or it is no policy."""
        from s3_perimeter.access.reach import Reach
        from s3_perimeter.documents.document import PolicyDocument, PolicyError

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
        for resource in self.state.resources:
            parts = (resource.text("arn") or "").split(":")
            if len(parts) > 4 and parts[4].isdigit():
                return parts[4]
        return None

    @property
    def partition(self) -> str:
        """The partition of the bucket's ARN."""
        arns = [
            str(self.outputs.get("bucketArn") or ""),
            *(each.text("arn") or "" for each in self.state.resources),
        ]
        return next((arn.split(":")[1] for arn in arns if arn.startswith("arn:")), "aws")

    @property
    def policy(self) -> str | None:
        """The bucket policy as deployed, if one is."""
        for resource in self.state.of("s3/bucketPolicy"):
            if resource.text("bucket") == self.bucket:
                return resource.text("policy")
        return None

    @property
    def log_place(self) -> tuple[str, str, bool]:
        """Bucket and prefix of the access logs, and whether their names are the prefix and a time alone."""
        for resource in self.state.of("s3/bucketLogging"):
            if resource.text("bucket") == self.bucket and (target := resource.text("targetBucket")):
                partitioned = "partitionedPrefix" in str(resource.inputs.get("targetObjectKeyFormat"))
                return target, resource.text("targetPrefix") or "", not partitioned
        raise CommandError(
            f"stack `{self.name}` has no access logging",
            "deploy it with `pulumi up`; the config key is `accessLogs`",
        )

    @cached_property
    def users(self) -> tuple[User, ...]:
        """Every remote person of the stack, in the state's order."""
        return users_of(self.state, self.config)

    def user(self, name: str | None) -> User:
        """Return the user of that name (in the config or in IAM), or the only one. Raises CommandError."""
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

    @cached_property
    def roles(self) -> tuple[Role, ...]:
        """Every role of ours for people, in the state's order; a program's other roles are none."""
        return roles_of(self.state, self.config)

    def role(self, name: str) -> Role:
        """Return the role of that name (in the config or in IAM). Raises CommandError."""
        for role in self.roles:
            if name in (role.name, role.iam_name):
                return role
        names = ", ".join(role.name for role in self.roles) or "none"
        raise CommandError(
            f"stack `{self.name}` has no role `{name}`",
            f"its roles are: {names}; the config key is `roles`, and `pulumi up` makes them",
        )


def read_stack(
    name: str, *, directory: Path | None = None, secrets: bool = False, config_needed: bool = True
) -> Stack:
    """Read a deployed stack of this project, also where its last deployment broke off.

    Raises CommandError where it does not exist, is empty, was not made by s3-perimeter, or cannot be opened,
    StateError where its state cannot be read; where its config cannot be read, only if that is needed.
    """
    exporting, configuring = start_export(name, directory, secrets=secrets), start_config(name, directory)
    try:
        state = exported(exporting, secrets=secrets)
    except BaseException:
        configuring.stop()
        raise
    try:
        config = configured(configuring)
    except CommandError:
        if config_needed:
            raise
        config = {}
    outputs = state.outputs
    ours = isinstance(outputs.get("bucket"), str) and "allowedNetworks" in outputs
    if not ours and not any(resource.type == COMPONENT for resource in state.resources):
        raise CommandError(
            f"stack `{name}` of project `{state.project}` was not created by s3-perimeter: it has no outputs "
            f"`bucket` and `allowedNetworks`, and no {COMPONENT}",
            "is this the right folder? `perimeter check` checks any policy from a file",
        )
    regions = (outputs.get("region"), config.get("aws:region"))
    return Stack(
        state=state,
        directory=directory or Path(),
        config=own_config(config),
        region=next((region for region in regions if isinstance(region, str) and region), None),
    )


def _placed(remarks: Iterable[RemarkT], arguments: Container[str]) -> tuple[RemarkT, ...]:
    """Return the remarks, those on arguments of the component as such."""
    return tuple(replace(remark, of_component=remark.key in arguments) for remark in remarks)


def _in_words(operation: str) -> str:
    """Return an unfinished operation, `updating URN`, as people call what it is about."""
    doing, _, urn = operation.partition(" ")
    return f"{doing} {type_of(urn).rpartition(':')[2]} {urn.rpartition('::')[2]}"

"""From a stack's config, or a program's arguments, to a BucketSpec: the same rules, every mistake at once."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from difflib import get_close_matches
from functools import partial
from operator import attrgetter
from typing import Final, TypeGuard, cast

import pulumi
from pulumi.runtime import config

from s3_perimeter import PerimeterError
from s3_perimeter.settings import NAMESPACE, ConfigMistake, ConfigWarning, Settings, SettingsError

from .args import PrivateBucketArgs
from .bucket_spec import BucketSpec
from .shares import check_names

__all__ = [
    "as_argument",
    "config_of",
    "from_args",
    "from_stack_config",
    "in_plain_words",
    "is_later",
]

Form = dict[str, pulumi.Input[object]]
"""A PrivateBucket's arguments under the names and in the forms that stack config has for them."""

_SAME_FORM: Final = {
    "bucket_name": "bucketName",
    "users": "users",
    "encryption": "encryption",
    "versioning": "versioning",
    "tags": "tags",
    "protect": "protect",
    "vpc_endpoints": "vpcEndpoints",
    "break_glass_principals": "breakGlassPrincipals",
    "trust_aws_services": "trustAwsServices",
    "must_reach": "mustReach",
    "max_url_age": "maxUrlAge",
}
_ROLE: Final = {"assumed_by": "assumedBy", "max_session_hours": "maxSessionHours"}
_ACCESS_LOGS: Final = {
    "access_log_bucket": "bucket",
    "access_log_prefix": "prefix",
    "access_log_retention_days": "retentionDays",
}
_ABOUT_ACCESS: Final = {
    "allowed_networks": "allowedNetworks",
    "temporary_networks": "temporaryNetworks",
    "vpc_endpoints": "vpcEndpoints",
    "break_glass_principals": "breakGlassPrincipals",
    "trust_aws_services": "trustAwsServices",
    "must_reach": "mustReach",
}
"""What the policy pack judges the component's buckets by, where neither config has an allow-list."""
_MAY_COME_LATER: Final = frozenset(
    {"allowed_networks", "temporary_networks", "vpc_endpoints", "break_glass_principals"}
)
"""The arguments that may be outputs of other resources: they only go into the policies."""

_ENTRY: Final = re.compile(r"entry (\d+)")


def from_stack_config() -> BucketSpec:
    """Return what the stack's config asks for, as of today in UTC, or report every mistake in it and end."""
    prefix = f"{pulumi.get_project()}-{pulumi.get_stack()}"
    with in_plain_words("the config has"):
        settings = _settings(config_of(NAMESPACE), pulumi.get_stack())
        check_names(prefix, settings.users, settings.roles)
    return BucketSpec.of(settings, prefix, warnings=tuple(warning.sentence for warning in settings.warnings))


def from_args(name: str, args: PrivateBucketArgs) -> BucketSpec:
    """Return what the arguments of the PrivateBucket of that name ask for, as of today in UTC.

    Mistakes in what is known by now are reported at once and end the program; so are those in what is known
    later, when it is.
    """
    given = _Arguments(cast(Mapping[str, pulumi.Input[object]], args))
    stack = f"{pulumi.get_stack()}-{name}"
    prefix = args.get("name_prefix") or f"{pulumi.get_project()}-{stack}"
    form = given.as_config()
    later = frozenset(key for key, value in form.items() if is_later(value))
    plainly = partial(in_plain_words, f"the arguments of `{name}` have", given.as_argument)

    def access(known: Mapping[str, object]) -> Settings:
        with plainly():
            settings = _settings(known, stack)
        for warning in settings.warnings:
            if warning.key in later:
                pulumi.log.warn(given.as_argument(warning))
        return settings

    with plainly():
        settings = _settings(form, stack, later, given.mistakes())
        check_names(prefix, settings.users, settings.roles)
    return BucketSpec.of(
        settings,
        prefix,
        arguments=given.about_access(),
        warnings=tuple(map(given.as_argument, settings.warnings)),
        access=pulumi.Output.from_input(form).apply(access) if later else None,
        take_over=args.get("take_over", False),
        additional_statements=args.get("additional_statements", ()),
    )


def _settings(
    form: Mapping[str, object],
    stack: str,
    later: frozenset[str] = frozenset(),
    mistakes: Sequence[ConfigMistake] = (),
) -> Settings:
    """Return the settings of a form; SettingsError has its mistakes and those that were found before."""
    try:
        settings = Settings.parse(
            form, project=pulumi.get_project(), stack=stack, today=datetime.now(UTC).date(), later=later
        )
    except SettingsError as error:
        raise SettingsError((*mistakes, *error.mistakes), error.warnings) from error
    if mistakes:
        raise SettingsError(mistakes, settings.warnings)
    return settings


def config_of(namespace: str) -> dict[str, str]:
    """Return the namespace's config by key, without the namespace; objects and lists are JSON text.

    ``pulumi.Config`` answers for one key at a time. A misspelled key is found only by looking at all of them,
    which reach a program through the language host's process (``CONFIG``) or its environment.
    """
    everything = {**config.get_config_env(), **config.CONFIG.get()}
    own = f"{namespace}:"
    return {key.removeprefix(own): value for key, value in sorted(everything.items()) if key.startswith(own)}


@dataclass(frozen=True, slots=True)
class _Arguments:
    """A PrivateBucket's arguments by their names in Python; they are read as stack config is."""

    given: Mapping[str, pulumi.Input[object]]

    def as_config(self) -> Form:
        """Return the arguments as stack config would have them; what is not given is left out."""
        given = {key: value for key, value in self.given.items() if value is not None}
        form: Form = {name: given[key] for key, name in _SAME_FORM.items() if key in given}
        if "roles" in given:
            form["roles"] = _roles(given["roles"])
        networks, temporary = given.get("allowed_networks", []), given.get("temporary_networks", [])
        if is_later(networks) or is_later(temporary):
            form["allowedNetworks"] = pulumi.Output.all(networks, temporary).apply(_joined)
        else:
            form["allowedNetworks"] = _joined([networks, temporary])
        if given.get("kms_key_arn"):
            form["encryption"] = {"kms": given["kms_key_arn"]}
        access_logs = {name: _whole(given[key]) for key, name in _ACCESS_LOGS.items() if key in given}
        if access_logs:
            form["accessLogs"] = access_logs
        return form

    def about_access(self) -> Form:
        """Return the arguments that say who may come in, as the package's schema names them."""
        return {
            name: self.given[key] for key, name in _ABOUT_ACCESS.items() if self.given.get(key) is not None
        }

    def mistakes(self) -> list[ConfigMistake]:
        """Return what is wrong with the arguments before their values are read."""
        known = sorted(PrivateBucketArgs.__annotations__)
        found = []
        for key in sorted(set(self.given) - set(known)):
            near = get_close_matches(key, known, n=1)
            fix = f"did you mean `{near[0]}`?" if near else f"the arguments are {', '.join(known)}"
            found.append(ConfigMistake(key, None, "PrivateBucket has no such argument", fix))
        fix = "give a value that is known when the program runs"
        for key in sorted(set(self.given) - _MAY_COME_LATER):
            if is_later(self.given[key]):
                problem = "it is an output of another resource, and decides what is declared"
                named = re.sub("_([a-z])", lambda letter: letter[1].upper(), key)
                found.append(ConfigMistake(named, None, problem, fix))
        temporary = self.given.get("temporary_networks", [])
        if not is_later(temporary) and not _is_list(temporary):
            problem, fix = "the value is not a list of networks", "write a list, such as [{cidr, expires}]"
            found.append(ConfigMistake("temporaryNetworks", None, problem, fix))
        return found

    def as_argument(self, remark: ConfigMistake | ConfigWarning) -> str:
        """Return the remark with the argument named that it is about."""
        key, element = self._place(remark.key, remark.element)
        return as_argument(replace(remark, key=key, element=element))

    def _place(self, key: str, element: str | None) -> tuple[str, str | None]:
        """Return the argument, as the package's schema names it, and what in it is meant."""
        entry = _ENTRY.match(element or "")
        networks = self.given.get("allowed_networks")
        if key == "allowedNetworks" and element and entry and _is_list(networks):
            position = int(entry[1]) - len(networks)
            if position > 0:
                return "temporaryNetworks", f"entry {position}{element[entry.end() :]}"
        if key == "accessLogs" and element:
            part, _, rest = element.partition(", ")
            part = part.strip("`")
            return f"accessLog{part[0].upper()}{part[1:]}", rest or None
        if key == "encryption" and self.given.get("kms_key_arn"):
            return "kmsKeyArn", None
        return key, element


def as_argument(remark: ConfigMistake | ConfigWarning) -> str:
    """Return a remark on the argument that is called as its config key, in the schema and in Python."""
    return replace(remark, of_component=True).sentence


def is_later(value: object) -> bool:
    """Return whether the value, or something in it, is known only when other resources are."""
    if isinstance(value, Mapping):
        return any(map(is_later, value.values()))
    if isinstance(value, Sequence) and not isinstance(value, str):
        return any(map(is_later, value))
    return isinstance(value, (pulumi.Output, Awaitable))


def _joined(lists: Sequence[object]) -> object:
    """Return the networks of both arguments as one list; the first argument as it is where one is no list."""
    networks, temporary = lists
    return [*networks, *temporary] if _is_list(networks) and _is_list(temporary) else networks


def _is_list(value: object) -> TypeGuard[Sequence[object]]:
    """Return whether the value is a list, and no text."""
    return isinstance(value, Sequence) and not isinstance(value, str)


def _roles(value: pulumi.Input[object]) -> pulumi.Input[object]:
    """Return roles with their fields named as stack config names them; what is no role as it is."""
    if not _is_list(value):
        return value
    return [
        {_ROLE.get(name, name): _whole(content) for name, content in entry.items()}
        if isinstance(entry, Mapping)
        else entry
        for entry in value
    ]


def _whole(value: object) -> object:
    """Return a whole number as such: what comes from another process comes as a float."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


@contextmanager
def in_plain_words(
    whose: str = "", shown: Callable[[ConfigMistake | ConfigWarning], str] = attrgetter("sentence")
) -> Iterator[None]:
    """Turn what the core refuses into error messages of the deployment, and end the program.

    Pulumi prints a ``RunError`` as its message alone, each message with an ``error:`` of its own in front.
    ``whose`` begins the sentence that counts the mistakes.
    """
    try:
        yield
    except SettingsError as error:
        for mistake in error.mistakes:
            pulumi.log.error(shown(mistake))
        for warning in error.warnings:
            pulumi.log.warn(shown(warning))
        count = len(error.mistakes)
        raise pulumi.RunError(
            f"nothing was deployed: {whose} {count} mistake{'s' if count > 1 else ''}"
        ) from error
    except PerimeterError as error:
        raise pulumi.RunError(str(error).removeprefix("error: ")) from error

"""From the component's arguments to settings: the same rules and the same messages as for stack config."""

from __future__ import annotations

from collections.abc import Awaitable, Mapping, Sequence
from datetime import UTC, datetime
from typing import cast

import pulumi

from components.args import PrivateBucketArgs
from components.mistakes import told_plainly
from components.wanted import Wanted
from s3_perimeter.settings import Settings

__all__ = ["Form", "config_form", "is_later", "read_args"]

Form = dict[str, pulumi.Input[object]]
"""A PrivateBucket's arguments under the names and in the forms that stack config has for them."""

_SAME_FORM = {
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
}
_ACCESS_LOGS = {
    "access_log_bucket": "bucket",
    "access_log_prefix": "prefix",
    "access_log_retention_days": "retentionDays",
}
_MAY_COME_LATER = {"allowedNetworks", "vpcEndpoints", "breakGlassPrincipals"}
"""What may be an output of another resource: it only goes into the policies."""

_STAND_IN = "192.0.2.1/32"
"""What stands for networks that are not known yet while the rest of the arguments is read."""


def config_form(args: PrivateBucketArgs) -> Form:
    """Return the arguments as stack config would have them; what is not given is left out."""
    given = cast(Mapping[str, pulumi.Input[object]], args)
    form: Form = {name: given[key] for key, name in _SAME_FORM.items() if given.get(key) is not None}
    temporary = args.get("temporary_networks")
    if temporary is None:
        form["allowedNetworks"] = args["allowed_networks"]
    elif is_later(args["allowed_networks"]) or is_later(temporary):
        both = pulumi.Output.all(args["allowed_networks"], temporary)
        form["allowedNetworks"] = both.apply(lambda known: [*known[0], *known[1]])
    else:
        form["allowedNetworks"] = [*_items(args["allowed_networks"]), *_items(temporary)]
    if args.get("kms_key_arn"):
        form["encryption"] = {"kms": args["kms_key_arn"]}
    access_logs = {
        name: _whole(given[key]) for key, name in _ACCESS_LOGS.items() if given.get(key) is not None
    }
    if access_logs:
        form["accessLogs"] = access_logs
    return form


def read_args(args: PrivateBucketArgs, stack: str, name_prefix: str) -> Wanted:
    """Return what the arguments ask for, with defaults as for a stack of that name, as of today in UTC.

    What is wrong with the arguments that are known by now is told at once, and ends the program.
    """
    form = config_form(args)

    def settings_of(known: Mapping[str, object]) -> Settings:
        today = datetime.now(UTC).date()
        with told_plainly():
            return Settings.parse(known, project=pulumi.get_project(), stack=stack, today=today)

    later = {key for key, value in form.items() if is_later(value)}
    if later - _MAY_COME_LATER:
        names = ", ".join(f"`{name}`" for name in sorted(later - _MAY_COME_LATER))
        raise pulumi.RunError(
            f"{names} of `{name_prefix}` is an output of another resource, and decides what is declared\n\n"
            "hint: give a value that is known when the program runs"
        )
    known = {key: value for key, value in form.items() if key not in later}
    if "allowedNetworks" in later:
        known["allowedNetworks"] = [_STAND_IN]
        known.pop("mustReach", None)
    return Wanted(
        settings=settings_of(known),
        name_prefix=args.get("name_prefix") or name_prefix,
        later=pulumi.Output.from_input(form).apply(settings_of) if later else None,
        take_over=args.get("take_over", False),
        additional_statements=args.get("additional_statements", ()),
    )


def is_later(value: object) -> bool:
    """Return whether the value, or something in it, is known only when other resources are."""
    if isinstance(value, Mapping):
        return any(map(is_later, value.values()))
    if isinstance(value, Sequence) and not isinstance(value, str):
        return any(map(is_later, value))
    return isinstance(value, (pulumi.Output, Awaitable))


def _whole(value: object) -> object:
    """A whole number as such: what comes from another process comes as a float."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _items(value: object) -> Sequence[object]:
    """The elements of what is typed as an input and known to be a list."""
    return cast(Sequence[object], value)

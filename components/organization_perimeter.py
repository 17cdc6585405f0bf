"""OrganizationPerimeter: the fence around many buckets, which the owner of a bucket cannot remove."""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, cast, overload

import pulumi
import pulumi_aws as aws

from s3_perimeter import resource_control_policies
from s3_perimeter.settings import NAMESPACE
from s3_perimeter.settings.organization import EXEMPT, OrganizationSettings

from .bucket_spec import AwsTarget
from .organization_args import OrganizationPerimeterArgs
from .reading import as_argument, config_of, in_plain_words, is_later

__all__ = ["OrganizationPerimeter", "organization_spec"]

_TYPE = "RESOURCE_CONTROL_POLICY"
_ABOUT_ACCESS = (
    "allowedNetworks",
    "vpcEndpoints",
    "breakGlassPrincipals",
    "trustAwsServices",
    "mustReach",
    "exempt",
)
"""What the policy pack judges the policies by, where neither config has an allow-list."""
_LOWER_CASE = re.compile("_([a-z])")


class OrganizationPerimeter(pulumi.ComponentResource):
    """A network perimeter for the buckets of many accounts, made of resource control policies.

    Every request from outside the allow-list to those buckets is denied, whatever their own policies say and
    whoever sends it. The policies belong to the organization: nobody in the accounts can change or detach
    them. Deploy it with credentials of the organization's management account, or of a delegated one, where
    the policy type is enabled.
    """

    policies: pulumi.Output[list[str]]
    """The resource control policies, as JSON text."""

    policy_ids: pulumi.Output[list[str]]
    """The policies' ids."""

    targets: pulumi.Output[list[str]]
    """The ids of the organizational units and accounts that the policies are attached to, or of the root."""

    allowed_networks: pulumi.Output[list[str]]
    """The allow-list in force, as the smallest number of networks."""

    @overload
    def __init__(
        self,
        name: str,
        args: OrganizationPerimeterArgs,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None: ...

    @overload
    def __init__(
        self, name: str, args: OrganizationSettings, opts: pulumi.ResourceOptions | None = None
    ) -> None: ...

    def __init__(  # type: ignore[misc]  # Pulumi makes the package's schema of the annotation of `args`
        self, name: str, args: OrganizationPerimeterArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        """Declare the policies and their attachments.

        ``args`` may also be what ``organization_spec()`` reads from the stack's config. Every mistake is
        reported at once, before anything is declared.
        """
        targets: Sequence[pulumi.Input[str]]
        arguments: Mapping[str, object] = {}
        asked: OrganizationSettings | OrganizationPerimeterArgs = args
        if isinstance(asked, OrganizationSettings):
            settings, targets = asked, asked.targets
        else:
            settings, targets, arguments = _from_args(name, asked)
        super().__init__("s3-perimeter:index:OrganizationPerimeter", name, dict(arguments), opts)
        for warning in settings.access.warnings:
            pulumi.log.warn(as_argument(warning) if arguments else warning.sentence, self)
        access = settings.access
        with in_plain_words():
            partition = AwsTarget.of(self).partition
            texts = resource_control_policies(settings.perimeters(partition), exempt=settings.exempt)
        first = settings.policy_name or f"{pulumi.get_project()}-{pulumi.get_stack()}-{name}"
        policies = []
        for number, text in enumerate(texts, 1):
            again = f"-{number}" if number > 1 else ""
            policy = aws.organizations.Policy(
                f"{name}{again}",
                name=f"{first}{again}",
                type=_TYPE,
                content=text,
                description="Denies requests to buckets from outside the allowed networks",
                tags=dict(access.tags),
                opts=pulumi.ResourceOptions(parent=self, protect=access.protect),
            )
            policies.append(policy)
            for position, target in enumerate(targets, 1):
                aws.organizations.PolicyAttachment(
                    f"{name}{again}-{target if isinstance(target, str) else position}",
                    policy_id=policy.id,
                    target_id=target,
                    opts=pulumi.ResourceOptions(parent=policy, protect=access.protect),
                )
        self.policies = pulumi.Output.all(*(policy.content for policy in policies)).apply(list)
        self.policy_ids = pulumi.Output.all(*(policy.id for policy in policies)).apply(list)
        self.targets = pulumi.Output.all(*targets).apply(list)
        self.allowed_networks = pulumi.Output.from_input(list(access.allowed_addresses.cidrs()))
        self.register_outputs(
            {
                "policies": self.policies,
                "policyIds": self.policy_ids,
                "targets": self.targets,
                "allowedNetworks": self.allowed_networks,
            }
        )


def organization_spec() -> OrganizationSettings:
    """Return what the stack's config asks for, as of today in UTC, or report every mistake in it and end."""
    with in_plain_words("the config has"):
        return OrganizationSettings.parse(
            config_of(NAMESPACE),
            project=pulumi.get_project(),
            stack=pulumi.get_stack(),
            today=datetime.now(UTC).date(),
        )


def _from_args(
    name: str, args: OrganizationPerimeterArgs
) -> tuple[OrganizationSettings, Sequence[pulumi.Input[str]], Mapping[str, object]]:
    """Return what the arguments ask for, every target, those included that are known only later, and what the
    arguments say of who may come in, as stack config names it.
    """
    given = {key: value for key, value in cast(Mapping[str, Any], args).items() if value is not None}
    targets = given.pop("targets", [])
    networks = [*given.pop("allowed_networks", []), *given.pop("temporary_networks", [])]
    fields = {field: key for key, field in EXEMPT.items()}
    if isinstance(given.get("exempt"), Mapping):
        given["exempt"] = {fields.get(key, key): value for key, value in given["exempt"].items()}
    form = {_LOWER_CASE.sub(lambda letter: letter[1].upper(), key): value for key, value in given.items()}
    form |= {"allowedNetworks": networks, "targets": [each for each in targets if not is_later(each)]}
    with in_plain_words(f"the arguments of `{name}` have", as_argument):
        settings = OrganizationSettings.parse(
            form,
            project=pulumi.get_project(),
            stack=f"{pulumi.get_stack()}-{name}",
            today=datetime.now(UTC).date(),
            later_targets=any(map(is_later, targets)),
            kind="argument",
        )
    return settings, targets, {key: form[key] for key in _ABOUT_ACCESS if key in form}

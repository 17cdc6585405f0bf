"""Buckets in forms that the rules cannot judge: other kinds of buckets, and S3's own made by way of another
service. They are refused, since nothing that is seen of them denies anything.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from . import kinds
from .deployment import Deployment, Resource
from .templates import STACK_SETS, made_by
from .values import UNKNOWN

__all__ = ["unjudged_buckets", "why_unjudged"]

# Whatever a package is called: Terraform's providers can be bridged and renamed, and its modules have a name
# that the program chooses.
_NAMED: Final = re.compile(
    r"(aws|aws-native|awscc):(.*:)?\w*Bucket(Policy)?"
    r"|[^:]+:index/(s3|lightsail)\w*[Bb]ucket\w*:\w+"
    r"|(?!aws:)[^:]+:s3/bucket\w*:\w+"
    r"|[^:]+:tf:(aws|awscc|minio)_\w*bucket\w*"
    r"|[^:]+:s3\w*\.[^/:]+/\w+:\w+"
)
# A nested stack, a macro, a module, somebody else's type or a function can make a bucket as well, and none of
# them is seen.
_HOLDS_BUCKET: Final = re.compile(
    r"AWS::(S3\w*|Lightsail)::\w*Bucket(Policy)?\b"
    r"|AWS::CloudFormation::(Stack|StackSet|Macro|CustomResource)\b"
    r"|AWS::ServiceCatalog::CloudFormationProvisionedProduct\b"
    r"|(?<![\w:])Custom::\w+|(?<![\w:])(?!AWS::)\w{2,}(::\w{2,}){2,}"
    r"|(?<!\w)Transform(?=[\"']?\s*:)|!Transform\b"
)
_UNSEEN: Final = {
    "aws:serverlessrepository/cloudFormationStack:CloudFormationStack": "its CloudFormation template",
    "aws:servicecatalog/provisionedProduct:ProvisionedProduct": "its CloudFormation template",
    "aws-native:servicecatalog:CloudFormationProvisionedProduct": "its CloudFormation template",
    "aws-native:index:CustomResourceEmulator": "the function behind this custom resource",
}
_INSTANCES: Final = frozenset(
    {
        "aws:cloudformation/stackInstances:StackInstances",
        "aws:cloudformation/stackSetInstance:StackSetInstance",
    }
)
_MODULE: Final = re.compile(r"([^:]+):index:Module")


def unjudged_buckets(deployment: Deployment) -> Iterator[tuple[Resource, str]]:
    """Yield every resource that is, or may make, a bucket or a bucket policy out of the rules' sight, and
    why.
    """
    for resource in deployment.resources:
        reason = why_unjudged(resource) or _made_out_of_sight(resource, deployment)
        if reason:
            yield resource, reason


def why_unjudged(resource: Resource) -> str | None:
    """Return why this resource may be a bucket that cannot be judged; None where it is none, as far as it
    alone shows.
    """
    made = made_by(resource)
    if made is not None:
        found = _HOLDS_BUCKET.search(made.types)
        has = "makes" if made.what == "it" else "has"
        return made.problem or (
            f"{made.what} {has} an `{found[0]}`, which cannot be judged" if found else None
        )
    if resource.type in _UNSEEN:
        return f"the pack cannot see what {_UNSEEN[resource.type]} creates, which may be a bucket"
    judged = kinds.BUCKET | kinds.BUCKET_POLICY
    if resource.type not in judged and _NAMED.fullmatch(resource.type):
        return f"a resource of type `{resource.type}` cannot be judged"
    return None


def _made_out_of_sight(resource: Resource, deployment: Deployment) -> str | None:
    """Return why what this resource makes shows nowhere in the deployment; None where it does, or makes
    nothing.
    """
    if resource.type in _INSTANCES:
        sets = list(deployment.of(STACK_SETS))
        value = resource.value("stackSetName")
        linked = resource.sources("stackSetName")
        if any(
            found.urn in linked if value is UNKNOWN else value == found.value("name", "stackSetName")
            for found in sets
        ):
            return None
        return (
            "its stack set is not declared here, so the pack cannot see what its template creates, which "
            "may be a bucket"
        )
    module = _MODULE.fullmatch(resource.type)
    if module and not any(found.type.startswith(f"{module[1]}:tf:") for found in deployment.resources):
        return "the pack cannot see what this Terraform module creates, which may be a bucket"
    return None

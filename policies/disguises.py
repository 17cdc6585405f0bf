"""Buckets in forms that the rules cannot judge: other kinds of buckets, and S3's own made by way of another
service. They are refused, since nothing that is seen of them denies anything.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from policies import kinds
from policies.context import Context
from policies.deployment import Resource
from policies.rule import Violation, broken
from policies.values import Value, text

_NAMED: Final = re.compile(r"(aws|aws-native|awscc):(.*:)?\w*Bucket(Policy)?")
_CLOUD_CONTROL: Final = {
    "aws:cloudcontrol/resource:Resource": "typeName",
    "aws-native:index:ExtensionResource": "type",
}
_TEMPLATES: Final = frozenset(
    f"{package}{kind}"
    for package, names in (
        ("aws:cloudformation/", ("stack:Stack", "stackSet:StackSet")),
        ("aws-native:cloudformation:", ("Stack", "StackSet")),
    )
    for kind in names
)
# A nested stack or a macro can hold a bucket as well, and neither is seen.
_HOLDS_BUCKET: Final = re.compile(
    r"AWS::(S3\w*|Lightsail)::\w*Bucket(Policy)?\b|AWS::CloudFormation::(Stack|StackSet|Macro)\b"
    r"|AWS::ServiceCatalog::CloudFormationProvisionedProduct\b|Transform"
)


# What a reader of templates puts together: an escaped letter, digit or colon, or a line that goes on.
_ESCAPED: Final = re.compile(
    r"\\(?:(?:x|u00|U000000)(?:3[0-9A]|[46][1-9A-F]|[57][0-9A])|\r?\n)", re.IGNORECASE
)
_UNSEEN: Final = frozenset(
    f"{package}{kind}"
    for package, names in (
        (
            "aws:",
            (
                "serverlessrepository/cloudFormationStack:CloudFormationStack",
                "servicecatalog/provisionedProduct:ProvisionedProduct",
            ),
        ),
        ("aws-native:", ("servicecatalog:CloudFormationProvisionedProduct",)),
    )
    for kind in names
)


def disguised_buckets(context: Context) -> Iterator[Violation]:
    """Every resource that is, or may make, a bucket or a bucket policy out of the rules' sight."""
    for resource in context.deployment.resources:
        reason = disguise(resource)
        if reason:
            yield broken(resource.urn, f"resource `{resource.name}`", reason, _FIX)


def disguise(resource: Resource) -> str | None:
    """Why this resource may be a bucket that cannot be judged; None where it is none."""
    if resource.type in _CLOUD_CONTROL:
        return _of_type(resource.value(_CLOUD_CONTROL[resource.type]))
    if resource.type in _TEMPLATES:
        return _of_template(resource.value("templateBody"))
    if resource.type in _UNSEEN:
        return "what its CloudFormation template makes is not seen here, and may be a bucket"
    judged = kinds.BUCKET | kinds.BUCKET_POLICY
    if resource.type not in judged and _NAMED.fullmatch(resource.type):
        return f"a resource of type `{resource.type}` cannot be judged"
    return None


def _of_type(value: Value) -> str | None:
    made = text(value)
    if made is None:
        return "which type of resource Cloud Control makes is not known during preview"
    return f"it makes an `{made}`, which cannot be judged" if _HOLDS_BUCKET.search(made) else None


def _of_template(value: Value) -> str | None:
    template = text(value)
    if template is None:
        return "its CloudFormation template is not known during preview, and may hold a bucket"
    if _ESCAPED.search(template):
        return "its CloudFormation template has escaped characters, which may spell a bucket"
    found = _HOLDS_BUCKET.search(template)
    return f"its CloudFormation template has an `{found[0]}`, which cannot be judged" if found else None


_FIX: Final = (
    "declare the bucket and its policy as resources of the `aws` or `aws-native` provider, with the template "
    "in the program where there is one, or exempt this resource with a reason"
)

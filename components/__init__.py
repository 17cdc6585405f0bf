"""What is declared: the bucket and its policy, the access-log bucket, the remote users and their roles, and
an organization's perimeter.
"""

from s3_perimeter.extras import named

try:
    from .args import PrivateBucketArgs, RemotePerson, RemotePersonsRole, TemporaryNetwork
    from .bucket_spec import BucketSpec
    from .organization_args import AlsoExempt, OrganizationPerimeterArgs
    from .organization_perimeter import OrganizationPerimeter, organization_spec
    from .private_bucket import PrivateBucket
    from .reading import from_stack_config as stack_spec
except ModuleNotFoundError as error:
    raise named(error) from None

__all__ = [
    "AlsoExempt",
    "BucketSpec",
    "OrganizationPerimeter",
    "OrganizationPerimeterArgs",
    "PrivateBucket",
    "PrivateBucketArgs",
    "RemotePerson",
    "RemotePersonsRole",
    "TemporaryNetwork",
    "organization_spec",
    "stack_spec",
]

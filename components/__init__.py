"""What is declared: the bucket and its policy, the access-log bucket, the remote users and their roles."""

from s3_perimeter.extras import named

try:
    from .args import PrivateBucketArgs, RemotePerson, RemotePersonsRole, TemporaryNetwork
    from .bucket_spec import BucketSpec
    from .private_bucket import PrivateBucket
    from .reading import from_stack_config as stack_spec
except ModuleNotFoundError as error:
    raise named(error) from None

__all__ = [
    "BucketSpec",
    "PrivateBucket",
    "PrivateBucketArgs",
    "RemotePerson",
    "RemotePersonsRole",
    "TemporaryNetwork",
    "stack_spec",
]

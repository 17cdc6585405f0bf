"""What is declared: the bucket and its policy, the access-log bucket, and the remote users."""

from s3_perimeter.extras import named

try:
    from .args import PrivateBucketArgs, RemotePerson, TemporaryNetwork
    from .private_bucket import PrivateBucket
    from .stack_config import stack_settings
except ModuleNotFoundError as error:
    raise named(error) from None

__all__ = [
    "PrivateBucket",
    "PrivateBucketArgs",
    "RemotePerson",
    "TemporaryNetwork",
    "stack_settings",
]

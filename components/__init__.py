"""What is declared: the bucket and its policy, the access-log bucket, and the remote users."""

from components.args import PrivateBucketArgs, RemoteUserArgs, TemporaryNetworkArgs
from components.private_bucket import PrivateBucket
from components.stack_config import stack_settings

__all__ = [
    "PrivateBucket",
    "PrivateBucketArgs",
    "RemoteUserArgs",
    "TemporaryNetworkArgs",
    "stack_settings",
]

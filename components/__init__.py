"""What is declared: the bucket and its policy, the access-log bucket, and the remote users."""

from components.args import PrivateBucketArgs, RemotePerson, TemporaryNetwork
from components.private_bucket import PrivateBucket
from components.stack_config import stack_settings

__all__ = [
    "PrivateBucket",
    "PrivateBucketArgs",
    "RemotePerson",
    "TemporaryNetwork",
    "stack_settings",
]

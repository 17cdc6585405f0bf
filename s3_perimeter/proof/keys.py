"""Condition keys: what values a request can carry, channel by channel.

Sources: "AWS global condition context keys", "Policy variables: Request information in each principal" and
"Actions, resources, and condition keys for Amazon S3". The table of docs/reference/condition-keys.md is made
from this one.
"""

from __future__ import annotations

from enum import Enum, StrEnum
from functools import lru_cache
from typing import NamedTuple

from s3_perimeter.semantics.request import Channel, Kind

__all__ = [
    "IDENTITY",
    "KEYS",
    "SERVICE",
    "TIME",
    "TRANSPORT",
    "Key",
    "Presence",
    "Shape",
    "key_named",
    "presence",
]


class Shape(StrEnum):
    """What a key's values look like; it decides which operators are modelled on the key."""

    TEXT = "any text"
    ARN = "an ARN"
    ACCOUNT = "an account id"
    SERVICE = "a service principal's name"
    CHOICE = "one of a few words"
    ADDRESS = "an IP address"
    NUMBER = "a whole number from 0"
    MOMENT = "a moment"


class Presence(Enum):
    """Whether requests of a channel carry a key.

    DOUBTFUL is what AWS does not document or what only the owner's set-up decides: free for the attacker
    while proving, and never what an escape rests on.
    """

    ABSENT = "absent"
    PRESENT = "present"
    FREE = "free"
    DOUBTFUL = "doubtful"


A, P, F, D = Presence.ABSENT, Presence.PRESENT, Presence.FREE, Presence.DOUBTFUL


class Key(NamedTuple):
    """One condition key: name as AWS writes it, values, and presence.

    `channels` are in the order of Channel: signed, anonymous, forward access, VPC endpoint, service.
    `kinds`, where given, are the only principals whose requests carry the key. `actions`, where given, are
    those whose requests can carry it as far as is known today.
    """

    name: str
    shape: Shape
    channels: tuple[Presence, Presence, Presence, Presence, Presence]
    choices: tuple[str, ...] = ()
    many: bool = False
    kinds: frozenset[Kind] | None = None
    actions: frozenset[str] | None = None


_ORDER = {channel: at for at, channel in enumerate(Channel)}
_ROLE = frozenset({Kind.ROLE})
_TEMPORARY = frozenset({Kind.ROLE, Kind.USER, Kind.ROOT, Kind.FEDERATED_USER})
_TAGGABLE = frozenset({Kind.ROLE, Kind.USER, Kind.FEDERATED_USER})
_BOOL = ("true", "false")
_SIGNATURES = ("AWS4-HMAC-SHA256", "AWS4-ECDSA-P256-SHA256", "AWS")

TIME = ("aws:currenttime", "aws:epochtime")
TRANSPORT = ("aws:securetransport", "s3:tlsversion")
IDENTITY = ("aws:principalarn", "aws:principalaccount", "aws:principaltype", "aws:username")
"""Keys that follow from who makes the request, and are decided together with ``Principal``."""
SERVICE = ("aws:principalservicename",)

_PUT = frozenset({"s3:PutObject"})
_ACL = frozenset({"s3:PutObject", "s3:PutObjectAcl", "s3:PutObjectVersionAcl", "s3:PutBucketAcl"})
_LIST = frozenset({"s3:ListBucket", "s3:ListBucketVersions"})
_VERSION = frozenset({"s3:GetObjectVersion", "s3:DeleteObjectVersion", "s3:GetObjectVersionAcl"})
_READ = frozenset({"s3:GetObject", "s3:GetObjectVersion", "s3:GetObjectTagging", "s3:PutObjectAcl"})
_TAGGED = frozenset({"s3:PutObject", "s3:PutObjectTagging", "s3:PutObjectVersionTagging"})


def _put(name: str, shape: Shape = Shape.TEXT, actions: frozenset[str] = _PUT, many: bool = False) -> Key:
    """Return a key that a caller sets by a header or parameter of some requests."""
    return Key(name, shape, (F, F, F, F, F), actions=actions, many=many)


_KEYS = (
    # The network. "aws:SourceIp": absent for requests through a VPC endpoint.
    Key("aws:SourceIp", Shape.ADDRESS, (P, P, P, A, A)),
    Key("aws:VpcSourceIp", Shape.ADDRESS, (A, A, D, P, D)),
    Key("aws:SourceVpc", Shape.TEXT, (A, A, D, P, D)),
    Key("aws:SourceVpce", Shape.TEXT, (A, A, D, P, D)),
    Key("aws:SourceVpcArn", Shape.ARN, (A, A, D, F, D)),
    Key("aws:VpceAccount", Shape.ACCOUNT, (A, A, D, F, D)),
    Key("aws:VpceOrgID", Shape.TEXT, (A, A, D, F, D)),
    Key("aws:VpceOrgPaths", Shape.TEXT, (A, A, D, F, D), many=True),
    Key("aws:EC2InstanceSourceVPC", Shape.TEXT, (F, A, F, F, A), kinds=_ROLE),
    Key("aws:EC2InstanceSourcePrivateIPv4", Shape.ADDRESS, (F, A, F, F, A), kinds=_ROLE),
    Key("ec2:SourceInstanceARN", Shape.ARN, (F, A, F, F, A), kinds=_ROLE),
    Key("ec2:RoleDelivery", Shape.TEXT, (F, A, F, F, A), kinds=_ROLE),
    Key("lambda:SourceFunctionArn", Shape.ARN, (F, A, F, F, A), kinds=_ROLE),
    # Services.
    Key("aws:ViaAWSService", Shape.CHOICE, (P, P, P, P, P), choices=_BOOL),
    Key("aws:PrincipalIsAWSService", Shape.CHOICE, (P, A, P, P, P), choices=_BOOL),
    Key("aws:CalledVia", Shape.SERVICE, (A, A, F, A, A), many=True),
    Key("aws:CalledViaFirst", Shape.SERVICE, (A, A, F, A, A)),
    Key("aws:CalledViaLast", Shape.SERVICE, (A, A, F, A, A)),
    Key("aws:PrincipalServiceNamesList", Shape.SERVICE, (A, A, A, A, D), many=True),
    Key("aws:SourceArn", Shape.ARN, (A, A, A, A, F)),
    Key("aws:SourceAccount", Shape.ACCOUNT, (A, A, A, A, F)),
    Key("aws:SourceOrgID", Shape.TEXT, (A, A, A, A, F)),
    Key("aws:SourceOrgPaths", Shape.TEXT, (A, A, A, A, F), many=True),
    # The principal, beside what is decided with it (IDENTITY).
    Key("aws:userid", Shape.TEXT, (P, D, P, P, D)),
    Key("aws:PrincipalOrgID", Shape.TEXT, (F, A, F, F, A)),
    Key("aws:PrincipalOrgMasterAccountId", Shape.ACCOUNT, (F, A, F, F, A)),
    Key("aws:PrincipalOrgPaths", Shape.TEXT, (F, A, F, F, A), many=True),
    Key("aws:SourceIdentity", Shape.TEXT, (F, A, F, F, A), kinds=_ROLE),
    Key("aws:FederatedProvider", Shape.TEXT, (F, A, F, F, A), kinds=_ROLE),
    Key("aws:ChatbotSourceArn", Shape.ARN, (F, A, F, F, A), kinds=_ROLE),
    Key("aws:TokenIssueTime", Shape.MOMENT, (F, A, F, F, A), kinds=_TEMPORARY),
    Key("aws:MultiFactorAuthPresent", Shape.CHOICE, (F, A, F, F, A), choices=_BOOL, kinds=_TEMPORARY),
    Key("aws:MultiFactorAuthAge", Shape.NUMBER, (F, A, F, F, A), kinds=_TEMPORARY),
    Key("aws:AssumedRoot", Shape.CHOICE, (F, A, F, F, A), choices=_BOOL, kinds=frozenset({Kind.ROOT})),
    # What the caller says.
    Key("aws:Referer", Shape.TEXT, (F, F, F, F, F)),
    Key("aws:UserAgent", Shape.TEXT, (F, F, F, F, F)),
    # The bucket: fixed, and not for us to know.
    Key("aws:RequestedRegion", Shape.TEXT, (D, D, D, D, D)),
    Key("aws:ResourceAccount", Shape.ACCOUNT, (P, P, P, P, P)),
    Key("s3:ResourceAccount", Shape.ACCOUNT, (P, P, P, P, P)),
    Key("aws:ResourceOrgID", Shape.TEXT, (D, D, D, D, D)),
    Key("aws:ResourceOrgPaths", Shape.TEXT, (D, D, D, D, D), many=True),
    # Access points: anyone in the owner's account may make one.
    Key("s3:DataAccessPointArn", Shape.ARN, (F, F, F, F, F)),
    Key("s3:DataAccessPointAccount", Shape.ACCOUNT, (F, F, F, F, F)),
    Key("s3:AccessPointNetworkOrigin", Shape.CHOICE, (F, F, F, F, F), choices=("Internet", "VPC")),
    Key("s3:AccessGrantsInstanceArn", Shape.ARN, (D, A, D, D, A), kinds=_ROLE),
    # How the request is signed.
    Key(
        "s3:authType",
        Shape.CHOICE,
        (F, D, D, F, D),
        choices=("REST-HEADER", "REST-QUERY-STRING", "POST"),
    ),
    Key("s3:signatureversion", Shape.CHOICE, (F, D, D, F, D), choices=_SIGNATURES),
    Key("s3:signatureAge", Shape.NUMBER, (F, D, D, F, D)),
    Key("s3:x-amz-content-sha256", Shape.TEXT, (F, F, F, F, F)),
    # Parameters and headers of some actions.
    _put("s3:prefix", actions=_LIST),
    _put("s3:delimiter", actions=_LIST),
    _put("s3:max-keys", Shape.NUMBER, actions=_LIST),
    _put("s3:VersionId", actions=_VERSION),
    _put("s3:x-amz-acl", actions=_ACL),
    _put("s3:x-amz-grant-full-control", actions=_ACL),
    _put("s3:x-amz-grant-read", actions=_ACL),
    _put("s3:x-amz-grant-read-acp", actions=_ACL),
    _put("s3:x-amz-grant-write", actions=_ACL),
    _put("s3:x-amz-grant-write-acp", actions=_ACL),
    _put("s3:x-amz-copy-source"),
    _put("s3:x-amz-metadata-directive"),
    _put("s3:x-amz-storage-class"),
    _put("s3:x-amz-website-redirect-location"),
    _put("s3:x-amz-server-side-encryption"),
    _put("s3:x-amz-server-side-encryption-aws-kms-key-id"),
    _put("s3:x-amz-server-side-encryption-customer-algorithm"),
    _put("s3:x-amz-object-ownership", actions=frozenset({"s3:PutBucketOwnershipControls"})),
    _put("s3:object-lock-mode", actions=frozenset({"s3:PutObject", "s3:PutObjectRetention"})),
    _put("s3:object-lock-legal-hold", actions=frozenset({"s3:PutObject", "s3:PutObjectLegalHold"})),
    _put(
        "s3:object-lock-remaining-retention-days",
        Shape.NUMBER,
        actions=frozenset({"s3:PutObject", "s3:PutObjectRetention"}),
    ),
    _put("s3:object-lock-retain-until-date", Shape.MOMENT),
    _put("s3:RequestObjectTagKeys", actions=_TAGGED, many=True),
    _put("s3:if-match"),
    _put("s3:if-none-match"),
    Key("aws:TagKeys", Shape.TEXT, (D, D, D, D, D), many=True),
)

_BY_NAME = {key.name.lower(): key for key in _KEYS}

_PREFIXED = {
    "aws:principaltag/": Key("aws:PrincipalTag/", Shape.TEXT, (F, A, F, F, A), kinds=_TAGGABLE),
    "aws:requesttag/": Key("aws:RequestTag/", Shape.TEXT, (D, D, D, D, D)),
    "aws:resourcetag/": Key("aws:ResourceTag/", Shape.TEXT, (D, D, D, D, D)),
    "s3:buckettag/": Key("s3:BucketTag/", Shape.TEXT, (D, D, D, D, D)),
    "s3:existingobjecttag/": Key("s3:ExistingObjectTag/", Shape.TEXT, (F, F, F, F, F), actions=_READ),
    "s3:requestobjecttag/": Key("s3:RequestObjectTag/", Shape.TEXT, (F, F, F, F, F), actions=_TAGGED),
}

KEYS = (*_KEYS, *_PREFIXED.values())
"""Every key known to reach S3; of those with a tag's name in them, the part before it."""


@lru_cache(maxsize=512)
def key_named(name: str) -> Key | None:
    """Return the key of that name in lower case, None where it is not known to reach S3."""
    prefix, slash, _ = name.partition("/")
    return _BY_NAME.get(name) or _PREFIXED.get(prefix + slash)


def presence(key: Key | None, channel: Channel, kind: Kind) -> Presence:
    """Return whether requests of a channel and kind of principal carry a key; an unknown one is doubtful."""
    if key is None:
        return D
    found = key.channels[_ORDER[channel]]
    if found is A or (key.kinds is not None and kind not in key.kinds):
        return A
    if kind is Kind.ANONYMOUS and key.channels[_ORDER[Channel.PUBLIC_SIGNED]] is not A:
        # No network key, so it is the missing signature that decides, over a VPC endpoint too.
        return key.channels[_ORDER[Channel.PUBLIC_ANONYMOUS]]
    return found

"""Condition keys: what values a request can carry, channel by channel, and every peculiarity of a key.

Sources: "AWS global condition context keys", "Policy variables: Request information in each principal",
"Requesting temporary security credentials" and "Actions, resources, and condition keys for Amazon S3". The
table of docs/reference/condition-keys.md is made from this one.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from functools import cache, lru_cache

from s3_perimeter.proof.key import OWNERS_ACCOUNT, JointAxis, Key, Presence, Shape
from s3_perimeter.semantics.request import Kind

__all__ = [
    "JOINT_KEYS",
    "KEYS",
    "OTHER_KEYS",
    "PRINCIPAL_KEYS",
    "SOURCE_IP",
    "TIME_KEYS",
    "TLS_VERSION",
    "TRANSPORT_KEYS",
    "key_named",
    "key_of",
    "known_key",
]

OTHER_KEYS = f"{__file__.removesuffix('keys.py')}other_service_keys.txt"
"""Condition keys that the Service Authorization Reference lists for actions of other services, from which
`python -m tests.s3_perimeter.action_table` writes it. What a session or instance brings along is not in it.
"""

SOURCE_IP = "aws:sourceip"
TLS_VERSION = "s3:tlsversion"

A, P, F, D = Presence.ABSENT, Presence.PRESENT, Presence.FREE, Presence.DOUBTFUL

_USER = frozenset({Kind.USER})
_ROLE = frozenset({Kind.ROLE})
_TEMPORARY = frozenset({Kind.ROLE, Kind.USER, Kind.ROOT, Kind.FEDERATED_USER})
_TAGGABLE = frozenset({Kind.ROLE, Kind.USER, Kind.FEDERATED_USER})
_BOOL = ("true", "false")
_SIGNATURES = ("AWS4-HMAC-SHA256", "AWS4-ECDSA-P256-SHA256", "AWS")
_OWNERS = (OWNERS_ACCOUNT,) * 5
_PATHS = "o-{id}/r-{id}{path}/"


def _of(*names: str) -> frozenset[str]:
    """Return actions by their names without the service."""
    return frozenset(f"s3:{name}" for name in names)


def _arn(service: str, resource: str) -> str:
    """Return the form of the ARNs of a service's resources."""
    return f"arn:{{partition}}:{service}:{{region}}:{{account}}:{resource}"


_USER_IDS = {
    Kind.USER: "AIDA{unique}",
    Kind.ANONYMOUS: "anonymous",
    Kind.FEDERATED_USER: "{account}:{session}",
    Kind.ROOT: "{account}",
}
"""What `aws:userid` looks like of each kind of principal; of a service nothing is said."""

# With every header that it takes, S3 authorizes a write that is to bypass retention.
_PUT = _of("BypassGovernanceRetention", "PutObject")
_PLAIN_PUT = _of("PutObject")
_ACL = _PUT | _of("PutObjectAcl", "PutObjectVersionAcl", "PutBucketAcl")
_ENCRYPTED = _PUT | _of("ReplicateObject", "UpdateObjectEncryption")
_LIST = _of("ListBucket", "ListBucketVersions")
_LIST_ANNOTATIONS = _of("ListObjectAnnotations", "ListObjectVersionAnnotations")
_VERSION = _of(
    *("DeleteObjectVersion", "DeleteObjectVersionAnnotation", "DeleteObjectVersionTagging"),
    *("GetObjectVersion", "GetObjectVersionAcl", "GetObjectVersionAnnotation", "GetObjectVersionAttributes"),
    *("GetObjectVersionTagging", "GetObjectVersionTorrent", "ListObjectVersionAnnotations"),
    *("PutObjectVersionAcl", "PutObjectVersionAnnotation", "PutObjectVersionTagging"),
)
_EXISTING = _of(
    *("DeleteObjectAnnotation", "DeleteObjectTagging", "DeleteObjectVersionAnnotation"),
    *("DeleteObjectVersionTagging", "GetObject", "GetObjectAcl", "GetObjectAnnotation"),
    *("GetObjectAttributes", "GetObjectTagging", "GetObjectVersion", "GetObjectVersionAcl"),
    *("GetObjectVersionAnnotation", "GetObjectVersionAttributes", "GetObjectVersionTagging"),
    *("ListObjectAnnotations", "ListObjectVersionAnnotations", "PutObjectAcl", "PutObjectAnnotation"),
    *("PutObjectTagging", "PutObjectVersionAcl", "PutObjectVersionAnnotation", "PutObjectVersionTagging"),
    "UpdateObjectEncryption",
)
_TAGGED = _PUT | _of("PutObjectTagging", "PutObjectVersionTagging")
_RETAINED = _of("PutObject", "PutObjectRetention")
_HELD = _RETAINED | _of("ReplicateObject")
_ANNOTATED = _of(
    *("DeleteObjectAnnotation", "DeleteObjectVersionAnnotation"),
    *("PutObjectAnnotation", "PutObjectVersionAnnotation"),
)
_VENDED = _of("AllowVendedLogDeliveryForResource")


def _put(name: str, shape: Shape = Shape.TEXT, actions: frozenset[str] = _PUT, many: bool = False) -> Key:
    """Return a key that a caller sets by a header or parameter of some requests."""
    return Key(name, shape, (F, F, F, F, F), actions=actions, many=many)


def _said(name: str, shape: Shape, actions: frozenset[str]) -> Key:
    """Return a key of some requests of which it is not documented when it is there."""
    return Key(name, shape, (D, D, D, D, D), _BOOL if shape is Shape.CHOICE else (), actions=actions)


def _elsewhere(name: str, shape: Shape = Shape.TEXT) -> Key:
    """Return a key that is documented for other actions alone."""
    return Key(name, shape, (A, A, A, A, A))


_KEYS = (
    # The network. "aws:SourceIp": absent for requests through a VPC endpoint.
    Key("aws:SourceIp", Shape.ADDRESS, (P, P, P, A, A), axis=JointAxis.ADDRESS),
    Key("aws:VpcSourceIp", Shape.ADDRESS, (A, A, D, P, D)),
    Key("aws:SourceVpc", Shape.TEXT, (A, A, D, P, D), form="vpc-{id}", example="vpc-0a1b2c3d"),
    Key("aws:SourceVpce", Shape.TEXT, (A, A, D, P, D), form="vpce-{id}", example="vpce-0a1b2c3d"),
    Key("aws:SourceVpcArn", Shape.ARN, (A, A, D, F, D), usual_form=_arn("ec2", "vpc/vpc-{id}")),
    Key("aws:VpceAccount", Shape.ACCOUNT, (A, A, D, F, D)),
    Key("aws:VpceOrgID", Shape.TEXT, (A, A, D, F, D), form="o-{id}"),
    Key("aws:VpceOrgPaths", Shape.TEXT, (A, A, D, F, D), many=True, usual_form=_PATHS),
    Key("aws:EC2InstanceSourceVPC", Shape.TEXT, (F, A, F, F, A), kinds=_ROLE, form="vpc-{id}"),
    Key("aws:EC2InstanceSourcePrivateIPv4", Shape.ADDRESS, (F, A, F, F, A), kinds=_ROLE, ipv4_only=True),
    Key(
        "ec2:SourceInstanceARN",
        Shape.ARN,
        (F, A, F, F, A),
        kinds=_ROLE,
        usual_form=_arn("ec2", "instance/i-{id}"),
    ),
    Key("ec2:RoleDelivery", Shape.TEXT, (F, A, F, F, A), kinds=_ROLE),
    Key(
        "lambda:SourceFunctionArn",
        Shape.ARN,
        (F, A, F, F, A),
        kinds=_ROLE,
        usual_form=_arn("lambda", "function:{function}"),
    ),
    # Services.
    Key(
        "aws:ViaAWSService",
        Shape.CHOICE,
        (P, P, P, P, P),
        choices=_BOOL,
        constants=("false", "false", "true", "false", "false"),
    ),
    Key(
        "aws:PrincipalIsAWSService",
        Shape.CHOICE,
        (P, A, P, P, P),
        choices=_BOOL,
        constants=("false", "false", "false", "false", "true"),
        maybe_not_of_cloudfront=True,
    ),
    Key("aws:CalledVia", Shape.SERVICE, (A, A, F, A, A), many=True),
    Key("aws:CalledViaFirst", Shape.SERVICE, (A, A, F, A, A)),
    Key("aws:CalledViaLast", Shape.SERVICE, (A, A, F, A, A)),
    Key("aws:PrincipalServiceNamesList", Shape.SERVICE, (A, A, A, A, D), many=True),
    Key("aws:SourceArn", Shape.ARN, (A, A, A, A, F), example="arn:aws:s3:::some-bucket"),
    Key("aws:SourceAccount", Shape.ACCOUNT, (A, A, A, A, F)),
    Key("aws:SourceOrgID", Shape.TEXT, (A, A, A, A, F)),
    Key("aws:SourceOrgPaths", Shape.TEXT, (A, A, A, A, F), many=True, usual_form=_PATHS),
    # The principal, in addition to what is decided together with it.
    Key(
        "aws:userid",
        Shape.TEXT,
        (P, P, P, P, D),
        forms=_USER_IDS,
        # Of a role "this value format can vary".
        usual_forms={**_USER_IDS, Kind.ROLE: "AROA{unique}:{session}"},
        # It is or begins with the account.
        follows_from_principal=frozenset({Kind.ROOT, Kind.FEDERATED_USER}),
        maybe_not_of_cloudfront=True,
    ),
    Key("aws:PrincipalOrgID", Shape.TEXT, (F, A, F, F, A), form="o-{id}", example="o-a1b2c3d4e5"),
    Key("aws:PrincipalOrgMasterAccountId", Shape.ACCOUNT, (F, A, F, F, A)),
    Key("aws:PrincipalOrgPaths", Shape.TEXT, (F, A, F, F, A), many=True, usual_form=_PATHS),
    Key("aws:SourceIdentity", Shape.TEXT, (F, A, F, F, A), kinds=_ROLE),
    Key("aws:FederatedProvider", Shape.TEXT, (F, A, F, F, A), kinds=_ROLE),
    Key("aws:ChatbotSourceArn", Shape.ARN, (F, A, F, F, A), kinds=_ROLE),
    Key(
        "aws:TokenIssueTime",
        Shape.MOMENT,
        (F, A, F, F, A),
        kinds=_TEMPORARY,
        # How long temporary credentials can be good for.
        longest_age=timedelta(hours=36),
    ),
    Key("aws:MultiFactorAuthPresent", Shape.CHOICE, (F, A, F, F, A), choices=_BOOL, kinds=_TEMPORARY),
    Key("aws:MultiFactorAuthAge", Shape.NUMBER, (F, A, F, F, A), kinds=_TEMPORARY),
    Key("aws:AssumedRoot", Shape.CHOICE, (F, A, F, F, A), choices=_BOOL, kinds=frozenset({Kind.ROOT})),
    # What the caller says.
    Key("aws:Referer", Shape.TEXT, (F, F, F, F, F), example="https://example.com/"),
    Key("aws:UserAgent", Shape.TEXT, (F, F, F, F, F), example="aws-cli/2"),
    # The bucket: fixed, and not for us to know.
    Key("aws:RequestedRegion", Shape.TEXT, (D, D, D, D, D)),
    Key("aws:ResourceAccount", Shape.ACCOUNT, (P, P, P, P, P), constants=_OWNERS),
    Key("s3:ResourceAccount", Shape.ACCOUNT, (P, P, P, P, P), constants=_OWNERS),
    Key("aws:ResourceOrgID", Shape.TEXT, (D, D, D, D, D)),
    Key("aws:ResourceOrgPaths", Shape.TEXT, (D, D, D, D, D), many=True),
    # Access points: anyone in the owner's account may make one.
    Key(
        "s3:DataAccessPointArn",
        Shape.ARN,
        (F, F, F, F, F),
        usual_form=_arn("s3", "accesspoint/{access point}"),
    ),
    Key("s3:DataAccessPointAccount", Shape.ACCOUNT, (F, F, F, F, F)),
    Key("s3:AccessPointNetworkOrigin", Shape.CHOICE, (F, F, F, F, F), choices=("Internet", "VPC")),
    Key("s3:AccessGrantsInstanceArn", Shape.ARN, (D, A, D, D, A), kinds=_ROLE),
    # How the request is signed.
    Key(
        "s3:authType",
        Shape.CHOICE,
        (F, D, D, F, D),
        choices=("REST-HEADER", "REST-QUERY-STRING", "POST"),
        ordinary="REST-HEADER",
    ),
    Key(
        "s3:signatureversion",
        Shape.CHOICE,
        (F, D, D, F, D),
        choices=_SIGNATURES,
        ordinary="AWS4-HMAC-SHA256",
    ),
    Key("s3:signatureAge", Shape.NUMBER, (F, D, D, F, D)),
    Key("s3:x-amz-content-sha256", Shape.TEXT, (F, F, F, F, F)),
    # Parameters and headers of some actions.
    _put("s3:prefix", actions=_LIST),
    _put("s3:delimiter", actions=_LIST),
    _put("s3:max-keys", Shape.NUMBER, actions=_LIST),
    _put("s3:annotation-prefix", actions=_LIST_ANNOTATIONS),
    _put("s3:max-annotation-results", Shape.NUMBER, actions=_LIST_ANNOTATIONS),
    _put("s3:VersionId", actions=_VERSION),
    _put("s3:x-amz-acl", actions=_ACL),
    _put("s3:x-amz-grant-full-control", actions=_ACL),
    _put("s3:x-amz-grant-read", actions=_ACL),
    _put("s3:x-amz-grant-read-acp", actions=_ACL),
    _put("s3:x-amz-grant-write", actions=_ACL),
    _put("s3:x-amz-grant-write-acp", actions=_ACL),
    _put("s3:x-amz-copy-source"),
    _put("s3:x-amz-metadata-directive"),
    _put("s3:x-amz-object-annotation-directive", actions=_PLAIN_PUT),
    _put("s3:x-amz-object-if-match", actions=_ANNOTATED),
    _put("s3:x-amz-storage-class", actions=_PUT | _of("PutObjectAcl", "PutObjectVersionAcl")),
    _put("s3:x-amz-website-redirect-location"),
    _put("s3:x-amz-server-side-encryption", actions=_ENCRYPTED),
    _put("s3:x-amz-server-side-encryption-aws-kms-key-id", actions=_ENCRYPTED),
    _put("s3:x-amz-server-side-encryption-customer-algorithm", actions=_PUT | _of("ReplicateObject")),
    _put("s3:object-lock-mode", actions=_RETAINED),
    _put("s3:object-lock-legal-hold", actions=_of("PutObject", "PutObjectLegalHold")),
    _put("s3:object-lock-event-hold", actions=_HELD),
    _put("s3:object-lock-event-hold-duration-days", Shape.NUMBER, actions=_HELD),
    _put("s3:object-lock-remaining-retention-days", Shape.NUMBER, actions=_RETAINED),
    _put("s3:object-lock-retain-until-date", Shape.MOMENT, actions=_RETAINED),
    _put("s3:RequestObjectTagKeys", actions=_TAGGED, many=True),
    _put("s3:if-match", actions=_of("DeleteObject", "PutObject")),
    _put("s3:if-none-match", actions=_PLAIN_PUT),
    _put("s3:InventoryAccessibleOptionalFields", actions=_of("PutInventoryConfiguration"), many=True),
    # What a service says about some actions.
    _said("s3:ObjectCreationOperation", Shape.CHOICE, _PLAIN_PUT),
    _said("s3:isReplicationPauseRequest", Shape.CHOICE, _of("PutReplicationConfiguration")),
    _said("s3:destinationRegion", Shape.TEXT, _of("PauseReplication")),
    _said("s3:deliverySourceArn", Shape.ARN, _VENDED),
    _said("s3:logType", Shape.TEXT, _VENDED),
    _said("s3:resourceArnBeingAuthorized", Shape.ARN, _VENDED),
    # Of no action on a bucket that exists or on its objects.
    _elsewhere("s3:AccessGrantScope"),
    _elsewhere("s3:AccessGrantsLocationScope"),
    _elsewhere("s3:ExistingJobOperation"),
    _elsewhere("s3:ExistingJobPriority", Shape.NUMBER),
    _elsewhere("s3:JobSuspendedCause"),
    _elsewhere("s3:LocationConstraint"),
    _elsewhere("s3:RequestJobOperation"),
    _elsewhere("s3:RequestJobPriority", Shape.NUMBER),
    _elsewhere("s3:x-amz-bucket-namespace"),
    _elsewhere("s3:x-amz-object-ownership"),
    Key("aws:TagKeys", Shape.TEXT, (D, D, D, D, D), many=True),
)

_JOINT = (
    # Who makes the request; decided together with `Principal`. The name of a service is one of its own.
    Key("aws:PrincipalArn", Shape.ARN, (P, A, P, P, D), axis=JointAxis.PRINCIPAL),
    Key("aws:PrincipalAccount", Shape.ACCOUNT, (P, P, P, P, D), axis=JointAxis.PRINCIPAL),
    Key("aws:PrincipalType", Shape.TEXT, (P, P, P, P, D), axis=JointAxis.PRINCIPAL),
    Key("aws:username", Shape.TEXT, (P, A, P, P, A), kinds=_USER, axis=JointAxis.PRINCIPAL),
    Key("aws:PrincipalServiceName", Shape.SERVICE, (A, A, A, A, P), axis=JointAxis.PRINCIPAL),
    # When it is made, in two notations.
    Key("aws:CurrentTime", Shape.MOMENT, (P, P, P, P, P), axis=JointAxis.TIME),
    Key("aws:EpochTime", Shape.MOMENT, (P, P, P, P, P), axis=JointAxis.TIME),
    # How it is sent. Plain HTTP has no version of TLS, and a service may send none of its client's.
    Key("aws:SecureTransport", Shape.CHOICE, (P, P, P, P, P), choices=_BOOL, axis=JointAxis.TRANSPORT),
    Key("s3:TlsVersion", Shape.NUMBER, (F, F, D, F, D), axis=JointAxis.TRANSPORT),
)
JOINT_KEYS = {key.name.lower(): key for key in _JOINT}
"""Keys that are decided together with others, by their names in lower case."""


def _joint(axis: JointAxis) -> tuple[str, ...]:
    """Return the keys of a joint axis."""
    return tuple(name for name, key in JOINT_KEYS.items() if key.axis is axis)


PRINCIPAL_KEYS = _joint(JointAxis.PRINCIPAL)
TIME_KEYS = _joint(JointAxis.TIME)
TRANSPORT_KEYS = _joint(JointAxis.TRANSPORT)

_BY_NAME = {key.name.lower(): key for key in _KEYS}

_PREFIXED = {
    "aws:principaltag/": Key("aws:PrincipalTag/", Shape.TEXT, (F, A, F, F, A), kinds=_TAGGABLE),
    "aws:requesttag/": Key("aws:RequestTag/", Shape.TEXT, (D, D, D, D, D)),
    "aws:resourcetag/": Key("aws:ResourceTag/", Shape.TEXT, (D, D, D, D, D)),
    "s3:accesspointtag/": Key("s3:AccessPointTag/", Shape.TEXT, (D, D, D, D, D)),
    "s3:buckettag/": Key("s3:BucketTag/", Shape.TEXT, (D, D, D, D, D)),
    "s3:existingobjecttag/": Key("s3:ExistingObjectTag/", Shape.TEXT, (F, F, F, F, F), actions=_EXISTING),
    "s3:requestobjecttag/": Key("s3:RequestObjectTag/", Shape.TEXT, (F, F, F, F, F), actions=_TAGGED),
}

KEYS = (*_KEYS, *_PREFIXED.values())
"""Every key known to reach S3; of those with a tag's name in them, the part before it."""


@lru_cache(maxsize=512)
def key_named(name: str) -> Key | None:
    """Return the key of that name in lower case, None where it is not documented for S3 nor for the actions
    of another service, whose keys are absent.
    """
    prefix, slash, _ = name.partition("/")
    found = _BY_NAME.get(name) or _PREFIXED.get(prefix + slash)
    if found or prefix.startswith(("aws:", "s3:")):
        return found
    elsewhere = _of_other_services()
    written = elsewhere.get(name) or elsewhere.get(prefix + slash)
    return _elsewhere(written) if written else None


@cache
def _of_other_services() -> Mapping[str, str]:
    """Return the keys of other services' actions by their names in lower case; the file is read at the first
    call. One that ends in ``/`` has the name of a tag behind it.
    """
    with open(OTHER_KEYS, encoding="utf-8") as file:  # noqa: PTH123 (pathlib takes longer to load than a proof)
        names = file.read().split()
    return {name.lower(): name for name in names}


def key_of(name: str) -> Key | None:
    """Return the key of that name in lower case, those of joint axes included."""
    return JOINT_KEYS.get(name) or key_named(name)


def known_key(name: str) -> Key:
    """Return the key of that name in lower case; of one that is not known to reach S3 nothing is known."""
    return key_named(name) or Key(name, Shape.TEXT, (D, D, D, D, D))

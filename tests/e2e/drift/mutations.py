"""Changes made behind the engine's back, one at a time, with what a check has to say of each.

A change is a function of the target that makes it and gives the function that takes it back.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

Undo: TypeAlias = Callable[[], Any]
ACCOUNT = "111122223333"
REGION = "ap-northeast-1"


@dataclass(frozen=True)
class Target:
    """A deployed stack, and the admin's clients."""

    bucket: str
    logs: str
    user: str
    key: str
    policy: str
    kms: str
    s3: Any
    iam: Any
    kms_client: Any
    control: Any
    multi_region: Any


@dataclass(frozen=True)
class Mutation:
    """One change, and the one control that has to name it, with its severity and kind."""

    name: str
    control: str
    severity: str
    kind: str
    make: Callable[[Target], Undo]
    strict: bool = False


MUTATIONS: list[Mutation] = []
Maker: TypeAlias = Callable[[Target], Undo]


def mutation(control: str, severity: str, kind: str, *, strict: bool = False) -> Callable[[Maker], Maker]:
    """Enter a change into the table, under its function's name."""

    def enter(make: Maker) -> Maker:
        MUTATIONS.append(Mutation(make.__name__.replace("_", "-"), control, severity, kind, make, strict))
        return make

    return enter


def edited_policy(target: Target, edit: Callable[[dict[str, Any]], Any], bucket: str | None = None) -> Undo:
    """Put the bucket's policy back with an edit."""
    name = bucket or target.bucket
    before = target.s3.get_bucket_policy(Bucket=name)["Policy"]
    document = json.loads(before)
    edit(document)
    target.s3.put_bucket_policy(Bucket=name, Policy=json.dumps(document))
    return lambda: target.s3.put_bucket_policy(Bucket=name, Policy=before)


def fence_of(document: dict[str, Any]) -> dict[str, Any]:
    """The statement that denies by address."""
    found: dict[str, Any] = next(
        statement
        for statement in document["Statement"]
        if statement["Effect"] == "Deny" and "NotIpAddress" in statement.get("Condition", {})
    )
    return found


def sources(statement: dict[str, Any]) -> list[str]:
    """The addresses of a fence, as a list that can be edited in place."""
    block = statement["Condition"]["NotIpAddress"]
    key = next(iter(block))
    if isinstance(block[key], str):
        block[key] = [block[key]]
    listed: list[str] = block[key]
    return listed


def new_name(kind: str) -> str:
    """A name that no other test uses."""
    return f"{kind}-{uuid.uuid4().hex[:8]}"


# The bucket's policy.


@mutation("bucket-policy", "critical", "changed")
def network_added_to_the_fence(t: Target) -> Undo:
    return edited_policy(t, lambda document: sources(fence_of(document)).append("198.51.100.0/24"))


@mutation("bucket-policy", "medium", "changed")
def network_taken_out_of_the_fence(t: Target) -> Undo:
    return edited_policy(t, lambda document: sources(fence_of(document)).pop())


@mutation("bucket-policy", "critical", "changed")
def fence_taken_out(t: Target) -> Undo:
    def edit(document: dict[str, Any]) -> None:
        document["Statement"].remove(fence_of(document))
        document["Statement"].append(
            {
                "Effect": "Deny",
                "Principal": "*",
                "Action": "s3:DeleteBucketWebsite",
                "Resource": f"arn:aws:s3:::{t.bucket}",
            }
        )

    return edited_policy(t, edit)


@mutation("bucket-policy", "critical", "changed")
def fence_turned_into_an_allow(t: Target) -> Undo:
    def edit(document: dict[str, Any]) -> None:
        fence = fence_of(document)
        fence["Effect"], fence["Principal"] = "Allow", {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}
        fence["Condition"]["IpAddress"] = fence["Condition"].pop("NotIpAddress")

    return edited_policy(t, edit)


@mutation("bucket-policy", "critical", "changed")
def fence_narrowed_to_one_action(t: Target) -> Undo:
    return edited_policy(t, lambda document: fence_of(document).update(Action="s3:PutObject"))


@mutation("bucket-policy", "critical", "changed")
def fence_narrowed_to_objects(t: Target) -> Undo:
    return edited_policy(t, lambda document: fence_of(document).update(Resource=f"arn:aws:s3:::{t.bucket}/*"))


@mutation("bucket-policy", "critical", "changed")
def fence_opened_by_a_second_condition(t: Target) -> Undo:
    return edited_policy(
        t,
        lambda document: fence_of(document)["Condition"].update(
            {"StringNotLike": {"aws:UserAgent": "let-me-in*"}}
        ),
    )


@mutation("bucket-policy", "critical", "missing")
def policy_deleted(t: Target) -> Undo:
    before = t.s3.get_bucket_policy(Bucket=t.bucket)["Policy"]
    t.s3.delete_bucket_policy(Bucket=t.bucket)
    return lambda: t.s3.put_bucket_policy(Bucket=t.bucket, Policy=before)


@mutation("bucket-policy", "critical", "changed")
def policy_of_the_log_bucket_opened(t: Target) -> Undo:
    return edited_policy(t, lambda document: fence_of(document).update(Action="s3:PutObject"), bucket=t.logs)


@mutation("bucket-policy", "high", "changed")
def stranger_allowed_inside_the_fence(t: Target) -> Undo:
    def edit(document: dict[str, Any]) -> None:
        document["Statement"].append(
            {
                "Sid": "Partner",
                "Effect": "Allow",
                "Principal": {"AWS": "arn:aws:iam::444455556666:root"},
                "Action": "s3:GetObject",
                "Resource": f"arn:aws:s3:::{t.bucket}/*",
            }
        )

    return edited_policy(t, edit)


# What else a bucket has.


@mutation("bucket-public-access-block", "critical", "missing")
def public_access_block_deleted(t: Target) -> Undo:
    before = t.s3.get_public_access_block(Bucket=t.bucket)["PublicAccessBlockConfiguration"]
    t.s3.delete_public_access_block(Bucket=t.bucket)
    return lambda: t.s3.put_public_access_block(Bucket=t.bucket, PublicAccessBlockConfiguration=before)


@mutation("bucket-public-access-block", "critical", "changed")
def one_switch_of_the_public_access_block_off(t: Target) -> Undo:
    before = t.s3.get_public_access_block(Bucket=t.logs)["PublicAccessBlockConfiguration"]
    t.s3.put_public_access_block(
        Bucket=t.logs, PublicAccessBlockConfiguration={**before, "RestrictPublicBuckets": False}
    )
    return lambda: t.s3.put_public_access_block(Bucket=t.logs, PublicAccessBlockConfiguration=before)


def _ownership(t: Target, value: str) -> None:
    t.s3.put_bucket_ownership_controls(
        Bucket=t.bucket, OwnershipControls={"Rules": [{"ObjectOwnership": value}]}
    )


@mutation("bucket-ownership", "high", "changed")
def object_ownership_given_to_writers(t: Target) -> Undo:
    _ownership(t, "ObjectWriter")
    return lambda: _ownership(t, "BucketOwnerEnforced")


@mutation("bucket-ownership", "high", "missing")
def ownership_controls_deleted(t: Target) -> Undo:
    t.s3.delete_bucket_ownership_controls(Bucket=t.bucket)
    return lambda: _ownership(t, "BucketOwnerEnforced")


def _encryption(t: Target, change: Callable[[dict[str, Any]], Any]) -> Undo:
    before = t.s3.get_bucket_encryption(Bucket=t.bucket)["ServerSideEncryptionConfiguration"]
    after = json.loads(json.dumps(before))
    change(after["Rules"][0])
    t.s3.put_bucket_encryption(Bucket=t.bucket, ServerSideEncryptionConfiguration=after)
    return lambda: t.s3.put_bucket_encryption(Bucket=t.bucket, ServerSideEncryptionConfiguration=before)


@mutation("bucket-encryption", "high", "changed")
def encryption_with_another_key(t: Target) -> Undo:
    other = {
        "SSEAlgorithm": "aws:kms",
        "KMSMasterKeyID": f"arn:aws:kms:{REGION}:{ACCOUNT}:key/11111111-2222-3333-4444-555555555555",
    }
    return _encryption(t, lambda rule: rule.update(ApplyServerSideEncryptionByDefault=other))


@mutation("bucket-encryption", "high", "changed")
def bucket_key_switched(t: Target) -> Undo:
    return _encryption(t, lambda rule: rule.update(BucketKeyEnabled=not rule.get("BucketKeyEnabled", False)))


@mutation("bucket-versioning", "high", "changed")
def versioning_suspended(t: Target) -> Undo:
    t.s3.put_bucket_versioning(Bucket=t.bucket, VersioningConfiguration={"Status": "Suspended"})
    return lambda: t.s3.put_bucket_versioning(Bucket=t.bucket, VersioningConfiguration={"Status": "Enabled"})


def _logging(t: Target, status: dict[str, Any]) -> Undo:
    before = t.s3.get_bucket_logging(Bucket=t.bucket)["LoggingEnabled"]
    t.s3.put_bucket_logging(Bucket=t.bucket, BucketLoggingStatus=status)
    return lambda: t.s3.put_bucket_logging(Bucket=t.bucket, BucketLoggingStatus={"LoggingEnabled": before})


@mutation("bucket-logging", "high", "missing")
def access_logs_switched_off(t: Target) -> Undo:
    return _logging(t, {})


@mutation("bucket-logging", "high", "changed")
def access_logs_sent_elsewhere(t: Target) -> Undo:
    return _logging(t, {"LoggingEnabled": {"TargetBucket": t.bucket, "TargetPrefix": "hidden/"}})


@mutation("bucket-lifecycle", "high", "changed")
def logs_expire_sooner(t: Target) -> Undo:
    before = t.s3.get_bucket_lifecycle_configuration(Bucket=t.logs)["Rules"]
    after = json.loads(json.dumps(before))
    after[0]["Expiration"] = {"Days": 1}
    t.s3.put_bucket_lifecycle_configuration(Bucket=t.logs, LifecycleConfiguration={"Rules": after})
    return lambda: t.s3.put_bucket_lifecycle_configuration(
        Bucket=t.logs, LifecycleConfiguration={"Rules": before}
    )


def _lifecycle_restored(t: Target, before: list[Any] | None) -> None:
    if before is None:
        t.s3.delete_bucket_lifecycle(Bucket=t.bucket)
    else:
        t.s3.put_bucket_lifecycle_configuration(Bucket=t.bucket, LifecycleConfiguration={"Rules": before})


def _lifecycle(t: Target) -> list[Any] | None:
    try:
        rules: list[Any] = t.s3.get_bucket_lifecycle_configuration(Bucket=t.bucket)["Rules"]
    except t.s3.exceptions.ClientError:
        return None
    return rules


@mutation("bucket-lifecycle", "high", "any")
def data_expires(t: Target) -> Undo:
    before = _lifecycle(t)
    rule = {"ID": "gone", "Status": "Enabled", "Filter": {"Prefix": ""}, "Expiration": {"Days": 1}}
    t.s3.put_bucket_lifecycle_configuration(
        Bucket=t.bucket, LifecycleConfiguration={"Rules": [*(before or []), rule]}
    )
    return lambda: _lifecycle_restored(t, before)


@mutation("bucket-tags", "low", "changed")
def bucket_tag_added(t: Target) -> Undo:
    before = t.s3.get_bucket_tagging(Bucket=t.bucket)["TagSet"]
    t.s3.put_bucket_tagging(Bucket=t.bucket, Tagging={"TagSet": [*before, {"Key": "public", "Value": "yes"}]})
    return lambda: t.s3.put_bucket_tagging(Bucket=t.bucket, Tagging={"TagSet": before})


@mutation("bucket-tags", "low", "changed")
def bucket_tags_removed(t: Target) -> Undo:
    before = t.s3.get_bucket_tagging(Bucket=t.logs)["TagSet"]
    t.s3.delete_bucket_tagging(Bucket=t.logs)
    return lambda: t.s3.put_bucket_tagging(Bucket=t.logs, Tagging={"TagSet": before})


def log_delivery_granted_by_acl(t: Target) -> Undo:
    """Two changes, since S3 refuses grants while the owner owns everything: the ownership, then the ACL."""
    before = t.s3.get_bucket_acl(Bucket=t.bucket)
    kept = {"Owner": before["Owner"], "Grants": before["Grants"]}
    uri = "http://acs.amazonaws.com/groups/s3/LogDelivery"
    grant = {"Grantee": {"Type": "Group", "URI": uri}, "Permission": "WRITE"}
    _ownership(t, "ObjectWriter")
    t.s3.put_bucket_acl(Bucket=t.bucket, AccessControlPolicy={**kept, "Grants": [*kept["Grants"], grant]})

    def undo() -> None:
        t.s3.put_bucket_acl(Bucket=t.bucket, AccessControlPolicy=kept)
        _ownership(t, "BucketOwnerEnforced")

    return undo


@mutation("bucket-website", "high", "unmanaged")
def website_switched_on(t: Target) -> Undo:
    t.s3.put_bucket_website(Bucket=t.bucket, WebsiteConfiguration={"IndexDocument": {"Suffix": "index.html"}})
    return lambda: t.s3.delete_bucket_website(Bucket=t.bucket)


@mutation("bucket-cors", "medium", "unmanaged")
def web_origin_allowed(t: Target) -> Undo:
    t.s3.put_bucket_cors(
        Bucket=t.bucket,
        CORSConfiguration={"CORSRules": [{"AllowedMethods": ["GET"], "AllowedOrigins": ["*"]}]},
    )
    return lambda: t.s3.delete_bucket_cors(Bucket=t.bucket)


@mutation("bucket-replication", "critical", "unmanaged")
def replication_out_of_the_bucket(t: Target) -> Undo:
    elsewhere = new_name("elsewhere")
    t.s3.create_bucket(Bucket=elsewhere, CreateBucketConfiguration={"LocationConstraint": REGION})
    t.s3.put_bucket_versioning(Bucket=elsewhere, VersioningConfiguration={"Status": "Enabled"})
    t.s3.put_bucket_replication(
        Bucket=t.bucket,
        ReplicationConfiguration={
            "Role": f"arn:aws:iam::{ACCOUNT}:role/replication",
            "Rules": [
                {
                    "ID": "out",
                    "Status": "Enabled",
                    "Priority": 1,
                    "Filter": {"Prefix": ""},
                    "DeleteMarkerReplication": {"Status": "Disabled"},
                    "Destination": {"Bucket": f"arn:aws:s3:::{elsewhere}"},
                }
            ],
        },
    )

    def undo() -> None:
        t.s3.delete_bucket_replication(Bucket=t.bucket)
        t.s3.delete_bucket(Bucket=elsewhere)

    return undo


@mutation("bucket-inventory", "high", "unmanaged")
def inventory_delivered(t: Target) -> Undo:
    t.s3.put_bucket_inventory_configuration(
        Bucket=t.bucket,
        Id="names",
        InventoryConfiguration={
            "Id": "names",
            "IsEnabled": True,
            "IncludedObjectVersions": "All",
            "Schedule": {"Frequency": "Daily"},
            "Destination": {"S3BucketDestination": {"Bucket": "arn:aws:s3:::elsewhere", "Format": "CSV"}},
        },
    )
    return lambda: t.s3.delete_bucket_inventory_configuration(Bucket=t.bucket, Id="names")


@mutation("bucket-analytics", "medium", "unmanaged")
def analysis_exported(t: Target) -> Undo:
    target = {"S3BucketDestination": {"Bucket": "arn:aws:s3:::elsewhere", "Format": "CSV"}}
    t.s3.put_bucket_analytics_configuration(
        Bucket=t.bucket,
        Id="use",
        AnalyticsConfiguration={
            "Id": "use",
            "StorageClassAnalysis": {"DataExport": {"OutputSchemaVersion": "V_1", "Destination": target}},
        },
    )
    return lambda: t.s3.delete_bucket_analytics_configuration(Bucket=t.bucket, Id="use")


@mutation("bucket-metrics", "low", "unmanaged")
def request_metrics_published(t: Target) -> Undo:
    t.s3.put_bucket_metrics_configuration(Bucket=t.bucket, Id="all", MetricsConfiguration={"Id": "all"})
    return lambda: t.s3.delete_bucket_metrics_configuration(Bucket=t.bucket, Id="all")


@mutation("bucket-notifications", "high", "unmanaged")
def events_sent_to_the_bus(t: Target) -> Undo:
    t.s3.put_bucket_notification_configuration(
        Bucket=t.bucket, NotificationConfiguration={"EventBridgeConfiguration": {}}
    )
    return lambda: t.s3.put_bucket_notification_configuration(Bucket=t.bucket, NotificationConfiguration={})


@mutation("bucket-access-points", "high", "unmanaged")
def access_point_made(t: Target) -> Undo:
    name = new_name("door")
    t.control.create_access_point(AccountId=ACCOUNT, Name=name, Bucket=t.bucket)
    return lambda: t.control.delete_access_point(AccountId=ACCOUNT, Name=name)


@mutation("bucket-multi-region-access-points", "high", "unmanaged")
def multi_region_access_point_made(t: Target) -> Undo:
    name = new_name("world")
    t.multi_region.create_multi_region_access_point(
        AccountId=ACCOUNT, ClientToken=name, Details={"Name": name, "Regions": [{"Bucket": t.bucket}]}
    )
    return lambda: t.multi_region.delete_multi_region_access_point(
        AccountId=ACCOUNT, ClientToken=new_name("gone"), Details={"Name": name}
    )


# The user.


@mutation("user-access-keys", "critical", "unmanaged")
def second_access_key_made(t: Target) -> Undo:
    made = t.iam.create_access_key(UserName=t.user)["AccessKey"]["AccessKeyId"]
    return lambda: t.iam.delete_access_key(UserName=t.user, AccessKeyId=made)


@mutation("user-access-keys", "medium", "changed")
def access_key_made_inactive(t: Target) -> Undo:
    t.iam.update_access_key(UserName=t.user, AccessKeyId=t.key, Status="Inactive")
    return lambda: t.iam.update_access_key(UserName=t.user, AccessKeyId=t.key, Status="Active")


@mutation("user-attached-policies", "high", "unmanaged")
def managed_policy_attached(t: Target) -> Undo:
    arn = "arn:aws:iam::aws:policy/AdministratorAccess"
    t.iam.attach_user_policy(UserName=t.user, PolicyArn=arn)
    return lambda: t.iam.detach_user_policy(UserName=t.user, PolicyArn=arn)


@mutation("user-inline-policies", "high", "unmanaged")
def inline_policy_put(t: Target) -> Undo:
    document = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}],
    }
    t.iam.put_user_policy(UserName=t.user, PolicyName="quiet", PolicyDocument=json.dumps(document))
    return lambda: t.iam.delete_user_policy(UserName=t.user, PolicyName="quiet")


@mutation("user-groups", "high", "unmanaged")
def user_put_into_a_group(t: Target) -> Undo:
    group = new_name("crew")
    t.iam.create_group(GroupName=group)
    t.iam.attach_group_policy(GroupName=group, PolicyArn="arn:aws:iam::aws:policy/ReadOnlyAccess")
    t.iam.add_user_to_group(GroupName=group, UserName=t.user)

    def undo() -> None:
        t.iam.remove_user_from_group(GroupName=group, UserName=t.user)
        t.iam.detach_group_policy(GroupName=group, PolicyArn="arn:aws:iam::aws:policy/ReadOnlyAccess")
        t.iam.delete_group(GroupName=group)

    return undo


@mutation("user-groups", "high", "unmanaged")
def user_put_into_a_group_with_an_inline_policy(t: Target) -> Undo:
    group = new_name("crew")
    document = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
    t.iam.create_group(GroupName=group)
    t.iam.put_group_policy(GroupName=group, PolicyName="all", PolicyDocument=json.dumps(document))
    t.iam.add_user_to_group(GroupName=group, UserName=t.user)

    def undo() -> None:
        t.iam.remove_user_from_group(GroupName=group, UserName=t.user)
        t.iam.delete_group_policy(GroupName=group, PolicyName="all")
        t.iam.delete_group(GroupName=group)

    return undo


@mutation("user-console-password", "critical", "unmanaged")
def console_password_set(t: Target) -> Undo:
    t.iam.create_login_profile(UserName=t.user, Password="Corr3ct-horse-battery")
    return lambda: t.iam.delete_login_profile(UserName=t.user)


@mutation("user-mfa", "medium", "unmanaged")
def second_factor_enrolled(t: Target) -> Undo:
    name = new_name("phone")
    serial = t.iam.create_virtual_mfa_device(VirtualMFADeviceName=name)["VirtualMFADevice"]["SerialNumber"]
    t.iam.enable_mfa_device(
        UserName=t.user, SerialNumber=serial, AuthenticationCode1="123456", AuthenticationCode2="654321"
    )

    def undo() -> None:
        t.iam.deactivate_mfa_device(UserName=t.user, SerialNumber=serial)
        t.iam.delete_virtual_mfa_device(SerialNumber=serial)

    return undo


@mutation("user-ssh-keys", "medium", "unmanaged")
def ssh_key_uploaded(t: Target) -> Undo:
    made = t.iam.upload_ssh_public_key(UserName=t.user, SSHPublicKeyBody="ssh-ed25519 AAAA")["SSHPublicKey"]
    return lambda: t.iam.delete_ssh_public_key(UserName=t.user, SSHPublicKeyId=made["SSHPublicKeyId"])


@mutation("user-service-credentials", "medium", "unmanaged")
def service_credential_made(t: Target) -> Undo:
    made = t.iam.create_service_specific_credential(UserName=t.user, ServiceName="codecommit.amazonaws.com")[
        "ServiceSpecificCredential"
    ]["ServiceSpecificCredentialId"]
    return lambda: t.iam.delete_service_specific_credential(UserName=t.user, ServiceSpecificCredentialId=made)


@mutation("user-signing-certificates", "high", "unmanaged")
def signing_certificate_uploaded(t: Target) -> Undo:
    made = t.iam.upload_signing_certificate(UserName=t.user, CertificateBody="-----BEGIN CERTIFICATE-----")
    name = made["Certificate"]["CertificateId"]
    return lambda: t.iam.delete_signing_certificate(UserName=t.user, CertificateId=name)


@mutation("user-permissions-boundary", "medium", "changed")
def permissions_boundary_put(t: Target) -> Undo:
    t.iam.put_user_permissions_boundary(
        UserName=t.user, PermissionsBoundary="arn:aws:iam::aws:policy/AdministratorAccess"
    )
    return lambda: t.iam.delete_user_permissions_boundary(UserName=t.user)


@mutation("user-tags", "low", "changed")
def user_tag_added(t: Target) -> Undo:
    t.iam.tag_user(UserName=t.user, Tags=[{"Key": "role", "Value": "admin"}])
    return lambda: t.iam.untag_user(UserName=t.user, TagKeys=["role"])


# The managed policy.


def _new_version(t: Target, edit: Callable[[dict[str, Any]], Any]) -> Undo:
    before = t.iam.get_policy(PolicyArn=t.policy)["Policy"]["DefaultVersionId"]
    version = t.iam.get_policy_version(PolicyArn=t.policy, VersionId=before)["PolicyVersion"]
    document = version["Document"]
    edit(document)
    made = t.iam.create_policy_version(
        PolicyArn=t.policy, PolicyDocument=json.dumps(document), SetAsDefault=True
    )["PolicyVersion"]["VersionId"]

    def undo() -> None:
        t.iam.set_default_policy_version(PolicyArn=t.policy, VersionId=before)
        t.iam.delete_policy_version(PolicyArn=t.policy, VersionId=made)

    return undo


@mutation("policy-document", "high", "changed")
def managed_policy_widened(t: Target) -> Undo:
    return _new_version(
        t,
        lambda document: document["Statement"].append(
            {"Effect": "Allow", "Action": "s3:PutBucketPolicy", "Resource": f"arn:aws:s3:::{t.bucket}"}
        ),
    )


@mutation("policy-document", "medium", "changed")
def managed_policy_narrowed(t: Target) -> Undo:
    return _new_version(t, lambda document: document["Statement"].pop())


@mutation("policy-document", "high", "changed")
def managed_policy_widened_by_a_resource(t: Target) -> Undo:
    return _new_version(t, lambda document: document["Statement"][0].update(Resource="*"))


@mutation("policy-attachments", "high", "unmanaged")
def managed_policy_given_to_somebody_else(t: Target) -> Undo:
    other = new_name("eve")
    t.iam.create_user(UserName=other)
    t.iam.attach_user_policy(UserName=other, PolicyArn=t.policy)

    def undo() -> None:
        t.iam.detach_user_policy(UserName=other, PolicyArn=t.policy)
        t.iam.delete_user(UserName=other)

    return undo


@mutation("policy-attachments", "high", "unmanaged")
def managed_policy_given_to_a_group(t: Target) -> Undo:
    group = new_name("crew")
    t.iam.create_group(GroupName=group)
    t.iam.attach_group_policy(GroupName=group, PolicyArn=t.policy)

    def undo() -> None:
        t.iam.detach_group_policy(GroupName=group, PolicyArn=t.policy)
        t.iam.delete_group(GroupName=group)

    return undo


@mutation("other-principals", "low", "unmanaged", strict=True)
def stranger_allowed_the_bucket(t: Target) -> Undo:
    other = new_name("mallory")
    document = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "s3:Get*", "Resource": f"arn:aws:s3:::{t.bucket}/*"}],
    }
    t.iam.create_user(UserName=other)
    t.iam.put_user_policy(UserName=other, PolicyName="in", PolicyDocument=json.dumps(document))

    def undo() -> None:
        t.iam.delete_user_policy(UserName=other, PolicyName="in")
        t.iam.delete_user(UserName=other)

    return undo


@mutation("other-principals", "low", "unmanaged", strict=True)
def new_administrator_made(t: Target) -> Undo:
    other = new_name("root")
    t.iam.create_user(UserName=other)
    t.iam.attach_user_policy(UserName=other, PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess")

    def undo() -> None:
        t.iam.detach_user_policy(UserName=other, PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess")
        t.iam.delete_user(UserName=other)

    return undo


# The key.


@mutation("kms-key-state", "high", "changed")
def key_disabled(t: Target) -> Undo:
    t.kms_client.disable_key(KeyId=t.kms)
    return lambda: t.kms_client.enable_key(KeyId=t.kms)


@mutation("kms-key-state", "critical", "changed")
def key_deletion_scheduled(t: Target) -> Undo:
    t.kms_client.schedule_key_deletion(KeyId=t.kms, PendingWindowInDays=30)

    def undo() -> None:
        t.kms_client.cancel_key_deletion(KeyId=t.kms)
        t.kms_client.enable_key(KeyId=t.kms)

    return undo


@mutation("kms-key-policy", "critical", "changed")
def key_policy_opened(t: Target) -> Undo:
    before = t.kms_client.get_key_policy(KeyId=t.kms, PolicyName="default")["Policy"]
    document = json.loads(before)
    document["Statement"].append(
        {
            "Effect": "Allow",
            "Principal": {"AWS": "arn:aws:iam::444455556666:root"},
            "Action": "kms:Decrypt",
            "Resource": "*",
        }
    )
    t.kms_client.put_key_policy(KeyId=t.kms, PolicyName="default", Policy=json.dumps(document))
    return lambda: t.kms_client.put_key_policy(KeyId=t.kms, PolicyName="default", Policy=before)


@mutation("kms-key-grants", "high", "unmanaged")
def key_granted(t: Target) -> Undo:
    made = t.kms_client.create_grant(
        KeyId=t.kms, GranteePrincipal=f"arn:aws:iam::{ACCOUNT}:user/{t.user}", Operations=["Decrypt"]
    )["GrantId"]
    return lambda: t.kms_client.revoke_grant(KeyId=t.kms, GrantId=made)


@mutation("kms-key-rotation", "medium", "changed")
def key_rotation_switched_off(t: Target) -> Undo:
    t.kms_client.disable_key_rotation(KeyId=t.kms)
    return lambda: t.kms_client.enable_key_rotation(KeyId=t.kms)

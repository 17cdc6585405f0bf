"""Each compatibility patch: the emulator alone still differs from AWS there, and the patched one does not.

A test that fails here for a newer emulator says that the patch can go. What each patch does in detail is
tried by the tests of evaluation, buckets and IAM next to this file.
"""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from local.aws import patches
from local.aws.emulator import MANAGEMENT
from local.aws.patches.sts import codes
from local.stand import Stand
from tests.conftest import without_account
from tests.local.asking import LOCATION, RCP, RCP_TYPE, assertion, organization_root

ACCOUNT = "111122223333"
SERVE = (
    "import sys, uvicorn; from pathlib import Path; from local.aws import emulator;"
    "emulator.configure(Path(sys.argv[1]));"
    "uvicorn.run(emulator.application(), fd=int(sys.argv[2]), log_level='warning')"
)


@dataclass(frozen=True, slots=True)
class World:
    """An embedded AWS to ask as root and as a user: the patched one, or the emulator alone."""

    root_url: str
    user_url: str
    options: dict[str, Any]
    own: str = field(default_factory=lambda: f"probe-{uuid.uuid4().hex[:8]}")

    def client(self, service: str, url: str, **options: Any) -> Any:
        """A client of the world."""
        defaults = {"region_name": "ap-northeast-1", "config": Config(retries={"total_max_attempts": 1})}
        made = boto3.client(service, endpoint_url=url, **{**defaults, **self.options, **options})
        made.meta.events.register("before-call.s3-control", without_account)
        return made

    def root(self, service: str) -> Any:
        """A client of root's, whom no policy concerns."""
        return self.client(service, self.root_url, aws_access_key_id="test", aws_secret_access_key="test")

    def management(self) -> Any:
        """A client of AWS Organizations, of the root of the management account."""
        key = {"aws_access_key_id": MANAGEMENT, "aws_secret_access_key": "test"}
        return self.client("organizations", self.root_url, **key)

    def user(self, service: str, policy: dict[str, Any] | None = None) -> Any:
        """A client of a user's who may do that, or everything in S3."""
        iam, allowed = self.root("iam"), policy or {"Action": "s3:*", "Resource": "*"}
        iam.create_user(UserName=self.own, Path="/team/")
        document = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", **allowed}}
        iam.put_user_policy(UserName=self.own, PolicyName="own", PolicyDocument=json.dumps(document))
        key = iam.create_access_key(UserName=self.own)["AccessKey"]
        credentials = {
            "aws_access_key_id": key["AccessKeyId"],
            "aws_secret_access_key": key["SecretAccessKey"],
        }
        return self.client(service, self.user_url, **credentials)

    def anonymous(self) -> Any:
        """A client of S3 that signs nothing."""
        return self.client("s3", self.user_url, config=Config(signature_version=UNSIGNED))

    def bucket(self, *statements: dict[str, Any]) -> str:
        """A bucket without public-access blocks, with these statements as its policy."""
        s3 = self.root("s3")
        s3.create_bucket(Bucket=self.own, CreateBucketConfiguration=LOCATION)
        s3.delete_public_access_block(Bucket=self.own)
        s3.put_object(Bucket=self.own, Key="key", Body=b"")
        if statements:
            arns = [f"arn:aws:s3:::{self.own}", f"arn:aws:s3:::{self.own}/*"]
            full = [
                {**({} if "NotPrincipal" in each else {"Principal": "*"}), "Resource": arns, **each}
                for each in statements
            ]
            policy = {"Version": "2012-10-17", "Statement": full}
            s3.put_bucket_policy(Bucket=self.own, Policy=json.dumps(policy))
        return self.own


@contextlib.contextmanager
def emulator(directory: Path, *before: str) -> Iterator[str]:
    """The URL of an emulator without our patches and gateway; ``before`` is where it is looked for first."""
    root = str(Path(__file__).parents[2])
    with socket.create_server(("127.0.0.1", 0)) as listener:
        number = listener.fileno()
        command = [sys.executable, "-c", SERVE, str(directory), str(number)]
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join([*before, root])}
        process = subprocess.Popen(command, cwd=directory, env=environment, pass_fds=[number])
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            process.terminate()
            process.wait(30)


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of the emulator as it is installed."""
    with emulator(tmp_path_factory.mktemp("alone")) as url:
        yield url


@pytest.fixture(scope="module")
def patched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stand]:
    """A stand of this file's own: the tests leave everything that they make."""
    with Stand(tmp_path_factory.mktemp("patched")) as running:
        yield running


@pytest.fixture(params=["the emulator alone", "patched"])
def world(request: pytest.FixtureRequest, alone: str, patched: Stand) -> World:
    """Both of them, one after the other."""
    if request.param == "patched":
        verify = {"verify": str(patched.authority)}
        return World(patched.endpoint("root"), patched.endpoint("inside"), verify)
    return World(alone, alone, {})


def refused(call: Callable[[], Any], code: str) -> bool:
    """Whether the call is refused with that code; an answer that is not understood is none."""
    try:
        call()
    except ClientError as error:
        return bool(error.response["Error"]["Code"] == code)
    except BotoCoreError:
        return False
    return False


def denied(world: World, **statement: Any) -> bool:
    """Whether a user who may do everything is denied by a bucket's Deny like that."""
    bucket = world.bucket({"Effect": "Deny", "Action": "s3:ListBucket", **statement})
    client = world.user("s3")
    return refused(lambda: client.list_objects_v2(Bucket=bucket, Prefix=f"home/{world.own}/"), "AccessDenied")


def denied_if(operator: str, key: str, value: str) -> Callable[[World], bool]:
    """Whether a Deny with that condition concerns an ordinary request of a user's."""
    return lambda world: denied(world, Condition={operator: {key: value}})


def not_principal(world: World) -> bool:
    """A Deny for everyone but another user."""
    world.root("iam").create_user(UserName=f"{world.own}-other")
    named = [f"arn:aws:iam::{ACCOUNT}:user/{world.own}-other", f"arn:aws:iam::{ACCOUNT}:root"]
    return denied(world, NotPrincipal={"AWS": named})


def anonymous_denied(world: World) -> bool:
    """A Deny for whoever has no principal ARN, which an anonymous caller has not."""
    bucket = world.bucket(
        {"Effect": "Allow", "Action": "s3:GetObject"},
        {"Effect": "Deny", "Action": "s3:GetObject", "Condition": {"Null": {"aws:PrincipalArn": "true"}}},
    )
    return refused(lambda: world.anonymous().get_object(Bucket=bucket, Key="key"), "AccessDenied")


def deny_before_acl(world: World) -> bool:
    """An object that everyone may read by its ACL, in a bucket that denies everyone."""
    bucket = world.bucket({"Effect": "Deny", "Action": "s3:GetObject"})
    s3 = world.root("s3")
    rules = {"Rules": [{"ObjectOwnership": "ObjectWriter"}]}
    s3.put_bucket_ownership_controls(Bucket=bucket, OwnershipControls=rules)
    s3.put_object_acl(Bucket=bucket, Key="key", ACL="public-read")
    return refused(lambda: world.anonymous().get_object(Bucket=bucket, Key="key"), "AccessDenied")


def malformed(world: World) -> bool:
    """A bucket policy without a statement."""
    s3, bucket = world.root("s3"), world.bucket()
    return refused(lambda: s3.put_bucket_policy(Bucket=bucket, Policy="{}"), "MalformedPolicy")


def policy_status(world: World) -> bool:
    """Whether a public policy is reported."""
    bucket = world.bucket({"Effect": "Allow", "Action": "s3:GetObject"})
    return bool(
        world.root("s3").get_bucket_policy_status(Bucket=bucket).get("PolicyStatus", {}).get("IsPublic")
    )


def configuration_deleted(world: World) -> bool:
    """Whether a bucket outlives the deletion of a metrics configuration that it does not have."""
    s3, bucket = world.root("s3"), world.bucket()
    s3.delete_object(Bucket=bucket, Key="key")
    refused(lambda: s3.delete_bucket_metrics_configuration(Bucket=bucket, Id="all"), "NoSuchConfiguration")
    return bucket in [each["Name"] for each in s3.list_buckets()["Buckets"]]


def payer(world: World) -> bool:
    """Whether it is known who pays."""
    return "Payer" in world.root("s3").get_bucket_request_payment(Bucket=world.bucket())


def logging_target(world: World) -> bool:
    """Logs to a bucket that is not there."""
    s3, bucket = world.root("s3"), world.bucket()
    logging = {"LoggingEnabled": {"TargetBucket": f"{bucket}-none", "TargetPrefix": ""}}
    return refused(
        lambda: s3.put_bucket_logging(Bucket=bucket, BucketLoggingStatus=logging),
        "InvalidTargetBucketForLogging",
    )


def blocked_key(world: World) -> bool:
    """A customer's key where the bucket blocks them."""
    s3, bucket = world.root("s3"), world.bucket()
    by_default = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
    rule = {**by_default, "BlockedEncryptionTypes": {"EncryptionType": ["SSE-C"]}}
    s3.put_bucket_encryption(Bucket=bucket, ServerSideEncryptionConfiguration={"Rules": [rule]})
    key = {"SSECustomerAlgorithm": "AES256", "SSECustomerKey": "0" * 32}
    if world.root_url.startswith("http:"):  # with which boto3 sends no key
        s3.meta.events.unregister("before-parameter-build.s3.PutObject")
    return refused(lambda: s3.put_object(Bucket=bucket, Key="a", Body=b"", **key), "AccessDenied")


def other_owner(world: World) -> bool:
    """A bucket that another account should own."""
    s3, bucket = world.root("s3"), world.bucket()
    return refused(
        lambda: s3.get_bucket_location(Bucket=bucket, ExpectedBucketOwner="999999999999"), "AccessDenied"
    )


def unknown_operation(world: World) -> bool:
    """A DELETE that the emulator does not know deletes nothing."""
    s3, bucket = world.root("s3"), world.bucket()
    s3.delete_object(Bucket=bucket, Key="key")
    refused(lambda: s3.delete_bucket_metadata_table_configuration(Bucket=bucket), "NotImplemented")
    return bucket in [each["Name"] for each in s3.list_buckets()["Buckets"]]


def no_account_block(world: World) -> bool:
    """The account's public-access block, which nobody made."""
    control = world.root("s3control")
    return refused(
        lambda: control.get_public_access_block(AccountId=ACCOUNT), "NoSuchPublicAccessBlockConfiguration"
    )


def no_grants(world: World) -> bool:
    """The account's access grants, without an instance of them."""
    control = world.root("s3control")
    return refused(
        lambda: control.list_access_grants(AccountId=ACCOUNT), "AccessGrantsInstanceNotExistsError"
    )


DOCUMENT = json.dumps(
    {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}
)


def default_version(world: World) -> bool:
    """An older version of a policy in force again."""
    iam, text = world.root("iam"), DOCUMENT
    arn = iam.create_policy(PolicyName=world.own, PolicyDocument=text)["Policy"]["Arn"]
    iam.create_policy_version(PolicyArn=arn, PolicyDocument=text, SetAsDefault=True)
    return not refused(
        lambda: iam.set_default_policy_version(PolicyArn=arn, VersionId="v1"), "InvalidAction"
    ) and bool(iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"] == "v1")


def third_key(world: World) -> bool:
    """A third access key of one user."""
    iam = world.root("iam")
    world.user("s3")
    iam.create_access_key(UserName=world.own)
    return refused(lambda: iam.create_access_key(UserName=world.own), "LimitExceeded")


def last_use(world: World) -> bool:
    """The service that a key was used for."""
    world.user("s3").list_buckets()
    (key,) = world.root("iam").list_access_keys(UserName=world.own)["AccessKeyMetadata"]
    used = world.root("iam").get_access_key_last_used(AccessKeyId=key["AccessKeyId"])["AccessKeyLastUsed"]
    return bool(used["ServiceName"] == "s3")


def credentials(operation: str) -> Callable[[World], bool]:
    """A kind of credential can be listed."""

    def listed(world: World) -> bool:
        world.user("s3")
        call = getattr(world.root("iam"), operation)
        try:
            call(UserName=world.own)
        except ClientError:
            return False
        return True

    return listed


def may(action: str, resource: str, call: str, **arguments: str) -> Callable[[World], bool]:
    """A user with that one right on that one thing may do it."""

    def allowed(world: World) -> bool:
        names = {key: value.format(own=world.own) for key, value in arguments.items()}
        arn = f"arn:aws:iam::{ACCOUNT}:{resource.format(own=world.own)}"
        client = world.user("iam", {"Action": action, "Resource": arn})
        if "GroupName" in names:
            world.root("iam").create_group(GroupName=world.own, Path="/team/")
        return not refused(lambda: getattr(client, call)(**names), "AccessDenied")

    return allowed


def attached_policy(world: World) -> bool:
    """The key that names which policy is attached."""
    policy = "arn:aws:iam::aws:policy/ReadOnlyAccess"
    condition = {"Condition": {"ArnEquals": {"iam:PolicyARN": policy}}}
    client = world.user("iam", {"Action": "iam:*", "Resource": "*", **condition})
    return not refused(
        lambda: client.attach_user_policy(UserName=world.own, PolicyArn=policy), "AccessDenied"
    )


def member(world: World) -> bool:
    """A user who is in a group."""
    iam = world.root("iam")
    iam.create_user(UserName=world.own)
    iam.create_group(GroupName=world.own)
    iam.add_user_to_group(GroupName=world.own, UserName=world.own)
    return refused(lambda: iam.delete_user(UserName=world.own), "DeleteConflict")


def group_with_member(world: World) -> bool:
    """A group that a user is in."""
    iam = world.root("iam")
    iam.create_user(UserName=world.own)
    iam.create_group(GroupName=world.own)
    iam.add_user_to_group(GroupName=world.own, UserName=world.own)
    return refused(lambda: iam.delete_group(GroupName=world.own), "DeleteConflict")


def in_an_organization(world: World) -> bool:
    """Whether the account is a member, and not the management account of an organization of its own."""
    found = world.root("organizations").describe_organization()["Organization"]
    return bool(found["MasterAccountId"] != ACCOUNT)


def malformed_rcp(world: World) -> bool:
    """A resource control policy without a statement."""
    make = {"Name": world.own, "Description": "", "Type": RCP_TYPE, "Content": "{}"}
    return refused(
        lambda: world.management().create_policy(**make),
        "MalformedPolicyDocumentException",
    )


def full_access(world: World) -> bool:
    """Whether AWS's own resource control policy is there once the type is enabled."""
    organizations = world.management()
    organization_root(organizations)
    listed = organizations.list_policies(Filter=RCP_TYPE)["Policies"]
    return "RCPFullAWSAccess" in [each["Name"] for each in listed]


def rcp_denies(world: World) -> bool:
    """Whether a resource control policy on the organization's root denies a user of the account."""
    organizations, bucket = world.management(), world.bucket()
    content = RCP.replace("nothing-of-that-name", bucket)
    made = organizations.create_policy(Name=bucket, Description="", Type=RCP_TYPE, Content=content)
    identity = made["Policy"]["PolicySummary"]["Id"]
    organizations.attach_policy(PolicyId=identity, TargetId=organization_root(organizations))
    client = world.user("s3")
    return refused(lambda: client.list_objects_v2(Bucket=bucket), "AccessDenied")


def role(world: World, **condition: Any) -> str:
    """The ARN of a role that everybody of the account may assume for an hour, under a condition."""
    statement = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, **condition}
    trust = {"Version": "2012-10-17", "Statement": {"Action": "sts:AssumeRole", **statement}}
    made = world.root("iam").create_role(RoleName=world.own, AssumeRolePolicyDocument=json.dumps(trust))
    return str(made["Role"]["Arn"])


ASSUME = {"Action": "sts:AssumeRole", "Resource": "*"}


def mfa(world: World) -> bool:
    """A role that asks for MFA, assumed with the code that the device shows."""
    arn = role(world, Condition={"Bool": {"aws:MultiFactorAuthPresent": "true"}})
    sts = world.user("sts", ASSUME)
    device = world.root("iam").create_virtual_mfa_device(VirtualMFADeviceName=world.own)["VirtualMFADevice"]
    serial, seed = device["SerialNumber"], device["Base32StringSeed"].decode()
    world.root("iam").enable_mfa_device(
        UserName=world.own, SerialNumber=serial, AuthenticationCode1="000000", AuthenticationCode2="000000"
    )
    try:
        code = next(iter(codes(seed)))
    except ValueError:  # no base32
        return False
    session = {"RoleArn": arn, "RoleSessionName": "own", "SerialNumber": serial, "TokenCode": code}
    return not refused(lambda: sts.assume_role(**session), "AccessDenied")


def session_duration(world: World) -> bool:
    """A session that would last longer than the role allows."""
    arn, sts = role(world), world.user("sts", ASSUME)
    session = {"RoleArn": arn, "RoleSessionName": "own", "DurationSeconds": 7200}
    return refused(lambda: sts.assume_role(**session), "ValidationError")


def role_use(world: World) -> bool:
    """When a role was last used."""
    arn, sts = role(world), world.user("sts", ASSUME)
    made = sts.assume_role(RoleArn=arn, RoleSessionName="own")["Credentials"]
    keys = {
        "aws_access_key_id": made["AccessKeyId"],
        "aws_secret_access_key": made["SecretAccessKey"],
        "aws_session_token": made["SessionToken"],
    }
    world.client("sts", world.user_url, **keys).get_caller_identity()
    return "LastUsedDate" in world.root("iam").get_role(RoleName=world.own)["Role"].get("RoleLastUsed", {})


def no_metadata(world: World) -> bool:
    """S3 Metadata of a bucket that has none: an error of its own, where the emulator lists the bucket."""
    s3 = world.root("s3")
    s3.create_bucket(Bucket=world.own, CreateBucketConfiguration=LOCATION)
    return refused(
        lambda: s3.get_bucket_metadata_configuration(Bucket=world.own), "MetadataConfigurationNotFound"
    )


def no_abac(world: World) -> bool:
    """A bucket on which attribute-based access was never enabled."""
    s3 = world.root("s3")
    s3.create_bucket(Bucket=world.own, CreateBucketConfiguration=LOCATION)
    answer = s3.get_bucket_abac(Bucket=world.own)
    return bool(answer.get("AbacStatus", {}).get("Status") == "Disabled")


def nothing_of_other_services(world: World) -> bool:
    """What serves or copies objects for others, of which the account has nothing."""
    asked = {
        "fsx": {
            "describe_data_repository_associations": "Associations",
            "describe_file_systems": "FileSystems",
        },
        "datasync": {"list_locations": "Locations"},
        "storagegateway": {"list_file_shares": "FileShareInfoList"},
    }
    try:
        return all(
            getattr(world.root(service), operation)()[listed] == []
            for service, operations in asked.items()
            for operation, listed in operations.items()
        )
    except ClientError:
        return False


def saml_session(world: World) -> bool:
    """A role that trusts a SAML provider for one subject at one endpoint."""
    provider = f"arn:aws:iam::{ACCOUNT}:saml-provider/idp"
    aud = {"SAML:aud": "https://signin.aws.amazon.com/saml", "SAML:sub": "ana"}
    trust = {
        "Effect": "Allow",
        "Principal": {"Federated": provider},
        "Action": "sts:AssumeRoleWithSAML",
        "Condition": {"StringEquals": aud},
    }
    document = json.dumps({"Version": "2012-10-17", "Statement": trust})
    world.root("iam").create_role(RoleName=world.own, AssumeRolePolicyDocument=document)
    sts = world.client("sts", world.user_url, config=Config(signature_version=UNSIGNED))

    def assume(given: str, by: str = provider) -> Any:
        role = f"arn:aws:iam::{ACCOUNT}:role/{world.own}"
        return sts.assume_role_with_saml(RoleArn=role, PrincipalArn=by, SAMLAssertion=given)

    try:
        assumed = assume(assertion())["AssumedRoleUser"]["Arn"]
    except (BotoCoreError, ClientError):
        return False
    others = (
        lambda: assume(assertion("eve")),
        lambda: assume(assertion(recipient="https://elsewhere.example.com")),
        lambda: assume(assertion(), f"{provider}-2"),
        lambda: assume("bm8geG1s"),
    )
    return f"assumed-role/{world.own}/" in assumed and all(refused(each, "AccessDenied") for each in others)


BEHAVIORS = {
    "evaluation: aws:ViaAWSService": denied_if("Bool", "aws:ViaAWSService", "false"),
    "evaluation: aws:PrincipalIsAWSService": denied_if("Bool", "aws:PrincipalIsAWSService", "false"),
    "evaluation: aws:UserAgent": denied_if("StringLike", "aws:UserAgent", "Boto3/*"),
    "evaluation: s3:authType": denied_if("StringEquals", "s3:authType", "REST-HEADER"),
    "evaluation: policy variables": denied_if("StringEquals", "s3:prefix", "home/${aws:username}/"),
    "evaluation: NotPrincipal": not_principal,
    "evaluation: an anonymous caller has no principal keys": anonymous_denied,
    "denials: a Deny comes before an ACL": deny_before_acl,
    "bucket_policies: MalformedPolicy": malformed,
    "bucket_policies: GetBucketPolicyStatus": policy_status,
    "stored: the deletion of a configuration": configuration_deleted,
    "stored: S3 Metadata": no_metadata,
    "stored: attribute-based access": no_abac,
    "bucket_settings: GetBucketRequestPayment": payer,
    "bucket_settings: the logging target": logging_target,
    "bucket_settings: blocked encryption": blocked_key,
    "bucket_settings: ExpectedBucketOwner": other_owner,
    "bucket_settings: unknown operations": unknown_operation,
    "stored: the account's public-access block": no_account_block,
    "stored: access grants": no_grants,
    "services: file systems, locations and file shares": nothing_of_other_services,
    "iam: SetDefaultPolicyVersion": default_version,
    "iam: two access keys": third_key,
    "iam: GetAccessKeyLastUsed": last_use,
    "iam_credentials: SSH keys": credentials("list_ssh_public_keys"),
    "iam_credentials: service-specific credentials": credentials("list_service_specific_credentials"),
    "iam_credentials: signing certificates": credentials("list_signing_certificates"),
    "iam_authorization: a policy to be made": may(
        "iam:CreatePolicy",
        "policy/team/{own}",
        "create_policy",
        PolicyName="{own}",
        Path="/team/",
        PolicyDocument=DOCUMENT.replace("{", "{{").replace("}", "}}"),
    ),
    "iam_authorization: paths": may(
        "iam:ListUserTags", "user/team/{own}", "list_user_tags", UserName="{own}"
    ),
    "iam_authorization: memberships": may(
        "iam:AddUserToGroup",
        "group/team/{own}",
        "add_user_to_group",
        GroupName="{own}",
        UserName="{own}",
    ),
    "iam_authorization: iam:PolicyARN": attached_policy,
    "iam: a user in a group": member,
    "iam: a group with a user": group_with_member,
    "organizations: the account is a member": in_an_organization,
    "organizations: MalformedPolicyDocumentException": malformed_rcp,
    "organizations: RCPFullAWSAccess": full_access,
    "denials: resource control policies": rcp_denies,
    "saml: a session by an assertion": saml_session,
    "sts: MFA": mfa,
    "sts: how long a session may last": session_duration,
    "iam: RoleLastUsed": role_use,
}


@pytest.mark.parametrize("behavior", BEHAVIORS)
def test_a_patch_is_needed_and_works(world: World, behavior: str) -> None:
    """AWS's behavior, which the emulator alone does not have."""
    assert BEHAVIORS[behavior](world) is (world.root_url != world.user_url)


def test_every_patch_is_tried() -> None:
    """A file of patches without a line in the table would never be found unnecessary."""
    files = {path.stem for path in Path(patches.__file__).parent.glob("*.py")}
    assert files - {"__init__", "kept", "patch", "request"} == {each.partition(":")[0] for each in BEHAVIORS}


def test_another_version_of_the_emulator_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The patches replace private functions, so they say which version they fit."""
    assert version("ministack") == patches.VERSION
    monkeypatch.setattr(patches, "VERSION", "0.0.1")
    with pytest.raises(patches.VersionError, match=r"fit ministack 0\.0\.1, and .* is installed"):
        patches.apply(tmp_path)

"""Functions that look up what exists already: buckets, their policies, users, roles, policies, keys."""

from __future__ import annotations

from local.provider.failures import ProviderError
from local.provider.lifecycle import read
from local.provider.session import Session
from local.provider.types import RESOURCES
from local.provider.values import Props


def found(session: Session, token: str, identity: str, arguments: Props) -> Props:
    """The outputs of a resource that has to exist."""
    region = {"region": arguments["region"]} if arguments.get("region") else {}
    resource = RESOURCES[token]
    outputs = read(resource, session, identity, region)
    if outputs is None:
        raise ProviderError(f"reading {resource.title} ({identity}): couldn't find resource")
    return {**outputs, "id": identity}


def bucket(session: Session, arguments: Props) -> Props:
    """s3.getBucket."""
    outputs = found(session, "aws:s3/bucket:Bucket", arguments["bucket"], arguments)
    names = (
        "arn",
        "bucket",
        "bucketDomainName",
        "bucketRegion",
        "bucketRegionalDomainName",
        "hostedZoneId",
        "id",
        "region",
    )
    chosen = {name: outputs.get(name, "") for name in names}
    website = {name: outputs.get(name, "") for name in ("websiteDomain", "websiteEndpoint")}
    return {**chosen, **website}


def bucket_policy(session: Session, arguments: Props) -> Props:
    """s3.getBucketPolicy."""
    outputs = found(session, "aws:s3/bucketPolicy:BucketPolicy", arguments["bucket"], arguments)
    return {name: outputs[name] for name in ("bucket", "id", "policy", "region")}


def canonical_user_id(session: Session, arguments: Props) -> Props:
    """s3.getCanonicalUserId."""
    del arguments
    owner = session.client("s3").list_buckets()["Owner"]
    return {"id": owner["ID"], "displayName": owner.get("DisplayName", "")}


def user(session: Session, arguments: Props) -> Props:
    """iam.getUser."""
    outputs = found(session, "aws:iam/user:User", arguments["userName"], arguments)
    return {
        "arn": outputs["arn"],
        "id": outputs["uniqueId"],
        "path": outputs["path"],
        "permissionsBoundary": outputs.get("permissionsBoundary", ""),
        "tags": outputs["tagsAll"],
        "userId": outputs["uniqueId"],
        "userName": outputs["name"],
    }


def role(session: Session, arguments: Props) -> Props:
    """iam.getRole."""
    outputs = found(session, "aws:iam/role:Role", arguments["name"], arguments)
    names = ("arn", "assumeRolePolicy", "createDate", "id", "maxSessionDuration", "name", "path", "uniqueId")
    return {
        **{name: outputs[name] for name in names},
        "description": outputs.get("description", ""),
        "permissionsBoundary": outputs.get("permissionsBoundary", ""),
        "roleLastUseds": [],
        "tags": outputs["tagsAll"],
    }


def policy(session: Session, arguments: Props) -> Props:
    """iam.getPolicy: by ARN, or by name and path prefix."""
    arn = arguments.get("arn")
    if not arn:
        pages = session.client("iam").get_paginator("list_policies").paginate(Scope="All")
        prefix = arguments.get("pathPrefix") or "/"
        arns = [
            each["Arn"]
            for page in pages
            for each in page["Policies"]
            if each["PolicyName"] == arguments.get("name") and (each.get("Path") or "/").startswith(prefix)
        ]
        if len(arns) != 1:
            raise ProviderError(f"reading IAM Policy: {len(arns)} have the name {arguments.get('name')!r}")
        arn = arns[0]
    outputs = found(session, "aws:iam/policy:Policy", arn, arguments)
    names = ("arn", "attachmentCount", "id", "name", "path", "policy", "policyId")
    return {
        **{name: outputs[name] for name in names},
        "description": outputs.get("description", ""),
        "pathPrefix": arguments.get("pathPrefix"),
        "tags": outputs["tagsAll"],
    }


def alias(session: Session, arguments: Props) -> Props:
    """kms.getAlias."""
    outputs = found(session, "aws:kms/alias:Alias", arguments["name"], arguments)
    names = ("arn", "name", "region", "targetKeyArn", "targetKeyId")
    return {**{name: outputs[name] for name in names}, "id": outputs["arn"]}


def key(session: Session, arguments: Props) -> Props:
    """kms.getKey: by id, ARN or alias."""
    kms = session.client("kms", arguments.get("region"))
    about = kms.describe_key(KeyId=arguments["keyId"])["KeyMetadata"]
    return {
        "arn": about["Arn"],
        "awsAccountId": about["AWSAccountId"],
        "cloudHsmClusterId": about.get("CloudHsmClusterId", ""),
        "creationDate": about["CreationDate"].strftime("%Y-%m-%dT%H:%M:%SZ"),
        "customKeyStoreId": about.get("CustomKeyStoreId", ""),
        "customerMasterKeySpec": about.get("CustomerMasterKeySpec") or about.get("KeySpec", ""),
        "deletionDate": "",
        "description": about.get("Description", ""),
        "enabled": about["Enabled"],
        "expirationModel": about.get("ExpirationModel", ""),
        "grantTokens": arguments.get("grantTokens"),
        "id": about["KeyId"],
        "keyId": arguments["keyId"],
        "keyManager": about.get("KeyManager", ""),
        "keySpec": about.get("KeySpec", ""),
        "keyState": about["KeyState"],
        "keyUsage": about["KeyUsage"],
        "multiRegion": bool(about.get("MultiRegion")),
        "multiRegionConfigurations": [],
        "origin": about.get("Origin", ""),
        "pendingDeletionWindowInDays": about.get("PendingDeletionWindowInDays", 0),
        "region": arguments.get("region") or session.region,
        "validTo": "",
        "xksKeyConfigurations": [],
    }


FUNCTIONS = {
    "aws:iam/getPolicy:getPolicy": policy,
    "aws:iam/getRole:getRole": role,
    "aws:iam/getUser:getUser": user,
    "aws:kms/getAlias:getAlias": alias,
    "aws:kms/getKey:getKey": key,
    "aws:s3/getBucket:getBucket": bucket,
    "aws:s3/getBucketPolicy:getBucketPolicy": bucket_policy,
    "aws:s3/getCanonicalUserId:getCanonicalUserId": canonical_user_id,
}

"""Functions that look up what exists already: the outputs of a type, by the names that the function has."""

from __future__ import annotations

import functools
from typing import NamedTuple

from local.provider import sdk
from local.provider.failures import ProviderError
from local.provider.lifecycle import read
from local.provider.session import Session
from local.provider.types import RESOURCES
from local.provider.values import Props


class LookUp(NamedTuple):
    """The type that is looked up, the argument with its id, and outputs that have another name there."""

    token: str
    argument: str
    renamed: Props = {}  # noqa: RUF012  (nothing changes it)


LOOK_UPS = {
    "aws:iam/getPolicy:getPolicy": LookUp("aws:iam/policy:Policy", "arn"),
    "aws:iam/getRole:getRole": LookUp("aws:iam/role:Role", "name"),
    "aws:iam/getUser:getUser": LookUp(
        "aws:iam/user:User", "userName", {"id": "uniqueId", "userId": "uniqueId", "userName": "name"}
    ),
    "aws:kms/getAlias:getAlias": LookUp("aws:kms/alias:Alias", "name", {"id": "arn"}),
    "aws:kms/getKey:getKey": LookUp("aws:kms/key:Key", "keyId", {"enabled": "isEnabled"}),
    "aws:s3/getBucket:getBucket": LookUp("aws:s3/bucket:Bucket", "bucket"),
    "aws:s3/getBucketPolicy:getBucketPolicy": LookUp("aws:s3/bucketPolicy:BucketPolicy", "bucket"),
}


def look_up(function: str, session: Session, arguments: Props) -> Props:
    """Return the answer of one of them. Raises ProviderError where there is no such thing."""
    token, argument, renamed = LOOK_UPS[function]
    resource, identity = RESOURCES[token], arguments.get(argument)
    if function == "aws:iam/getPolicy:getPolicy" and not identity:
        identity = policy_arn(session, arguments)
    if argument == "keyId":  # which may be an alias
        kms = session.client("kms", arguments.get("region"))
        identity = kms.describe_key(KeyId=identity)["KeyMetadata"]["KeyId"]
    region = {"region": arguments["region"]} if arguments.get("region") else {}
    outputs = read(resource, session, str(identity), region)
    if outputs is None:
        raise ProviderError(f"reading {resource.title} ({identity}): couldn't find resource")
    known = {**arguments, **outputs, "id": identity, "tags": outputs.get("tagsAll")}
    known.update({name: outputs[key] for name, key in renamed.items()})
    return {key: known.get(key) for key in sdk.function(function)["outputs"]["properties"]}


def policy_arn(session: Session, arguments: Props) -> str:
    """Return the ARN of the only managed policy that has this name below this path."""
    pages = session.client("iam").get_paginator("list_policies").paginate(Scope="All")
    prefix, name = arguments.get("pathPrefix") or "/", arguments.get("name")
    policies = [each for page in pages for each in page["Policies"] if each["PolicyName"] == name]
    found = [str(each["Arn"]) for each in policies if (each.get("Path") or "/").startswith(prefix)]
    if len(found) != 1:
        raise ProviderError(f"reading IAM Policy: {len(found)} have the name {name!r}, and one has to")
    return found[0]


FUNCTIONS = {function: functools.partial(look_up, function) for function in LOOK_UPS}

"""Bucket policies as S3 takes them: what it refuses, with its own error, and GetBucketPolicyStatus.

ministack stores any document as a policy, and has no GetBucketPolicyStatus. AWS refuses with
MalformedPolicy: S3 API Reference, "PutBucketPolicy"; S3 User Guide, "Bucket policies".
"""

from __future__ import annotations

import re

from ministack.services import iam, s3

from local.aws.patches.request import Answer, S3Request, xml
from s3_perimeter.documents.document import MAX_POLICY_BYTES, PolicyDocument, PolicyError, Statement

PRINCIPAL = re.compile(r"arn:aws[a-z-]*:(?:iam|sts)::(\d{12}):(root|user/.+|role/.+|assumed-role/.+)")
NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/"


def put(request: S3Request) -> Answer | None:
    """PutBucketPolicy with a document that S3 would refuse; None leaves it to the emulator."""
    if not request.asks("PUT", "policy"):
        return None
    problem = refusal(request.body, request.bucket)
    return request.refused(400, "MalformedPolicy", problem) if problem else None


def refusal(body: bytes, bucket: str) -> str | None:
    """Return why S3 would refuse the document for that bucket, None where it takes it."""
    if not body.lstrip().startswith(b"{"):
        return "Policies must be valid JSON and the first byte must be '{'"
    if len(body) > MAX_POLICY_BYTES:
        return f"Policy exceeds the maximum allowed document size. ({len(body)} of {MAX_POLICY_BYTES} bytes)"
    try:
        document = PolicyDocument.parse(body.decode())
    except UnicodeDecodeError:
        return "Policies must be valid JSON and the first byte must be '{'"
    except PolicyError as mistakes:
        return f"This policy contains invalid Json: {mistakes.mistakes[0]}"
    for statement in document.statements:
        problem = statement_refusal(statement, bucket)
        if problem:
            return problem
    return None


def statement_refusal(statement: Statement, bucket: str) -> str | None:
    """Return why S3 would refuse one statement: a foreign resource, another service, a principal who is
    not.
    """
    for resource in (*(statement.resources or ()), *(statement.not_resources or ())):
        name = resource.partition(":::")[2].partition("/")[0]
        if not re.match(r"arn:aws[a-z-]*:s3:::", resource) or not covers(name, bucket):
            return "Policy has invalid resource"
    for action in (*(statement.actions or ()), *(statement.not_actions or ())):
        if action != "*" and not action.lower().startswith("s3:"):
            return "Policy has invalid action"
    if statement.actions and statement.resources and not applicable(statement):
        return "Action does not apply to any resource(s) in statement"
    for principals in (statement.principals, statement.not_principals):
        if principals and not all(map(exists, principals.aws)):
            return "Invalid principal in policy"
    return None


def covers(pattern: str, bucket: str) -> bool:
    """Whether a pattern with ``*`` and ``?`` for the bucket's name can mean this bucket."""
    regex = re.escape(pattern).replace(r"\*", ".*").replace(r"\?", ".")
    return re.fullmatch(regex, bucket) is not None


def applicable(statement: Statement) -> bool:
    """Whether some action fits some resource, as far as its name shows: ``…Object`` needs a key."""
    keys = any(
        "/" in resource.partition(":::")[2] or "*" in resource for resource in statement.resources or ()
    )
    bare = any("/" not in resource.partition(":::")[2] for resource in statement.resources or ())
    for action in statement.actions or ():
        name = action.lower().removeprefix("s3:")
        if "*" in name or "?" in name:
            return True
        if bare if "object" not in name else keys:
            return True
    return False


def exists(principal: str) -> bool:
    """Whether a principal is there: everyone, an account, a user or role of this one; others are believed."""
    found = PRINCIPAL.fullmatch(principal)
    if principal == "*" or re.fullmatch(r"\d{12}", principal):
        return True
    if found is None:
        return principal.startswith(("AIDA", "AROA"))
    account, name = found.groups()
    if account != s3.get_account_id() or name == "root" or name.startswith("assumed-role/"):
        return True
    store = iam._users if name.startswith("user/") else iam._roles
    return name.rpartition("/")[2] in store


def status(request: S3Request) -> Answer | None:
    """GetBucketPolicyStatus, by the emulator's own reading of S3's "meaning of public"."""
    if not request.asks("GET", "policyStatus"):
        return None
    policy = s3._bucket_policies.get(request.bucket)
    if not policy:
        return request.refused(404, "NoSuchBucketPolicy", "The bucket policy does not exist")
    public = "true" if s3._policy_is_public(policy) else "false"
    return xml(f'<PolicyStatus xmlns="{NAMESPACE}"><IsPublic>{public}</IsPublic></PolicyStatus>')

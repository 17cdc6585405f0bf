"""What ministack does not serve and a drift check asks about, added to the emulator in its own process.

On buckets: policy status, and inventory, analytics and metrics configurations (ministack lists the bucket
for a GET of those, and makes or deletes the bucket for a PUT or DELETE), and ExpectedBucketOwner. On the
account: the public-access block and an empty list of access grants. On users: SSH keys, service-specific
credentials and signing certificates. On managed policies: SetDefaultPolicyVersion. Kept in memory only: a
restarted emulator has none. Permissions are judged by ministack as for every other call.
"""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, TypeAlias
from xml.sax.saxutils import escape

Response: TypeAlias = tuple[int, dict[str, str], bytes]

_XML = (("Content-Type", "application/xml"),)
_S3 = "http://s3.amazonaws.com/doc/2006-03-01/"
_CONTROL = "http://awss3control.amazonaws.com/doc/2018-08-20/"

# Sub-resource of a bucket: the element of one configuration, and that of a list of them.
_CONFIGURATIONS = {
    "inventory": ("InventoryConfiguration", "ListInventoryConfigurationsResult"),
    "analytics": ("AnalyticsConfiguration", "ListBucketAnalyticsConfigurationResult"),
    "metrics": ("MetricsConfiguration", "ListMetricsConfigurationsResult"),
}


def fill() -> None:
    """Add the operations to the emulator; to be called once, after ministack was configured."""
    from ministack import app
    from ministack.services import iam, s3

    s3._dispatch = _buckets(s3, s3._dispatch)
    app._handle_s3_control_request = _control(app, s3, app._handle_s3_control_request)
    iam._IAM_HANDLERS.update(_credentials(iam))
    iam._IAM_HANDLERS["SetDefaultPolicyVersion"] = _set_default_version(iam)


def _buckets(s3: Any, serve: Callable[..., Any]) -> Callable[..., Any]:
    kept: dict[tuple[str, str], dict[str, str]] = {}

    def dispatch(
        method: str, bucket: str, key: str, headers: dict[str, str], body: bytes, query: dict[str, Any]
    ) -> Any:
        expected = headers.get("x-amz-expected-bucket-owner")
        if expected and expected != s3.get_account_id():
            return s3._error("AccessDenied", "Access Denied", 403)
        if not bucket or key or bucket not in s3._buckets:
            return serve(method, bucket, key, headers, body, query)
        if "policyStatus" in query and method == "GET":
            return _policy_status(s3, bucket)
        for sort in _CONFIGURATIONS:
            if sort in query:
                name = query.get("id", "")
                name = name[0] if isinstance(name, list) else name
                return _configurations(s3, kept.setdefault((bucket, sort), {}), sort, method, name, body)
        return serve(method, bucket, key, headers, body, query)

    return dispatch


def _policy_status(s3: Any, bucket: str) -> Response:
    text = s3._bucket_policies.get(bucket)
    if not text:
        missing: Response = s3._error("NoSuchBucketPolicy", "The bucket policy does not exist", 404)
        return missing
    document = json.loads(text)
    statements = document["Statement"] if isinstance(document["Statement"], list) else [document["Statement"]]
    public = any(
        statement["Effect"] == "Allow"
        and statement.get("Principal") in ("*", {"AWS": "*"}, {"AWS": ["*"]})
        and not statement.get("Condition")
        for statement in statements
    )
    return (
        200,
        dict(_XML),
        f'<PolicyStatus xmlns="{_S3}"><IsPublic>{str(public).lower()}</IsPublic></PolicyStatus>'.encode(),
    )


def _configurations(
    s3: Any, kept: dict[str, str], sort: str, method: str, name: str, body: bytes
) -> Response:
    one, several = _CONFIGURATIONS[sort]
    if method == "PUT":
        inner = re.search(rb"<%b[^>]*>(.*)</%b>" % (one.encode(), one.encode()), body, re.DOTALL)
        kept[name] = inner[1].decode() if inner else ""
        return 200, {}, b""
    if method == "DELETE":
        kept.pop(name, None)
        return 204, {}, b""
    if name:
        if name not in kept:
            missing: Response = s3._error(
                "NoSuchConfiguration", "The specified configuration does not exist.", 404
            )
            return missing
        return 200, dict(_XML), f'<{one} xmlns="{_S3}">{kept[name]}</{one}>'.encode()
    listed = "".join(f"<{one}>{inner}</{one}>" for _, inner in sorted(kept.items()))
    text = f'<{several} xmlns="{_S3}"><IsTruncated>false</IsTruncated>{listed}</{several}>'
    return 200, dict(_XML), text.encode()


def _control(app: Any, s3: Any, serve: Callable[..., Any]) -> Callable[..., Any]:
    blocks: dict[str, str] = {}

    async def control(
        path: str, method: str, body: bytes, query: dict[str, Any], request: str, headers: dict[str, str]
    ) -> Any:
        place = path.removeprefix("/v20180820/")
        verb = {"GET": "Get", "PUT": "Put", "DELETE": "Put"}.get(method)
        if place == "configuration/publicAccessBlock" and verb:
            denied = app._enforce_data_plane(
                "s3", f"s3:{verb}AccountPublicAccessBlock", headers, query, request
            )
            return denied or s3.s3control_account_error(headers) or account_block(method, body)
        if place == "accessgrantsinstance/grants" and method == "GET":
            denied = app._enforce_data_plane("s3", "s3:ListAccessGrants", headers, query, request)
            return denied or s3.s3control_error(
                "AccessGrantsInstanceNotExistsError", "Access Grants Instance does not exist", 404
            )
        return await serve(path, method, body, query, request, headers)

    def account_block(method: str, body: bytes) -> Response:
        account = s3.get_account_id()
        if method == "PUT":
            inner = re.search(rb"<PublicAccessBlockConfiguration[^>]*>(.*)</PublicAccess", body, re.DOTALL)
            blocks[account] = inner[1].decode() if inner else ""
            return 200, {}, b""
        if method == "DELETE":
            blocks.pop(account, None)
            return 204, {}, b""
        if account not in blocks:
            missing: Response = s3.s3control_error(
                "NoSuchPublicAccessBlockConfiguration",
                "The public access block configuration was not found",
                404,
            )
            return missing
        root = "PublicAccessBlockConfiguration"
        return 200, dict(_XML), f'<{root} xmlns="{_CONTROL}">{blocks[account]}</{root}>'.encode()

    return control


# What a user may have beside access keys: the noun in the operations' names, the verb that makes one, the
# element of the list, that of the id and its prefix, and what the maker gives.
_CREDENTIALS = (
    ("SSHPublicKey", "Upload", "SSHPublicKeys", "SSHPublicKeyId", "APKA", ("Fingerprint",)),
    (
        "ServiceSpecificCredential",
        "Create",
        "ServiceSpecificCredentials",
        "ServiceSpecificCredentialId",
        "ACCA",
        ("ServiceName", "ServiceUserName"),
    ),
    ("SigningCertificate", "Upload", "Certificates", "CertificateId", "", ("CertificateBody",)),
)


def _credentials(iam: Any) -> dict[str, Callable[[Any], Response]]:
    handlers: dict[str, Callable[[Any], Response]] = {}
    for noun, verb, several, identity, prefix, given in _CREDENTIALS:
        handlers |= _credential(iam, noun, verb, several, identity, prefix, given)
    return handlers


def _credential(
    iam: Any, noun: str, verb: str, several: str, identity: str, prefix: str, given: tuple[str, ...]
) -> dict[str, Callable[[Any], Response]]:
    kept: dict[str, dict[str, str]] = {}
    one = several.removesuffix("s")

    def described(user: str, name: str, parameters: Any) -> str:
        values = {
            "UserName": user,
            identity: name,
            "Status": "Active",
            "UploadDate" if verb == "Upload" else "CreateDate": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
        }
        values |= {key: iam._p(parameters, key) or f"{user}-{name}" for key in given}
        return "".join(f"<{key}>{escape(value)}</{key}>" for key, value in values.items())

    def make(parameters: Any) -> Response:
        user = iam._p(parameters, "UserName")
        if user not in iam._users:
            return _no_user(iam, user)
        name = prefix + secrets.token_hex(8).upper()
        kept.setdefault(user, {})[name] = described(user, name, parameters)
        body = f"<{one}>{kept[user][name]}</{one}>"
        answer: Response = iam._xml(
            200, f"{verb}{noun}Response", f"<{verb}{noun}Result>{body}</{verb}{noun}Result>"
        )
        return answer

    def listed(parameters: Any) -> Response:
        user = iam._p(parameters, "UserName")
        if user not in iam._users:
            return _no_user(iam, user)
        members = "".join(f"<member>{inner}</member>" for inner in kept.get(user, {}).values())
        inner = f"<{several}>{members}</{several}><IsTruncated>false</IsTruncated>"
        answer: Response = iam._xml(
            200, f"List{noun}sResponse", f"<List{noun}sResult>{inner}</List{noun}sResult>"
        )
        return answer

    def delete(parameters: Any) -> Response:
        kept.get(iam._p(parameters, "UserName"), {}).pop(iam._p(parameters, identity), None)
        answer: Response = iam._xml(200, f"Delete{noun}Response", "")
        return answer

    return {f"{verb}{noun}": make, f"List{noun}s": listed, f"Delete{noun}": delete}


def _no_user(iam: Any, name: str) -> Response:
    answer: Response = iam._error(404, "NoSuchEntity", f"The user with name {name} cannot be found.")
    return answer


def _set_default_version(iam: Any) -> Callable[[Any], Response]:
    def set_default(parameters: Any) -> Response:
        policy = iam._policies.get(iam._p(parameters, "PolicyArn"))
        version = iam._p(parameters, "VersionId")
        if policy is None or version not in policy["Versions"]:
            missing: Response = iam._error(404, "NoSuchEntity", f"Policy version {version} was not found.")
            return missing
        for name, kept in policy["Versions"].items():
            kept["IsDefaultVersion"] = name == version
        policy["DefaultVersionId"] = version
        answer: Response = iam._xml(200, "SetDefaultPolicyVersionResponse", "")
        return answer

    return set_default

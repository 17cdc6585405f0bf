"""IAM operations: default versions, key limits, last use, other credentials.

ministack 1.5.33 has no SetDefaultPolicyVersion, no SSH keys, service-specific credentials or signing
certificates; it makes any number of access keys, of which AWS makes two a user ("IAM and AWS STS quotas");
and GetAccessKeyLastUsed always says N/A. AWS: IAM API Reference, under each operation's name.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape

from ministack.services import iam

from local.aws.patches.kept import Kept
from local.aws.patches.request import Answer

KEYS_PER_USER = 2
Parameters = dict[str, Any]
Handler = Callable[[Parameters], Answer]


def apply(kept: Kept) -> None:
    """Add the operations to the emulator's table and replace those of it that differ."""
    handlers: dict[str, Handler] = iam._IAM_HANDLERS
    handlers["SetDefaultPolicyVersion"] = set_default_policy_version
    handlers["CreateAccessKey"] = at_most_two(handlers["CreateAccessKey"])
    handlers["GetAccessKeyLastUsed"] = last_used(handlers["GetAccessKeyLastUsed"], kept)
    for kind in CREDENTIALS:
        store = kept.data.credentials.setdefault(kind.name, [])
        handlers[kind.list_action] = kind.lister(store)
        handlers[kind.create_action] = kind.creator(store)
        handlers[kind.delete_action] = kind.deleter(store)


def given(parameters: Parameters, name: str) -> str:
    """Return a parameter's value, empty where it is not given."""
    return str(iam._p(parameters, name) or "")


def answer(action: str, result: str = "") -> Answer:
    """IAM's successful answer."""
    body = f"<{action}Result>{result}</{action}Result>" if result else ""
    made: Answer = iam._xml(200, f"{action}Response", body, ns="iam")
    return made


def refused(status: int, code: str, message: str) -> Answer:
    """IAM's error."""
    made: Answer = iam._error(status, code, message, ns="iam")
    return made


def set_default_policy_version(parameters: Parameters) -> Answer:
    """Make an existing version of a managed policy the one in force."""
    policy = iam._policies.get(given(parameters, "PolicyArn"))
    version = given(parameters, "VersionId")
    if not policy or version not in policy["Versions"]:
        return refused(404, "NoSuchEntity", f"Policy version {version} does not exist or is not attachable.")
    for name, each in policy["Versions"].items():
        each["IsDefaultVersion"] = name == version
    policy["DefaultVersionId"] = version
    return answer("SetDefaultPolicyVersion")


def at_most_two(original: Handler) -> Handler:
    """CreateAccessKey, which IAM refuses for a user who has two."""

    def create(parameters: Parameters) -> Answer:
        user = given(parameters, "UserName")
        if sum(1 for key in iam._access_keys.values() if key["UserName"] == user) >= KEYS_PER_USER:
            return refused(
                409, "LimitExceeded", f"Cannot exceed quota for AccessKeysPerUser: {KEYS_PER_USER}"
            )
        return original(parameters)

    return create


def last_used(original: Handler, kept: Kept) -> Handler:
    """GetAccessKeyLastUsed with what the gateway noted of the key's requests."""

    def get(parameters: Parameters) -> Answer:
        key = given(parameters, "AccessKeyId")
        noted = kept.data.last_used.get(key)
        if noted is None or key not in iam._access_keys:
            return original(parameters)
        user = escape(iam._access_keys[key]["UserName"])
        fields = "".join(f"<{name}>{escape(value)}</{name}>" for name, value in noted.items())
        return answer(
            "GetAccessKeyLastUsed",
            f"<UserName>{user}</UserName><AccessKeyLastUsed>{fields}</AccessKeyLastUsed>",
        )

    return get


@dataclass(frozen=True, slots=True)
class CredentialKind:
    """A kind of credential besides access keys: its operations, its id, and what an item holds."""

    name: str
    list_action: str
    create_action: str
    delete_action: str
    item: str
    members: str
    id_field: str
    id_prefix: str
    given: tuple[str, ...]
    made: Callable[[Parameters], dict[str, str]]

    def lister(self, store: list[dict[str, str]]) -> Handler:
        """Return the operation that lists a user's items, without their secrets."""

        def handle(parameters: Parameters) -> Answer:
            user = given(parameters, "UserName")
            items = "".join(
                f"<member>{xml_of(item, without=SECRETS)}</member>"
                for item in store
                if item["UserName"] == user
            )
            return answer(
                self.list_action, f"<{self.members}>{items}</{self.members}><IsTruncated>false</IsTruncated>"
            )

        return handle

    def creator(self, store: list[dict[str, str]]) -> Handler:
        """Return the operation that makes an item for a user who exists."""

        def handle(parameters: Parameters) -> Answer:
            user = given(parameters, "UserName")
            if user not in iam._users:
                return refused(404, "NoSuchEntity", f"The user with name {user} cannot be found.")
            item = {
                "UserName": user,
                self.id_field: self.id_prefix + secrets.token_hex(12).upper(),
                "Status": "Active",
                **{name: given(parameters, name) for name in self.given},
                **self.made(parameters),
            }
            store.append(item)
            return answer(self.create_action, f"<{self.item}>{xml_of(item)}</{self.item}>")

        return handle

    def deleter(self, store: list[dict[str, str]]) -> Handler:
        """Return the operation that deletes an item by its id."""

        def handle(parameters: Parameters) -> Answer:
            wanted = given(parameters, self.id_field)
            found = [item for item in store if item[self.id_field] == wanted]
            if not found:
                return refused(404, "NoSuchEntity", f"{self.id_field} {wanted} cannot be found.")
            store.remove(found[0])
            return answer(self.delete_action)

        return handle


SECRETS = frozenset({"ServicePassword", "SSHPublicKeyBody"})


def xml_of(item: dict[str, str], without: frozenset[str] = frozenset()) -> str:
    """Return the fields of an item as XML elements."""
    return "".join(f"<{key}>{escape(value)}</{key}>" for key, value in item.items() if key not in without)


CREDENTIALS = (
    CredentialKind(
        "ssh",
        "ListSSHPublicKeys",
        "UploadSSHPublicKey",
        "DeleteSSHPublicKey",
        "SSHPublicKey",
        "SSHPublicKeys",
        "SSHPublicKeyId",
        "APKA",
        ("SSHPublicKeyBody",),
        lambda _: {"UploadDate": iam._now(), "Fingerprint": secrets.token_hex(16)},
    ),
    CredentialKind(
        "service-specific",
        "ListServiceSpecificCredentials",
        "CreateServiceSpecificCredential",
        "DeleteServiceSpecificCredential",
        "ServiceSpecificCredential",
        "ServiceSpecificCredentials",
        "ServiceSpecificCredentialId",
        "ACCA",
        ("ServiceName",),
        lambda p: {
            "CreateDate": iam._now(),
            "ServiceUserName": f"{given(p, 'UserName')}-at-{iam.get_account_id()}",
            "ServicePassword": secrets.token_urlsafe(24),
        },
    ),
    CredentialKind(
        "signing",
        "ListSigningCertificates",
        "UploadSigningCertificate",
        "DeleteSigningCertificate",
        "Certificate",
        "Certificates",
        "CertificateId",
        "",
        ("CertificateBody",),
        lambda _: {"UploadDate": iam._now()},
    ),
)

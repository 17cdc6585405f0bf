"""Credentials of a user besides passwords, MFA devices and access keys: made, listed and deleted.

ministack does not have these operations. AWS: IAM API Reference, under each operation's name. Nothing can be
signed in with.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from ministack.services import iam

from local.aws.patches.iam import HANDLERS, Parameters, answer, elements, given, refused
from local.aws.patches.kept import KEPT
from local.aws.patches.patch import instead_of
from local.aws.patches.request import Answer


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind: the element of an item, the parameter that it is made from, and how its id begins."""

    item: str
    made_from: str
    prefix: str = ""


KINDS = {
    "SSHPublicKey": Kind("SSHPublicKey", "SSHPublicKeyBody", "APKA"),
    "ServiceSpecificCredential": Kind("ServiceSpecificCredential", "ServiceName", "ACCA"),
    "SigningCertificate": Kind("Certificate", "CertificateBody"),
}
SECRETS = frozenset({"ServicePassword", "SSHPublicKeyBody"})


def asked(parameters: Parameters) -> tuple[Kind, list[dict[str, str]]]:
    """Return the kind that an operation is for, and all items of it."""
    action = given(parameters, "Action")
    name = next(name for name in KINDS if name in action)
    return KINDS[name], KEPT.data.credentials.setdefault(name, [])


@instead_of(HANDLERS, *(f"List{name}s" for name in KINDS))
def listed(_: None, parameters: Parameters) -> Answer:
    """List a user's items, without their secrets."""
    kind, items = asked(parameters)
    members = "".join(
        f"<member>{elements({key: each[key] for key in each if key not in SECRETS})}</member>"
        for each in items
        if each["UserName"] == given(parameters, "UserName")
    )
    result = f"<{kind.item}s>{members}</{kind.item}s><IsTruncated>false</IsTruncated>"
    return answer(given(parameters, "Action"), result)


@instead_of(HANDLERS, "UploadSSHPublicKey", "CreateServiceSpecificCredential", "UploadSigningCertificate")
def created(_: None, parameters: Parameters) -> Answer:
    """Make an item for a user who exists."""
    kind, items = asked(parameters)
    user, now = given(parameters, "UserName"), iam._now()
    if user not in iam._users:
        return refused(404, "NoSuchEntity", f"The user with name {user} cannot be found.")
    item = {
        "UserName": user,
        f"{kind.item}Id": kind.prefix + secrets.token_hex(12).upper(),
        "Status": "Active",
        kind.made_from: given(parameters, kind.made_from),
        "CreateDate": now,
        "UploadDate": now,
    }
    if kind.made_from == "SSHPublicKeyBody":
        item["Fingerprint"] = secrets.token_hex(16)
    if kind.made_from == "ServiceName":
        item["ServiceUserName"] = f"{user}-at-{iam.get_account_id()}"
        item["ServicePassword"] = secrets.token_urlsafe(24)
    items.append(item)
    return answer(given(parameters, "Action"), f"<{kind.item}>{elements(item)}</{kind.item}>")


@instead_of(HANDLERS, *(f"Delete{name}" for name in KINDS))
def deleted(_: None, parameters: Parameters) -> Answer:
    """Delete an item by its id."""
    kind, items = asked(parameters)
    wanted = given(parameters, f"{kind.item}Id")
    for item in items:
        if item[f"{kind.item}Id"] == wanted:
            items.remove(item)
            return answer(given(parameters, "Action"))
    return refused(404, "NoSuchEntity", f"{kind.item}Id {wanted} cannot be found.")

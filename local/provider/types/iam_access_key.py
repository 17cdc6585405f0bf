"""aws.iam.AccessKey."""

from __future__ import annotations

import base64
import hashlib
import hmac

from local.provider.doubt import asked_once
from local.provider.failures import ProviderError, code
from local.provider.properties import table, text
from local.provider.session import Session
from local.provider.types.iam_part import CHANGING, IamResource, all_of, if_there
from local.provider.values import Props

SES_DATE, SES_TERMINAL, SES_VERSION = "11111111", "aws4_request", b"\x04"


class AccessKey(IamResource):
    """An access key of a user. Its secret is given out once, when it is made, and lives in state."""

    token = "aws:iam/accessKey:AccessKey"  # noqa: S105
    title = "IAM Access Key"
    lost = (
        "AWS may have made an access key of user {user} whose secret nobody has, so it was asked once.\n\n"
        "hint: `aws iam list-access-keys --user-name {user}` lists the user's keys, `pulumi stack "
        "--show-ids` the stack's; delete the one that the stack does not have with `aws iam "
        "delete-access-key --user-name {user} --access-key-id KEY-ID` (until then the drift check reports "
        "it as unmanaged), and run `pulumi up` again"
    )
    properties = table(
        {
            "user": text(required=True, replaces=True),
            "pgpKey": text(replaces=True, kept=True),
            "status": text(default="Active"),
            "createDate": text(output=True),
            "encryptedSecret": text(output=True, kept=True),
            "encryptedSesSmtpPasswordV4": text(output=True, kept=True),
            "keyFingerprint": text(output=True, kept=True),
            "secret": text(output=True, secret=True, kept=True),
            "sesSmtpPasswordV4": text(output=True, secret=True, kept=True),
        }
    )

    def mistakes(self, inputs: Props) -> dict[str, str]:
        if inputs.get("pgpKey"):
            return {"pgpKey": "the stand-in of the AWS provider encrypts to no PGP keys; leave it out here"}
        if inputs.get("status") not in (None, "Active", "Inactive") and isinstance(inputs["status"], str):
            return {"status": f'expected status to be one of ["Active" "Inactive"], got {inputs["status"]}'}
        return {}

    def create(self, session: Session, inputs: Props) -> str:
        iam = session.client("iam", once=True)
        made = asked_once(
            session,
            lambda: iam.create_access_key(UserName=inputs["user"]),
            lambda error: code(error) in CHANGING,
        )["AccessKey"]
        # Given out once: what goes on reads it from here.
        inputs["secret"] = made["SecretAccessKey"]
        inputs["sesSmtpPasswordV4"] = ses_password(made["SecretAccessKey"], session.region)
        return str(made["AccessKeyId"])

    def configure(self, session: Session, identity: str, old: Props, new: Props) -> None:
        if (new.get("status") or "Active") != (old.get("status") or "Active"):
            iam = self.iam(session)
            iam.update_access_key(UserName=new["user"], AccessKeyId=identity, Status=new["status"])

    def read(self, session: Session, identity: str, state: Props) -> Props | None:
        iam = self.iam(session)
        user = state.get("user")
        if not user:
            used = if_there(lambda: iam.get_access_key_last_used(AccessKeyId=identity))
            user = (used or {}).get("UserName")
        if not user:
            return None
        keys = if_there(lambda: all_of(iam, "list_access_keys", "AccessKeyMetadata", UserName=user)) or []
        found = next((key for key in keys if key["AccessKeyId"] == identity), None)
        if found is None:
            return None
        return {
            "user": user,
            "status": found["Status"],
            "createDate": found["CreateDate"].strftime("%Y-%m-%dT%H:%M:%SZ"),
        }

    def delete(self, session: Session, identity: str, state: Props) -> None:
        if not state.get("user"):
            raise ProviderError(f"deleting IAM Access Key ({identity}): state does not say whose it is")
        iam = self.iam(session)
        if_there(lambda: iam.delete_access_key(UserName=state["user"], AccessKeyId=identity))


def ses_password(secret: str, region: str) -> str:
    """The SMTP password of SES for a secret ("Obtaining Amazon SES SMTP credentials")."""
    signature = hmac.digest(f"AWS4{secret}".encode(), SES_DATE.encode(), hashlib.sha256)
    for message in (region, "ses", SES_TERMINAL, "SendRawEmail"):
        signature = hmac.digest(signature, message.encode(), hashlib.sha256)
    return base64.b64encode(SES_VERSION + signature).decode()

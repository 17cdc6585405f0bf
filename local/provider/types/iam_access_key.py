"""aws.iam.AccessKey."""

from __future__ import annotations

import base64
import hashlib
import hmac

from local.provider.declared import Details
from local.provider.doubt import asked_once
from local.provider.failures import ProviderError
from local.provider.session import Session
from local.provider.types.iam_part import IamResource, all_of, if_there, passing
from local.provider.values import Props

SES_DATE, SES_TERMINAL, SES_VERSION = "11111111", "aws4_request", b"\x04"


class AccessKey(IamResource):
    """An access key of a user. Its secret is given out once, when it is made, and lives in state."""

    token = "aws:iam/accessKey:AccessKey"  # noqa: S105
    title = "IAM Access Key"
    lost = (
        "AWS may have created an access key of user {user} whose secret nobody has, so the request was "
        "sent only once.\n\n"
        "hint: `aws iam list-access-keys --user-name {user}` lists the user's keys, `pulumi stack "
        "--show-ids` the stack's; delete the one that the stack does not have with `aws iam "
        "delete-access-key --user-name {user} --access-key-id KEY-ID` (until then the drift check reports "
        "it as unmanaged), and run `pulumi up` again"
    )
    details = Details(
        replaces="user",
        kept="encryptedSecret encryptedSesSmtpPasswordV4 keyFingerprint secret sesSmtpPasswordV4",
        defaults={"status": "Active"},
    )

    def mistakes(self, inputs: Props) -> dict[str, str]:
        found, status = {}, inputs.get("status")
        if inputs.get("pgpKey"):
            found["pgpKey"] = "the stand-in for the AWS provider cannot encrypt with a PGP key; leave it out"
        if isinstance(status, str) and status not in ("Active", "Inactive"):
            found["status"] = f'expected status to be one of ["Active" "Inactive"], got {status}'
        return found

    def create(self, session: Session, inputs: Props) -> str:
        iam = session.client("iam", once=True)
        answer = asked_once(session, lambda: iam.create_access_key(UserName=inputs["user"]), passing)
        made = answer["AccessKey"]
        # Given out once: what goes on reads it from here.
        inputs["secret"] = made["SecretAccessKey"]
        inputs["sesSmtpPasswordV4"] = ses_password(made["SecretAccessKey"], session.region)
        return str(made["AccessKeyId"])

    def configure(self, session: Session, identity: str, old: Props, new: Props) -> None:
        before, wanted = (each.get("status") or "Active" for each in (old, new))
        if before != wanted:
            self.iam(session).update_access_key(UserName=new["user"], AccessKeyId=identity, Status=wanted)

    def read(self, session: Session, identity: str, state: Props) -> Props | None:
        iam = self.iam(session)
        used = (
            {} if state.get("user") else if_there(lambda: iam.get_access_key_last_used(AccessKeyId=identity))
        )
        user = state.get("user") or (used or {}).get("UserName")
        if not user:
            return None
        keys = if_there(lambda: all_of(iam, "list_access_keys", "AccessKeyMetadata", UserName=user)) or []
        found = next((key for key in keys if key["AccessKeyId"] == identity), None)
        if found is None:
            return None
        created = self.properties["createDate"].from_aws(found["CreateDate"])
        return {"user": user, "status": found["Status"], "createDate": created}

    def delete(self, session: Session, identity: str, state: Props) -> None:
        if not state.get("user"):
            raise ProviderError(f"deleting IAM Access Key ({identity}): the state does not name its user")
        iam = self.iam(session)
        if_there(lambda: iam.delete_access_key(UserName=state["user"], AccessKeyId=identity))


def ses_password(secret: str, region: str) -> str:
    """Return the SMTP password of SES for a secret ("Obtaining Amazon SES SMTP credentials")."""
    signature = hmac.digest(f"AWS4{secret}".encode(), SES_DATE.encode(), hashlib.sha256)
    for message in (region, "ses", SES_TERMINAL, "SendRawEmail"):
        signature = hmac.digest(signature, message.encode(), hashlib.sha256)
    return base64.b64encode(SES_VERSION + signature).decode()

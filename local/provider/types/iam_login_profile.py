"""aws.iam.UserLoginProfile."""

from __future__ import annotations

import secrets
import string

from local.provider.properties import flag, table, text, whole
from local.provider.session import Session
from local.provider.types.iam_part import IamResource, if_there, patiently
from local.provider.values import Props

SIGNS = "!@#$%^&*"


class UserLoginProfile(IamResource):
    """A console password of a user. It is given out once, when it is made, and lives in state."""

    token = "aws:iam/userLoginProfile:UserLoginProfile"  # noqa: S105
    title = "IAM User Login Profile"
    properties = table(
        {
            "user": text(required=True, replaces=True),
            "passwordLength": whole(default=20, replaces=True, kept=True),
            "passwordResetRequired": flag(computed=True, replaces=True),
            "pgpKey": text(replaces=True, kept=True),
            "encryptedPassword": text(output=True, kept=True),
            "keyFingerprint": text(output=True, kept=True),
            "password": text(output=True, secret=True, kept=True),
        }
    )

    def mistakes(self, inputs: Props) -> dict[str, str]:
        if inputs.get("pgpKey"):
            return {"pgpKey": "the stand-in of the AWS provider encrypts to no PGP keys; leave it out here"}
        return {}

    def create(self, session: Session, inputs: Props) -> str:
        iam = self.iam(session)
        password = new_password(inputs.get("passwordLength") or 20)
        patiently(
            session,
            lambda: iam.create_login_profile(
                UserName=inputs["user"],
                Password=password,
                PasswordResetRequired=bool(inputs.get("passwordResetRequired")),
            ),
        )
        # Given out once: what goes on reads it from here.
        inputs["password"] = password
        return str(inputs["user"])

    def read(self, session: Session, identity: str, state: Props) -> Props | None:
        del state
        iam = self.iam(session)
        answer = if_there(lambda: iam.get_login_profile(UserName=identity))
        if answer is None:
            return None
        required = bool(answer["LoginProfile"].get("PasswordResetRequired"))
        return {"user": identity, "passwordResetRequired": required}

    def delete(self, session: Session, identity: str, state: Props) -> None:
        del state
        iam = self.iam(session)
        if_there(lambda: patiently(session, lambda: iam.delete_login_profile(UserName=identity)))


def new_password(length: int) -> str:
    """A random password with every kind of character, as password policies ask for."""
    kinds = (string.ascii_lowercase, string.ascii_uppercase, string.digits, SIGNS)
    letters = [secrets.choice(kind) for kind in kinds]
    letters += [secrets.choice("".join(kinds)) for _ in range(length - len(letters))]
    secrets.SystemRandom().shuffle(letters)
    return "".join(letters)

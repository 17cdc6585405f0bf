"""The admins of the embedded AWS: ordinary IAM users, whom policies bind as on AWS."""

from __future__ import annotations

from local.aws.emulator import REGION

NAME = "admin"


def create_admin(account: str) -> dict[str, str]:
    """Make the admin of an account and an access key of theirs; gives ``{"key": …, "secret": …}``.

    In the emulator's own process, which answers no client before there is an admin.
    """
    from ministack.core.responses import request_scope
    from ministack.services import iam

    with request_scope(account, REGION):
        for operation, arguments in (
            ("CreateUser", {}),
            ("AttachUserPolicy", {"PolicyArn": "arn:aws:iam::aws:policy/AdministratorAccess"}),
            ("CreateAccessKey", {}),
        ):
            status, _, body = iam._IAM_HANDLERS[operation]({"UserName": NAME, **arguments})
            if status != 200:
                raise RuntimeError(f"{operation} of the admin was answered with {status}: {body.decode()}")
        (made,) = (key for key in iam._access_keys.values() if key["UserName"] == NAME)
        return {"key": made["AccessKeyId"], "secret": made["SecretAccessKey"]}

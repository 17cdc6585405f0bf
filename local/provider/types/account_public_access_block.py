"""aws.s3.AccountPublicAccessBlock."""

from __future__ import annotations

from botocore.exceptions import ClientError

from local.provider.failures import gone
from local.provider.properties import table, text
from local.provider.resource import Resource
from local.provider.session import Session
from local.provider.types.bucket_public_access_block import BLOCKS, FORM
from local.provider.values import Props

ABSENT = frozenset({"NoSuchPublicAccessBlockConfiguration"})


class AccountPublicAccessBlock(Resource):
    """The public-access blocks of a whole account; the id is the account's."""

    token = "aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock"  # noqa: S105
    title = "S3 Account Public Access Block"
    regional = False
    properties = table({"accountId": text(computed=True, replaces=True), **BLOCKS})

    def create(self, session: Session, inputs: Props) -> str:
        account = inputs.get("accountId") or session.account
        self.put(session, account, inputs)
        return str(account)

    def put(self, session: Session, account: str, inputs: Props) -> None:
        """Put all four blocks."""
        session.client("s3control").put_public_access_block(
            AccountId=account, PublicAccessBlockConfiguration=FORM.to_aws(inputs)
        )

    def configure(self, session: Session, identity: str, old: Props, new: Props) -> None:
        if old:
            self.put(session, identity, new)

    def read(self, session: Session, identity: str, state: Props) -> Props | None:
        del state
        try:
            answer = session.client("s3control").get_public_access_block(AccountId=identity)
        except ClientError as error:
            if gone(error, ABSENT):
                return None
            raise
        return {"accountId": identity, **FORM.from_aws(answer["PublicAccessBlockConfiguration"])}

    def delete(self, session: Session, identity: str, state: Props) -> None:
        del state
        try:
            session.client("s3control").delete_public_access_block(AccountId=identity)
        except ClientError as error:
            if not gone(error, ABSENT):
                raise

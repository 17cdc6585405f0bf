"""aws.iam.OpenIdConnectProvider."""

from __future__ import annotations

from local.provider.properties import TAGS, TAGS_ALL, table, text, unordered
from local.provider.scalars import Text
from local.provider.session import Session
from local.provider.types.iam_part import IamResource, first_tags, if_there, patiently, retag, tags_of
from local.provider.values import Props


class Url(Text):
    """A provider's URL; IAM gives it back without the scheme."""

    __slots__ = ()

    def equal(self, old: str, new: str) -> bool:
        return old.removeprefix("https://") == new.removeprefix("https://")


class OpenIdConnectProvider(IamResource):
    """An identity provider whose tokens the account trusts, as CI systems have them."""

    token = "aws:iam/openIdConnectProvider:OpenIdConnectProvider"  # noqa: S105
    title = "IAM OIDC Provider"
    properties = table(
        {
            "clientIdLists": unordered(text(), required=True),
            "url": Url(required=True, replaces=True),
            "tags": TAGS,
            "thumbprintLists": unordered(text(), computed=True),
            "arn": text(output=True),
            "tagsAll": TAGS_ALL,
        }
    )

    def create(self, session: Session, inputs: Props) -> str:
        iam = self.iam(session)
        prints = {"ThumbprintList": inputs["thumbprintLists"]} if inputs.get("thumbprintLists") else {}
        made = patiently(
            session,
            lambda: iam.create_open_id_connect_provider(
                Url=inputs["url"],
                ClientIDList=inputs["clientIdLists"],
                **prints,
                **first_tags(session, inputs),
            ),
        )
        return str(made["OpenIDConnectProviderArn"])

    def configure(self, session: Session, identity: str, old: Props, new: Props) -> None:
        if not old:
            return
        iam, key = self.iam(session), {"OpenIDConnectProviderArn": identity}
        before, wanted = set(old.get("clientIdLists") or []), set(new["clientIdLists"])
        for client in sorted(wanted - before):
            iam.add_client_id_to_open_id_connect_provider(**key, ClientID=client)
        for client in sorted(before - wanted):
            iam.remove_client_id_from_open_id_connect_provider(**key, ClientID=client)
        prints = new.get("thumbprintLists") or []
        if prints and sorted(prints) != sorted(old.get("thumbprintLists") or []):
            iam.update_open_id_connect_provider_thumbprint(**key, ThumbprintList=prints)
        retag(
            session,
            old,
            new,
            lambda **what: iam.tag_open_id_connect_provider(**key, **what),
            lambda **what: iam.untag_open_id_connect_provider(**key, **what),
        )

    def read(self, session: Session, identity: str, state: Props) -> Props | None:
        del state
        iam = self.iam(session)
        answer = if_there(lambda: iam.get_open_id_connect_provider(OpenIDConnectProviderArn=identity))
        if answer is None:
            return None
        return {
            "arn": identity,
            "clientIdLists": sorted(answer.get("ClientIDList") or []),
            "tags": tags_of(answer),
            "thumbprintLists": list(answer.get("ThumbprintList") or []),
            "url": str(answer["Url"]).removeprefix("https://"),
        }

    def delete(self, session: Session, identity: str, state: Props) -> None:
        del state
        iam = self.iam(session)
        if_there(lambda: iam.delete_open_id_connect_provider(OpenIDConnectProviderArn=identity))
